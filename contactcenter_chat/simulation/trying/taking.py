"""What becomes of a turn that is only tried? What ``actions.bots`` does with a real one, as far as it says something.

Rules, limits and words are those of ``actions.bots``; here is what they decide put together, without a row.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from ...actions.bots import handover, limits, rules
from ...actions.bots.saying import cards_of
from ...actions.cards import checked_cards
from ...actions.center import texts
from ...actions.knowledge import finding
from ...actions.messages import check_words
from ...bots import words
from ...bots.base import (
    Action,
    Brief,
    Call,
    Called,
    CallState,
    End,
    Found,
    HandOver,
    Said,
    Say,
    Think,
    Turn,
    bot_named,
    check_memory,
    each_done,
    said_nothing,
)
from ...cards.base import kind_of
from ...events import QUICK_REPLIES
from ...models import BotSpell, Queue, clock
from ...models.conversations import Reason
from ...models.spells import Miss
from ...queries import articles
from ...queries.estimates import of_tenant
from ...queries.masking import rules_of
from ...tools.registry import tools_for_bot
from ...wire.levels import Level
from .calling import noted
from .state import ENDED, HANDED_OVER, Answer, Dialogue, Place

FOUND_MOST = 20


def take(place: Place, dialogue: Dialogue, said: Said, answer: Answer) -> None:
    """Take a turn: what came is noted in ``answer`` as it comes, what follows from it in ``dialogue``."""
    turn = _turn(place, dialogue, said, answer)
    bot = bot_named(dialogue.bot)
    writing = _Writing(place, dialogue, answer, partial(bot.brief, turn))
    if not writing.is_answered(turn):
        with suppress(_Over):
            each_done(bot.answer(turn), writing.do)
            if not writing.answers:
                writing.carry_out(said_nothing(turn))
            check_memory(turn)
    _finish(dialogue, turn, answer)


def give_up(place: Place, dialogue: Dialogue, answer: Answer, reason: Reason, failure: str) -> None:
    """The bot has failed: an agent goes on."""
    answer.failed, answer.failure = reason, failure
    _Writing(place, dialogue, answer, Brief).hand_over(HandOver(reason=reason))


class _Over(Exception):
    """The bot has the conversation no more: whatever else it answers is not heard."""


class _Writing:
    """Notes what a bot does in a turn, where in a real one it would be written."""

    def __init__(self, place: Place, dialogue: Dialogue, answer: Answer, brief: Callable[[], Brief]) -> None:
        self.place, self.dialogue, self.answer, self.brief = place, dialogue, answer, brief
        self.answers = 0

    def is_answered(self, turn: Turn) -> bool:
        """Do what holds for every bot, as ``rules.answered`` does; return whether no bot is asked."""
        if self.dialogue.choosing:
            return self._has_chosen(rules.chosen_way(turn))
        action, miss = rules.instead(_spell(self.dialogue), turn, self.brief)
        if miss:
            _note_miss(self.dialogue, self.answer, miss)
        if action is not None:
            self.carry_out(action)
        return action is not None

    def do(self, number: int, action: Action) -> Called | None:
        """Note this; a tool is not called, since it might write. Raises what carry_out does, and _Over."""
        limits.check_number(number)
        self.answers += not isinstance(action, Think)
        if isinstance(action, Call):
            self.answer.called.append(action.tool)
            self.answer.calls.append({**noted(self.place, self.dialogue, action), "after": len(self.answer.lines)})
            return Called(action.tool, CallState.ASKED)
        self.carry_out(action)
        if self.dialogue.over or self.dialogue.choosing:
            raise _Over
        return None

    def carry_out(self, action: Action) -> None:
        """As what a bot answers is written in a real turn. Raises Invalid for what cannot be said, TypeError."""
        limits.check_action(action)
        match action:
            case Think():
                self.answer.thinks = limits.thinks_for(action)
            case Say() if not action.miss:
                self._say(action, is_first=not (self.dialogue.turns or self.dialogue.disclosed))
            case Say(miss=miss):
                _note_miss(self.dialogue, self.answer, miss)
                if limits.are_too_many(self.dialogue.misses):
                    self.hand_over(HandOver(self.brief(), reason=Reason.FAILED))
                else:
                    self._say(action)
            case HandOver():
                self.hand_over(action)
            case End(code=code):
                self.answer.ended, self.dialogue.over = code, ENDED

    def hand_over(self, wanted: HandOver) -> None:
        """Have an agent go on; while nobody is there, ask first, where that matters."""
        kept = handover.as_kept(wanted)
        self.answer.left_out = handover.left_out_of(self.place.tenant.pk, kept)
        told, is_closed = self._announced(kept)
        self._say(told)
        if is_closed:
            self.dialogue.choosing, self.dialogue.brief = True, kept
        else:
            self._pass_on(kept)

    def _announced(self, kept: dict[str, Any]) -> tuple[Say, bool]:
        queue, language = _queue(self.place, kept["queue"]), self.dialogue.language
        if queue is not None and self.place.looks:
            return handover.announced(queue, language, kept["reason"], lambda tenant: of_tenant(tenant, clock.now()))
        told = words.in_language(language, partial(words.handing_over, None))
        return Say(handover.after_sorry(language, kept["reason"], told)), False

    def _pass_on(self, kept: dict[str, Any]) -> None:
        self.answer.handed_over, self.dialogue.over = kept, HANDED_OVER

    def _has_chosen(self, chosen: str) -> bool:
        kept, self.dialogue.brief = self.dialogue.brief, {}
        self.dialogue.choosing, self.dialogue.misses = False, []
        if chosen == words.LEAVE:
            queue = _queue(self.place, kept["queue"])
            own = texts.text_of(queue, texts.CLOSED, self.dialogue.language) if queue else ""
            self._say(Say(own or self._in_language(words.left)))
            self._pass_on(kept)
        elif chosen == words.STOP:
            self._say(Say(self._in_language(words.goodbye)))
            self.answer.ended, self.dialogue.over = "", ENDED
        elif chosen == words.GO_ON:
            self._say(Say(self._in_language(words.going_on)))
        return chosen in words.CHOICES

    def _say(self, said: Say, *, is_first: bool = False) -> None:
        if not self.dialogue.disclosed:
            self._add(self._in_language(partial(words.disclosure, self.place.tenant.name)), [], said)
            self.dialogue.disclosed = True
        cards = checked_cards(cards_of(said, self.dialogue.language, is_first=is_first))
        check_words(said.text, required=not cards)
        self._add(said.text, cards, said)
        self.answer.articles += [
            each for each in _answered_from(said, self.answer) if each not in self.answer.articles
        ]

    def _add(self, text: str, cards: Sequence[tuple[str, Any]], said: Say) -> None:
        options = [each for kind, content in cards if kind == QUICK_REPLIES for each in content["options"]]
        other = [kind_of(kind).text(content) for kind, content in cards if kind != QUICK_REPLIES]
        self.answer.lines.append({"text": text, "options": options, "cards": other, "settled": said.settled})

    def _in_language(self, tell: Callable[[], str]) -> str:
        return words.in_language(self.dialogue.language, tell)


def _turn(place: Place, dialogue: Dialogue, said: Said, answer: Answer) -> Turn:
    """What the bot is asked, as it is in a real turn."""
    return Turn(
        conversation_id="",
        tenant_id=place.tenant.pk,
        said=[said],
        before=tuple((by, text) for by, text in dialogue.lines),
        number=dialogue.turns + 1,
        customer=dialogue.customer,
        identity=Level(dialogue.identity),
        language=dialogue.language,
        misses=tuple(dialogue.misses),
        memory=dialogue.memory,
        articles=partial(_articles, place, dialogue, answer),
        tools=tools_for_bot(dialogue.bot),
        masking=rules_of(place.tenant),
    )


def _articles(place: Place, dialogue: Dialogue, answer: Answer, question: str) -> Sequence[Found]:
    queue_id = place.queue.pk if place.queue else None
    versions = articles.for_customers(place.tenant.pk, queue_id, Level(dialogue.identity))
    found = finding.found_for(versions, place.tenant, dialogue.language, question)
    known = {each["id"] for each in answer.found}
    new = [each for each in found if each.article_id not in known]
    answer.found += [
        {"id": each.article_id, "title": each.title, "score": each.score, "answer": each.answer} for each in new
    ][: FOUND_MOST - len(answer.found)]
    return found


def _answered_from(said: Say, answer: Answer) -> list[str]:
    """The articles that it answers from: as it says, else those that it was given and says word for word."""
    if said.articles:
        return [str(each) for each in said.articles]
    return [each["id"] for each in answer.found if each["answer"] in said.text]


def _note_miss(dialogue: Dialogue, answer: Answer, miss: str) -> None:
    answer.misses.append(str(miss))
    dialogue.misses = limits.with_miss(dialogue.misses, miss)


def _finish(dialogue: Dialogue, turn: Turn, answer: Answer) -> None:
    """As the end of a real turn: the same question again is a miss, what the bot remembers is kept as JSON."""
    if not dialogue.over and not dialogue.choosing and rules.is_asked_again(_spell(dialogue), turn):
        _note_miss(dialogue, answer, Miss.SAME_AGAIN)
    dialogue.asked_digest = rules.asked_digest(turn)
    dialogue.turns = turn.number
    dialogue.memory = json.loads(json.dumps(turn.memory))


def _spell(dialogue: Dialogue) -> BotSpell:
    """The dialogue as the rules know one; it is never saved."""
    return BotSpell(bot=dialogue.bot, misses=dialogue.misses, asked_digest=dialogue.asked_digest)


def _queue(place: Place, name: str) -> Queue | None:
    named = Queue.objects.filter(tenant=place.tenant, name=name).select_related("tenant", "hours").first()
    return named or place.queue
