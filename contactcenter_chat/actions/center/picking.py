"""What follows when an agent takes a chat from the list, where nobody is asked?"""

from django.utils.translation import gettext_noop as _

from ... import events
from ...database import atomic
from ...exceptions import AlreadyTaken, Conflict, NotFound
from ...models import Agent, Interaction, Offer, clock
from ...models.conversations import PICKED, InteractionState
from ...models.queues import Distribution, Presence
from ...queries import picking
from ...routing.pace import has_room
from ..recording import record
from . import agents, interactions, offers


def pick(*, interaction_id: str, agent: Agent) -> Interaction:
    """The agent takes a chat that waits to be picked; return the interaction. A repeat changes nothing.

    How many were due before it that the agent could have taken is kept (``Offer.skipped``). Raises AlreadyTaken when
    another agent has it, Conflict when it does not wait to be picked any more, or the agent is not available or has no
    room, NotFound for one that this agent may not take.
    """
    in_order = picking.pickable_by(agent)
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        if interaction.agent_id == agent.pk and interaction.state == InteractionState.HANDLING:
            return interaction
        _check_waits(interaction, agent)
        locked = agents.lock(agent.pk)
        _check_room(locked, interaction)
        skipped = in_order.index(interaction_id) if interaction_id in in_order else len(in_order)
        offer = _offered(interaction, locked, skipped)
        picked = events.InteractionPicked(offer_id=offer.pk, agent_id=agent.pk, skipped=skipped)
        record(conversation, picked, interaction=interaction, at=offer.made_at)
        agents.change_locked(locked, load=interaction.share, first_in_line=False)
        return offers.give(conversation, offer_id=offer.pk, agent=locked, reason=PICKED)


def _check_waits(interaction: Interaction, agent: Agent) -> None:
    """Refuse what does not wait to be picked by this agent."""
    if not interaction.queue.members.filter(agent=agent).exists():
        raise NotFound("Interaction", interaction.pk)
    if interaction.state == InteractionState.HANDLING and interaction.agent:
        raise AlreadyTaken(interaction.agent)
    waits = interaction.state == InteractionState.WAITING and not interaction.is_put_off
    is_picked = interaction.queue.way_of(interaction.pace) == Distribution.PICK
    if not waits or interaction.target_agent_id or not is_picked:
        raise Conflict(_("This chat does not wait to be picked any more."))
    if not picking.may_take(agent, interaction):
        raise Conflict(_("This chat requires what you do not have."))


def _check_room(agent: Agent, interaction: Interaction) -> None:
    if agent.presence != Presence.AVAILABLE or agent.released_at:
        raise Conflict(_("Become available first: then you can pick chats."))
    if interaction.share and not has_room(agent.load, agent.capacity, interaction.share):
        raise Conflict(_("You have no room for another chat just now."))


def _offered(interaction: Interaction, agent: Agent, skipped: int) -> Offer:
    """The offer that stands for the agent's own choice; it does not ring."""
    now = clock.now()
    return Offer.objects.create(
        interaction=interaction,
        agent=agent,
        ask_round=interaction.ask_round,
        skipped=skipped,
        made_at=now,
        expires_at=now,
    )
