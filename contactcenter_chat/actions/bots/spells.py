"""How long does a bot that the app asks or watches have a conversation, and what is it to answer?

All of this expects the conversation locked.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from ...bots.base import has_turns, is_bot, is_elsewhere, seconds_of
from ...conf import settings
from ...database import after_commit
from ...events import CUSTOMER, CardSubmitted
from ...models import BotSpell, Conversation, LogEntry, clock
from ...models.clock import NOW
from ...models.spells import CONTAINED, SpellEnd
from ...models.wrapup import BOT_CONTAINED
from ...queries.assignment import bot_of
from ...workers import wakeup
from . import elsewhere, pauses

GATHER = timedelta(seconds=1)  # what is said so soon after each other is one turn
PROVISIONAL = timedelta(hours=72)  # in which what seemed settled may turn out not to be
ANSWERS_MOST = 32_767  # that there is room for
NOTHING_MORE: dict[str, Any] = {
    "due_at": None,
    "answer_by": None,
    "sign_by": None,
    "look_at": None,
    "lease_until": None,
    "memory": {},
    "brief": {},
    "pending": {},
}


def begin(conversation: Conversation, bot: str, heard: int | None = None) -> BotSpell:
    """A bot has got the conversation; up to the number ``heard`` it is not the bot's to answer what was said."""
    return BotSpell.objects.create(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        bot=bot,
        epoch=conversation.control_epoch,
        began_at=clock.now(),
        heard=_heard_before(conversation) if heard is None else min(heard, conversation.last_number),
    )


def open_of(conversation: Conversation) -> BotSpell | None:
    """The spell of the bot that has the conversation, locked; None where none has that is asked or watched."""
    return BotSpell.objects.select_for_update().filter(conversation_id=conversation.pk, ended_at=None).first()


def go_on_disclosed(conversation: Conversation) -> None:
    """The bot goes on where it was before: that it is a bot it has said, and need not say again."""
    if spell := open_of(conversation):
        told = BotSpell.objects.filter(conversation_id=conversation.pk, bot=spell.bot, disclosed_at__isnull=False)
        spell.disclosed_at = told.order_by("-disclosed_at").values_list("disclosed_at", flat=True).first()
        spell.save(update_fields=["disclosed_at"])


def hear(conversation: Conversation) -> None:
    """The customer has said something: have the bot answer it, or wait for its sign, if one has the conversation."""
    # One that the settings have no more has its turn as well: that fails, and an agent goes on.
    is_due = has_turns(conversation.script) or bool(conversation.script and not is_bot(conversation.script))
    sign_by = elsewhere.sign_by(conversation)
    spell = open_of(conversation) if is_due or sign_by else None
    if spell is None:
        return
    spell.sign_by = spell.sign_by or sign_by
    spell.look_at, spell.asked_more = None, False
    if is_due:
        _have_a_turn(spell)
        after_commit(wakeup.wake_bots)
    spell.save(update_fields=["due_at", "answer_by", "sign_by", "look_at", "asked_more"])


def unheard(spell: BotSpell) -> QuerySet[LogEntry]:
    """The log rows of what the customer has said that no turn was about yet."""
    said = Q(message__author_type=CUSTOMER) | Q(kind=CardSubmitted.name)
    rows = LogEntry.objects.filter(said, conversation=spell.conversation_id, number__gt=spell.heard)
    return rows.select_related("message").order_by("number")


def note_words(conversation: Conversation) -> BotSpell | None:
    """A bot that is not asked here says something: return its spell, if it has one. That is a sign of it."""
    spell = open_of(conversation) if elsewhere.seconds_for(conversation) else None
    if spell is None:
        return None
    spell.sign_by, spell.answer_by, spell.has_missed = None, None, False
    spell.answers = min(spell.answers + 1, ANSWERS_MOST)
    spell.save(update_fields=["sign_by", "answer_by", "has_missed", "answers"])
    pauses.note_success(spell.tenant_id, spell.bot)
    if is_elsewhere(spell.bot):
        look_later(spell)
    return spell


def _have_a_turn(spell: BotSpell) -> None:
    now = clock.now()
    if spell.due_at is None:
        spell.due_at, spell.answer_by = now, answer_by(spell, now)
    elif not is_at_work(spell):
        spell.due_at = max(spell.due_at, now + GATHER) if spell.turns else spell.due_at


def answer_by(spell: BotSpell, since: datetime) -> datetime | None:
    """When what was said then must be answered; None of a bot that is not asked: it is to give a sign."""
    return None if is_elsewhere(spell.bot) else since + timedelta(seconds=seconds_of(spell.bot))


def is_at_work(spell: BotSpell) -> bool:
    """Whether a worker holds it."""
    return spell.lease_until is not None and spell.lease_until > clock.now()


def break_off(conversation: Conversation, spell: BotSpell) -> None:
    """Whoever is at its turn is not heard any more, and all that was said counts as answered."""
    spell.lease_token, spell.lease_until, spell.due_at, spell.answer_by = spell.lease_token + 1, None, None, None
    spell.sign_by = None
    spell.heard, spell.written = conversation.last_number, 0
    spell.save()


def look_later(spell: BotSpell) -> None:
    """Look after a while whether the customer says something; whoever must choose has until the end."""
    spell.look_at = look_at(spell)
    spell.save(update_fields=["look_at"])


def look_at(spell: BotSpell) -> datetime:
    """When to look whether the customer says something, who has the last word of the bot now."""
    seconds = settings.BOT_END_MINUTES * 60 if spell.choosing else settings.BOT_ASK_SECONDS
    return clock.now() + timedelta(seconds=seconds)


def wait_for_answer(spell: BotSpell) -> None:
    """It has begun the conversation: that ends when the customer says nothing, and is not asked for more."""
    spell.look_at = clock.now() + timedelta(minutes=settings.BOT_END_MINUTES)
    spell.save(update_fields=["look_at"])


def end(conversation: Conversation, how: str, *, reason: str = "", code: str = "") -> None:
    """The bot has it no more; nothing happens where none has."""
    current = BotSpell.objects.filter(conversation_id=conversation.pk, ended_at=None)
    # After an agent, it was not the bot alone that has settled it.
    code = code or (BOT_CONTAINED if how in CONTAINED and not bot_of(conversation) else "")
    current.update(end=how, reason=reason, code=code, ended_at=clock.now(), **NOTHING_MORE)


def end_for_customer(conversation: Conversation) -> None:
    """The customer has left."""
    if spell := open_of(conversation):
        end(conversation, end_without_a_word(spell))


def end_without_a_word(spell: BotSpell) -> str:
    """How it ends when the customer says nothing more."""
    if spell.is_settled:
        return SpellEnd.BOT_CONFIRMED
    has_begun = spell.disclosed_at is not None and spell.disclosed_at >= spell.began_at
    if has_begun and not (spell.turns or spell.due_at or spell.choosing):
        return SpellEnd.UNANSWERED  # it has spoken first
    if spell.due_at or not (spell.answers or spell.misses):
        return SpellEnd.BOT_NO_ANSWER
    return SpellEnd.BOT_LEFT_AFTER_MISS if spell.has_missed or spell.choosing else SpellEnd.BOT_ASSUMED


def take_back(conversation: Conversation) -> None:
    """The customer is back: what seemed settled a short while ago was not."""
    if not (isinstance(settings.BOTS, dict) or conversation.channel.bot):
        return  # whoever has no bots that the app asks pays nothing for them
    settled = BotSpell.objects.filter(conversation__customer=conversation.customer_id, taken_back_at=None)
    back = settled.filter(end__in=CONTAINED, ended_at__gt=NOW - PROVISIONAL)
    back.update(taken_back_at=NOW, code=Case(When(code=BOT_CONTAINED, then=Value("")), default=F("code")))


def _heard_before(conversation: Conversation) -> int:
    """Up to where it is not the bot's to answer what was said: all of it, but for the last words of a new customer."""
    if conversation.bot_spells.exists() or conversation.interactions.exists():
        return conversation.last_number
    answers = conversation.messages.exclude(author_type=CUSTOMER).order_by("-number")
    return answers.values_list("number", flat=True).first() or 0
