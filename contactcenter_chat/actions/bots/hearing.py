"""What is a bot asked? What the customer has said since its last turn, and what is known."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from ...bots import words
from ...bots.base import AgentBefore, Found, Said, Turn
from ...cards.base import kind_of
from ...events import CUSTOMER, QUICK_REPLIES
from ...models import BotSpell, Card, Conversation, LogEntry, clock, people
from ...models.conversations import Control, InteractionState
from ...models.wrapup import label_of
from ...queries.identity import level_of
from ...queries.masking import rules_of
from ...tools.registry import tools_for_bot
from ..knowledge import finding
from . import left_open, spells
from .leases import Lost

BEFORE_MOST = 50
SAID_MOST = 100
WATCH_SECONDS = 1


def turn_of(spell: BotSpell) -> tuple[Turn, int]:
    """Return what a bot is asked now, and up to which number of the log that goes. Raises Lost."""
    conversation = Conversation.objects.select_related("channel__webhook", "customer", "tenant").get(
        pk=spell.conversation_id
    )
    entries = _entries(spell)
    spell.hearing = entries[-1].number if entries else spell.heard
    turn = Turn(
        conversation_id=conversation.pk,
        tenant_id=conversation.tenant_id,
        said=_said(conversation, entries, spell),
        before=_before(conversation, entries[0].number if entries else conversation.last_number + 1),
        number=spell.turns + 1,
        customer=conversation.data_in_order,
        identity=level_of(conversation, clock.now()),
        language=conversation.language,
        misses=tuple(spell.misses),
        memory=spell.memory,
        epoch=spell.epoch,
        articles=partial(_articles, conversation),
        tools=tools_for_bot(spell.bot),
        agent=_agent_before(conversation),
        masking=rules_of(conversation.tenant),
        is_wanted=Watch(BotSpell.objects.filter(pk=spell.pk, lease_token=spell.lease_token, ended_at=None)),
    )
    return turn, spell.hearing


def _entries(spell: BotSpell) -> list[LogEntry]:
    """What the turn is about; the same as before when it is taken once more and some of its answers are written.

    Raises Lost where somebody else has taken it over.
    """
    unheard = spells.unheard(spell)
    if spell.lease_until:  # somebody had begun, and may have gone on after this was read
        mine = spell.lease_token
        spell.refresh_from_db()
        if spell.lease_token != mine:
            raise Lost
        unheard = spells.unheard(spell)
        if spell.hearing > spell.heard:
            unheard = unheard.filter(number__lte=spell.hearing)
    return list(unheard[:SAID_MOST])


def _agent_before(conversation: Conversation) -> AgentBefore | None:
    """Who has given it back to the bot; None where the bot has it otherwise."""
    if conversation.control != Control.POST_BOT:
        return None
    ended = conversation.interactions.filter(agent__isnull=False, ended_at__isnull=False)
    handled = ended.select_related("agent__user").prefetch_related("codes").order_by("-ended_at", "-pk").first()
    if handled is None or handled.agent is None:
        return None
    return AgentBefore(
        name=" ".join(people.names_of(handled.agent.user)).strip(),
        outcome=handled.outcome,
        codes={each.short_code: label_of(each.short_code, each.label) for each in handled.codes.all()},
        is_wrapped_up=handled.state == InteractionState.FINISHED and not handled.codes_missing,
    )


class Watch:
    """Whether any of these rows is there still; the database is asked once a second at most."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._mine = rows
        self._is_held, self._asked_at = True, time.monotonic()

    def __call__(self) -> bool:
        """Whether it does."""
        if self._is_held and time.monotonic() - self._asked_at > WATCH_SECONDS:
            self._is_held, self._asked_at = self._mine.exists(), time.monotonic()
        return self._is_held


def _said(conversation: Conversation, entries: Sequence[LogEntry], spell: BotSpell) -> list[Said]:
    """What was said, with the data of what was chosen: with as many queries however much it is."""
    pressed = [entry.data["card_id"] for entry in entries if entry.message is None]
    answered = Card.objects.select_related("message").in_bulk(pressed)
    offered = offered_before(conversation, entries[-1].number) if entries else {}
    said = [_heard(entry, answered, offered, spell.heard) for entry in entries]
    is_first_after_agent = conversation.control == Control.POST_BOT and not spell.turns
    return left_open.without_met(conversation, said) if is_first_after_agent else said


def _heard(entry: LogEntry, answered: Mapping[str, Card], offered: Mapping[int, list[Any]], heard: int) -> Said:
    if entry.message is not None:
        spoken = max((number for number in offered if number < entry.number), default=0)
        return Said(entry.number, entry.message.text, data_of(offered.get(spoken, []), entry.message.text))
    card = answered.get(entry.data["card_id"])
    answer = (card.submitted_data if card else None) or {}
    told = kind_of(card.content_type).told(card.content, answer) if card else ""
    data = answer.get("data")
    is_over = card is not None and _is_passed(card, heard) and words.own_choice(data) not in words.LASTING
    return Said(entry.number, told, None if is_over else data, is_press=True)


def _is_passed(card: Card, heard: int) -> bool:
    """Whether something else was said to these quick replies in an earlier turn.

    A press on them is words and nothing else then, so that nothing is done twice. A form may be filled in later.
    """
    return card.content_type == QUICK_REPLIES and card.message.number < heard


def offered_before(conversation: Conversation, number: int) -> dict[int, list[Any]]:
    """The newest words of others before that number, by theirs, each with the options that it offers."""
    spoken = conversation.messages.filter(number__lt=number).exclude(author_type=CUSTOMER).order_by("-number")
    numbers = dict(spoken.values_list("pk", "number")[:SAID_MOST])
    cards = Card.objects.filter(message__in=numbers, content_type=QUICK_REPLIES).order_by("-position")
    options = {numbers[card.message_id]: card.content["options"] for card in cards}  # the first card's last
    return {each: options.get(each, []) for each in numbers.values()}


def data_of(options: Sequence[Any], text: str) -> Any:
    """The data of the option that was typed, by its words or its number."""
    typed = text.strip()
    if typed in (numbers := [str(number) for number in range(1, len(options) + 1)]):
        return options[numbers.index(typed)].get("data")
    same = [each for each in options if each["title"].casefold() == typed.casefold()]
    return same[0].get("data") if same else None


def _before(conversation: Conversation, number: int) -> Sequence[tuple[str, str]]:
    rows = conversation.messages.filter(number__lt=number).order_by("-number")
    return tuple(reversed(rows.values_list("author_type", "text")[:BEFORE_MOST]))


def _articles(conversation: Conversation, question: str) -> Sequence[Found]:
    return finding.found_for_bot(conversation, question)
