"""What is over by the clock where a bot has a conversation? A turn that takes too long, a customer's silence."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ...bots import words
from ...bots.base import QuickReply, Say
from ...conf import settings
from ...database import atomic
from ...exceptions import NotFound
from ...models import BotSpell, Conversation
from ...models.conversations import Reason
from ...queries.assignment import bot_of
from ..participants import living
from . import control, elsewhere, failing, pauses, spells
from .saying import say, system_data


def overdue(now: datetime) -> QuerySet[BotSpell]:
    """Those whose bot has not answered in time, whether it was asked or there was no thread for it."""
    return BotSpell.objects.filter(ended_at=None, answer_by__lte=now).order_by("answer_by", "pk")


def give_up(spell_id: int, now: datetime) -> bool:
    """Have an agent go on; return whether that was due still."""
    with atomic():
        _conversation, spell = _locked(overdue(now), spell_id)
        if spell is None or not failing.give_up(spell, Reason.TIMEOUT):
            return False
    pauses.note_failure(spell.tenant_id, spell.bot)
    return True


def quiet(now: datetime) -> QuerySet[BotSpell]:
    """Those whose bot lives elsewhere and has given no sign in time."""
    return BotSpell.objects.filter(ended_at=None, sign_by__lte=now).order_by("sign_by", "pk")


def give_up_quiet(spell_id: int, now: datetime) -> bool:
    """Have an agent go on; return whether that was due still."""
    with atomic():
        conversation, spell = _locked(quiet(now), spell_id)
        if conversation is None or spell is None:
            return False
        if not elsewhere.seconds_for(conversation):  # it is watched no more
            BotSpell.objects.filter(pk=spell.pk).update(sign_by=None)
            return False
        given_up = failing.give_up(spell, Reason.TIMEOUT)
    pauses.note_failure(spell.tenant_id, spell.bot)
    return given_up


def silent(now: datetime) -> QuerySet[BotSpell]:
    """Those whose customer has said nothing for a while."""
    answered = BotSpell.objects.filter(ended_at=None, due_at=None, sign_by=None)
    return answered.filter(look_at__lte=now).order_by("look_at", "pk")


def look(spell_id: int, now: datetime) -> bool:
    """Ask whether there is anything else, or end it when that was asked; return whether that was due still."""
    with atomic():
        conversation, spell = _locked(silent(now), spell_id)
        if conversation is None or spell is None:
            return False
        if (is_asked := spell.asked_more or spell.choosing or not spell.answers) and bot_of(conversation):
            BotSpell.objects.filter(pk=spell.pk).update(look_at=None)  # after an agent it has its own limits
            return False
        if is_asked:
            spells.end(conversation, spells.end_without_a_word(spell))
            control.take(conversation)
            return True
        spell.asked_more = True
        spell.look_at = now + timedelta(minutes=settings.BOT_END_MINUTES) - timedelta(seconds=settings.BOT_ASK_SECONDS)
        spell.save(update_fields=["asked_more", "look_at"])
        ask, no = words.in_language(conversation.language, lambda: (words.anything_else(), words.nothing_more()))
        say(conversation, spell, Say(ask, [QuickReply(no, system_data(words.SETTLED))]), formality=True)
        return True


def _locked(due: QuerySet[BotSpell], spell_id: int) -> tuple[Conversation | None, BotSpell | None]:
    """Lock a spell with its conversation, where that is due still. Expects a transaction."""
    found = due.filter(pk=spell_id).values_list("conversation_id", flat=True).first()
    if found is None:
        return None, None
    try:
        conversation = living(found)
    except NotFound:
        return None, None
    return conversation, due.select_for_update().filter(pk=spell_id).first()
