"""What when a bot fails, or takes too long? The customer is told once, and an agent goes on."""

from ...bots.base import HandOver
from ...database import atomic
from ...models import BotSpell
from ...models.conversations import Reason
from . import handover, spells
from .writing import Lost, locked


def give_up(held: BotSpell, reason: Reason) -> bool:
    """Have an agent go on; return whether the bot had the conversation still. ``held`` as it was held."""
    with atomic():
        try:
            conversation, spell = locked(held)
        except Lost:
            return False
        # Whoever is at the turn still is not heard any more, also while the customer has a choice to make.
        spell.lease_token, spell.lease_until, spell.due_at, spell.answer_by = spell.lease_token + 1, None, None, None
        spell.sign_by = None
        spell.heard, spell.written = conversation.last_number, 0
        spell.save()
        handover.hand_over(conversation, spell, HandOver(reason=reason))
        if spell.choosing:
            spells.look_later(spell)
        return True
