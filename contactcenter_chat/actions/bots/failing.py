"""What when a bot fails, or takes too long? The customer is told once, and an agent goes on."""

from ...bots.base import Brief, HandOver
from ...database import atomic
from ...models import BotSpell
from ...models.conversations import Reason
from ...wire.limits import BRIEF_SUMMARY_MAX
from . import handover, spells
from .leases import Lost, locked

SAID_MOST = 20  # messages


def give_up(held: BotSpell, reason: Reason, brief: Brief | None = None) -> bool:
    """Have an agent go on; return whether the bot had the conversation still. ``held`` as it was held.

    Without a ``brief`` the agent is told what the customer has said that is not answered.
    """
    with atomic():
        try:
            conversation, spell = locked(held)
        except Lost:
            return False
        brief = brief or Brief(summary=_unanswered(spell))
        # Whoever is at the turn still is not heard any more, also while the customer has a choice to make.
        spells.break_off(conversation, spell)
        handover.hand_over(conversation, spell, HandOver(brief, reason=reason))
        if spell.choosing:
            spells.look_later(spell)
        return True


def _unanswered(spell: BotSpell) -> str:
    said = spells.unheard(spell).values_list("message__text", flat=True)[:SAID_MOST]
    return "\n".join(each for each in said if each)[:BRIEF_SUMMARY_MAX]
