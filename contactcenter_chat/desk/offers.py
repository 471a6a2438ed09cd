"""Accept or decline what rings; pick what waits."""

from django.views.decorators.http import require_POST

from ..actions.center import offers, picking
from .base import done, part


@require_POST
@part
def accept(request, offer_id):
    """Take the chat, and open it."""
    interaction = offers.accept_offer(offer_id=offer_id, agent=request.agent)
    return done(open=interaction.conversation_id)


@require_POST
@part
def decline(request, offer_id):
    """Leave the chat to somebody else."""
    offers.decline_offer(offer_id=offer_id, agent=request.agent, reason="declined")
    return done()


@require_POST
@part
def pick(request, interaction_id):
    """Take a chat from the list, and open it."""
    interaction = picking.pick(interaction_id=interaction_id, agent=request.agent)
    return done(open=interaction.conversation_id)
