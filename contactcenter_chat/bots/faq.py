"""A bot that answers from the articles. It never answers by nearness alone: it says what it found, and asks.

An answer counts when the customer says that it helped; where it did not, up to two other articles are offered. What a
customer has said to help with a question like this one is answered without asking again; whoever it does not help says
so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from ..knowledge.phrasings import PHRASING_MOST
from ..models.spells import Miss
from ..wire.limits import BRIEF_SUMMARY_MAX
from . import words
from .base import Action, Bot, Brief, Found, Judged, QuickReply, Say, Turn

OTHERS = 2
TRIED_MOST = 10
TITLE_MOST = 200  # characters of a quick reply
YES, NO, ARTICLE = "yes", "no", "article"


class FaqBot(Bot):
    """Answers from the contact centre's published articles that customers may read.

    Its memory holds ``offered``: ids and titles of what it offers beside, ``tried``: titles of what it said,
    and ``answered``: the article that it said last, with the question.
    """

    def __init__(self) -> None:
        super().__init__()

    def answer(self, turn: Turn) -> Iterator[Action]:
        return self._to_choice(turn) or self._search(turn)

    def _to_choice(self, turn: Turn) -> Iterator[Action] | None:
        """What is answered to a choice, of now or of before; None to a question."""
        chosen = turn.data if isinstance(turn.data, dict) else {}
        if YES in chosen:
            return self._glad(turn)
        if NO in chosen:
            return self._other_words(turn)
        if ARTICLE in chosen:
            return self._article(turn, str(chosen[ARTICLE]))
        late = _late(turn)
        return iter([late]) if late else None

    def _search(self, turn: Turn) -> Iterator[Action]:
        found = [each for each in turn.articles(turn.text) if each.is_near_enough]
        turn.memory["question"] = turn.text[:TITLE_MOST]
        if found:
            turn.memory["asked"] = turn.text if len(turn.text) <= PHRASING_MOST else ""
            yield self._say(turn, found[0], found[1 : OTHERS + 1])
        else:
            yield _in(turn, _nothing_found, miss=Miss.NO_ARTICLE)

    def _article(self, turn: Turn, article_id: str) -> Iterator[Action]:
        """Another article was chosen: one that was offered is found again by its title."""
        titles = turn.memory.get("offered", {})
        found = [each for each in turn.articles(titles.get(article_id, "")) if each.article_id == article_id]
        # It may be confirmed for its title, which is not what the customer has asked.
        asks = [replace(each, is_confirmed=False) for each in found]
        yield self._say(turn, asks[0], ()) if asks else _in(turn, _nothing_found, miss=Miss.NO_ARTICLE)

    def _say(self, turn: Turn, found: Found, others: Sequence[Found]) -> Say:
        turn.memory["offered"] = {each.article_id: each.title for each in others}
        turn.memory["tried"] = [*turn.memory.get("tried", ()), found.title][-TRIED_MOST:]
        turn.memory["answered"] = [found.article_id, found.edition, turn.memory.get("asked", "")]
        link = f"\n{found.link}" if found.link else ""
        if found.is_confirmed:
            return _without_asking(turn, found, link)
        yes, no, begin, ask = words.in_language(turn.language, lambda: (_yes(), _none(), _maybe(), _did_it_help()))
        replies = [QuickReply(yes, {YES: found.article_id})]
        replies += [QuickReply(each.title[:TITLE_MOST], {ARTICLE: each.article_id}) for each in others]
        replies.append(QuickReply(no, {NO: found.article_id}))
        text = f"{begin} {found.title}\n\n{found.answer}{link}\n\n{ask}"
        return Say(text, replies, articles=[found.article_id])

    def _glad(self, turn: Turn) -> Iterator[Action]:
        judged = _judged(turn, turn.data[YES], helped=True)
        yield Say(words.in_language(turn.language, _was_glad), settled=True, judged=judged)

    def _other_words(self, turn: Turn) -> Iterator[Action]:
        told = words.in_language(turn.language, words.say_it_otherwise)
        yield Say(told, miss=Miss.SAID_NO, judged=_judged(turn, turn.data[NO], helped=False))

    def brief(self, turn: Turn) -> Brief:
        """What was asked, and which articles did not help."""
        tried = [str(each)[:TITLE_MOST] for each in turn.memory.get("tried", ())]
        return Brief(summary=str(turn.memory.get("question") or turn.text)[:BRIEF_SUMMARY_MAX], tried=tried)


def _without_asking(turn: Turn, found: Found, link: str) -> Say:
    """A customer has said that it answers this: whoever does not find so can say it still."""
    replies = [QuickReply(words.in_language(turn.language, _none), {NO: found.article_id})]
    return Say(f"{found.title}\n\n{found.answer}{link}", replies, articles=[found.article_id])


def _late(turn: Turn) -> Say | None:
    """What to say to what was pressed when the chat had gone on: it is no question, nor a miss.

    A yes or a no is meant, or that a code be sent again, for which nothing waits any more.
    """
    wants_code = [words.own_choice(each.data) == words.AGAIN for each in turn.said]
    if not turn.said or not all(is_own or each.is_press for is_own, each in zip(wants_code, turn.said, strict=True)):
        return None
    if wants_code[-1]:
        return _in(turn, words.no_code)
    yes, no, again = words.in_language(turn.language, lambda: (_yes(), _none(), words.send_again()))
    tell = {yes: _was_glad, no: words.say_it_otherwise, again: words.no_code}.get(turn.said[-1].text)
    return _in(turn, tell) if tell else None


def _judged(turn: Turn, chosen: Any, *, helped: bool) -> Judged | None:
    """What the customer says of the article that was said last; None of an older one, or of another's question."""
    article_id, edition, question = turn.memory.get("answered") or ("", "", "")
    return Judged(article_id, edition, question, helped) if chosen == article_id and question else None


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
