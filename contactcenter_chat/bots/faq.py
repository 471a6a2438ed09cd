"""A bot that answers from the articles. It never answers by nearness alone: it says what it found, and asks.

An answer counts when the customer says that it helped; where it did not, up to two other articles are offered.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..wire.limits import BRIEF_SUMMARY_MAX
from . import words
from .base import Action, Bot, Brief, Found, QuickReply, Say, Turn

NEAR_ENOUGH = 0.80  # below that it is another matter; words alone say nothing of nearness
OTHERS = 2
TRIED_MOST = 10
TITLE_MOST = 200  # characters of a quick reply
YES, NO, ARTICLE = "yes", "no", "article"


class FaqBot(Bot):
    """Answers from the contact centre's published articles that customers may read.

    Its memory holds ``offered``: ids and titles of what it offers beside, and ``tried``: titles of what it said.
    """

    def __init__(self) -> None:
        super().__init__()

    def answer(self, turn: Turn) -> Iterator[Action]:
        chosen = turn.data if isinstance(turn.data, dict) else {}
        if YES in chosen:
            return self._glad(turn)
        if NO in chosen:
            return self._other_words(turn)
        if ARTICLE in chosen:
            return self._article(turn, str(chosen[ARTICLE]))
        return self._search(turn)

    def _search(self, turn: Turn) -> Iterator[Action]:
        found = [each for each in turn.articles(turn.text) if each.score is None or each.score >= NEAR_ENOUGH]
        turn.memory["question"] = turn.text[:TITLE_MOST]
        if found:
            yield self._say(turn, found[0], found[1 : OTHERS + 1])
        else:
            yield _in(turn, _nothing_found, miss="no_article")

    def _article(self, turn: Turn, article_id: str) -> Iterator[Action]:
        """Another article was chosen: one that was offered is found again by its title."""
        titles = turn.memory.get("offered", {})
        found = [each for each in turn.articles(titles.get(article_id, "")) if each.article_id == article_id]
        yield self._say(turn, found[0], ()) if found else _in(turn, _nothing_found, miss="no_article")

    def _say(self, turn: Turn, found: Found, others: Sequence[Found]) -> Say:
        turn.memory["offered"] = {each.article_id: each.title for each in others}
        turn.memory["tried"] = [*turn.memory.get("tried", ()), found.title][-TRIED_MOST:]
        link = f"\n{found.link}" if found.link else ""
        yes, no, begin, ask = words.in_language(turn.language, lambda: (_yes(), _none(), _maybe(), _did_it_help()))
        replies = [QuickReply(yes, {YES: found.article_id})]
        replies += [QuickReply(each.title[:TITLE_MOST], {ARTICLE: each.article_id}) for each in others]
        replies.append(QuickReply(no, {NO: True}))
        text = f"{begin} {found.title}\n\n{found.answer}{link}\n\n{ask}"
        return Say(text, replies, articles=[found.article_id])

    def _glad(self, turn: Turn) -> Iterator[Action]:
        yield Say(words.in_language(turn.language, _was_glad), settled=True)

    def _other_words(self, turn: Turn) -> Iterator[Action]:
        yield _in(turn, words.say_it_otherwise, miss="said_no")

    def brief(self, turn: Turn) -> Brief:
        """What was asked, and which articles did not help."""
        tried = [str(each)[:TITLE_MOST] for each in turn.memory.get("tried", ())]
        return Brief(summary=str(turn.memory.get("question") or turn.text)[:BRIEF_SUMMARY_MAX], tried=tried)


def _in(turn: Turn, tell: Any, miss: str = "") -> Say:
    return Say(words.in_language(turn.language, tell), miss=miss)


def _maybe() -> str:
    return _("This may be it:")


def _did_it_help() -> str:
    return _("Did that help?")


def _yes() -> str:
    return _("Yes, thanks")


def _none() -> str:
    return _("No, none of these")


def _nothing_found() -> str:
    return _("I have found nothing about that. Can you say it in other words?")


def _was_glad() -> str:
    return _("I am glad. If there is anything else, just ask.")
