"""What becomes of what a bot answers? Each of it is written once, for as long as the bot has the conversation."""

from collections.abc import Callable

from ...bots.base import Action, Brief, End, HandOver, Say, Think
from ...database import atomic
from ...events import BOT
from ...models import BotSpell, Conversation
from ...models.base import max_length
from ...models.conversations import Reason
from ...models.spells import SpellEnd
from ..knowledge import phrasings
from ..typing import show_thinking
from . import control, limits, spells
from .handover import hand_over
from .leases import locked
from .saying import say

CODE_MAX = max_length(BotSpell, "code")
WRITTEN = ("written", "hearing")


def write(held: BotSpell, number: int, action: Action, brief: Callable[[], Brief]) -> None:
    """Write what a bot answered, as the ``number``-th of this turn, counted from 0; once, however often it is asked.

    ``held`` is the spell as its worker holds it, ``brief()`` what agents should know if they take over: asked with no
    transaction open, as the bot itself is. Raises Lost, Invalid for what cannot be said, TypeError.
    """
    if isinstance(action, Think):
        show_thinking(held.conversation_id, BOT, limits.thinks_for(action))
        return
    known = brief() if isinstance(action, Say) and action.miss and _is_last(held) else Brief()
    judged = action.judged if isinstance(action, Say) else None
    phrasing = phrasings.meant(held.tenant_id, judged) if judged else None
    with atomic():
        conversation, spell = locked(held)
        if number < spell.written:
            return
        note_written(held, spell, number + 1)
        if judged and phrasing:  # first: it waits for others, who are not to wait for anything that is locked here
            phrasings.note(conversation, spell, judged, phrasing)
        _carry_out(conversation, spell, action, known)


def note_written(held: BotSpell, spell: BotSpell, written: int) -> None:
    """That much of the turn is written, of what was asked then: who takes it once more asks no more than that."""
    spell.written, spell.hearing = written, held.hearing


def note_heard(held: BotSpell, spell: BotSpell) -> None:
    """All that the turn is about is answered: who takes it once more asks nothing of it."""
    spell.heard = held.hearing
    spell.save(update_fields=["heard"])


def note_miss(spell: BotSpell, miss: str) -> bool:
    """Note that what was said was no answer; return whether there were so many that agents take over."""
    spell.misses = limits.with_miss(spell.misses, miss)
    spell.has_missed, spell.is_settled = True, False
    spell.save(update_fields=["misses", "has_missed", "is_settled"])
    return limits.are_too_many(spell.misses)


def _is_last(held: BotSpell) -> bool:
    """Whether agents take over with one more miss. Nobody but who holds the spell notes one."""
    misses = BotSpell.objects.filter(pk=held.pk).values_list("misses", flat=True).first() or []
    return limits.is_last(misses)


def _carry_out(conversation: Conversation, spell: BotSpell, action: Action, brief: Brief) -> None:
    limits.check_action(action)
    if isinstance(action, Say) and not action.miss:
        is_first = not (spell.turns or spell.answers)
        spell.answers = min(spell.answers + 1, spells.ANSWERS_MOST)
        spell.has_missed, spell.is_settled = False, action.settled
        spell.save(update_fields=[*WRITTEN, "answers", "has_missed", "is_settled"])
        say(conversation, spell, action, is_first=is_first)
        return
    spell.save(update_fields=WRITTEN)
    match action:
        case Say(miss=miss):
            if note_miss(spell, miss):
                hand_over(conversation, spell, HandOver(brief, reason=Reason.FAILED))
            else:
                say(conversation, spell, action)
        case HandOver():
            hand_over(conversation, spell, action)
        case End(code=code):
            spells.end(conversation, SpellEnd.BOT_CONFIRMED, code=code[:CODE_MAX])
            control.take(conversation)
