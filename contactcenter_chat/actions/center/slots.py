"""When does a chat take no slot of its agent, and what becomes of it when the customer writes again?

A silent customer's chat stays with its agent, who has room for another one meanwhile. It may come back to one slot
more than the agent has; for what comes beyond that, somebody else is sought.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ... import events
from ...database import atomic
from ...models import Conversation, Interaction, clock
from ...models.conversations import InteractionState
from ...routing.pace import Pace, has_room_again, pace_of
from ..recording import record
from . import agents, interactions

NO_ROOM, GONE = "no_room", "agent_gone"


def due(now: datetime) -> QuerySet[Interaction]:
    """The chats that are to be looked at: a look is due no later than the slot, and sets the time of the next."""
    handled = Interaction.objects.filter(state=InteractionState.HANDLING, is_remote=False)
    return handled.filter(frees_at__lte=now).order_by("frees_at", "pk")


def free(interaction_id: str, now: datetime) -> bool:
    """Free the slot of a chat whose customer has been silent for long; return whether it was."""
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id)
        pace = pace_of(interaction.pace)
        if interaction.state != InteractionState.HANDLING or interaction.freed_at or interaction.agent_id is None:
            return False
        since = now - timedelta(seconds=pace.frees_after)
        is_due = pace.frees_after > 0 and _is_silent(conversation, interaction, since)
        if not is_due:
            interaction.frees_at = _looked_at_next(conversation, interaction, pace, now)
            interaction.save(update_fields=["frees_at"])
            return False
        took, conversation.is_freed = interaction.takes, True
        interaction.freed_at, interaction.frees_at = clock.now(), None
        interaction.save(update_fields=interactions.FREED)
        record(conversation, events.SlotFreed(agent_id=interaction.agent_id), interaction=interaction)
        agents.change(interaction.agent_id, load=-took)
        return True


def take_again(conversation: Conversation) -> None:
    """The customer writes: a chat that takes no slot takes one again, or goes back to its queue, due now.

    So it does too when its agent has gone meanwhile. Expects the conversation locked, and its slot freed.
    """
    interaction = interactions.open_of(conversation)
    if interaction is None or interaction.agent is None:
        conversation.is_freed = False
        return
    agent, now = agents.lock(interaction.agent.pk), clock.now()
    is_gone = not agents.is_logged_in(agent)
    if is_gone or not has_room_again(agent.load, agent.capacity, interaction.share):
        interaction.returned_at, interaction.is_follow_up = now, False
        interactions.take_back(conversation, interaction, interaction.agent, reason=GONE if is_gone else NO_ROOM)
        return
    interactions.end_freed(conversation, interaction, now)
    interaction.frees_at = now + timedelta(seconds=pace_of(interaction.pace).frees_after)
    interaction.save(update_fields=interactions.FREED)
    record(conversation, events.SlotTaken(agent_id=agent.pk), interaction=interaction, at=now)
    agents.change_locked(agent, load=interaction.takes)


def _is_silent(conversation: Conversation, interaction: Interaction, since: datetime) -> bool:
    """Whether the customer has been since then. Who has heard from a bot only waits for the agent's first word."""
    return interaction.first_reply_at is not None and interactions.is_silent(conversation, interaction, since)


def _looked_at_next(
    conversation: Conversation, interaction: Interaction, pace: Pace, now: datetime
) -> datetime | None:
    """The soonest that the slot could be freed, as it looks now; None where that is never done."""
    if not pace.frees_after:
        return None
    said = _is_silent(conversation, interaction, now)
    silent_since = max(filter(None, (conversation.last_word_at, interaction.accepted_at))) if said else now
    return silent_since + timedelta(seconds=pace.frees_after)
