"""What follows when an agent takes an offer, declines it, or lets it ring out?"""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from ... import events
from ...conf import settings
from ...database import after_commit, atomic
from ...exceptions import AlreadyTaken, Conflict, NotFound
from ...models import Agent, Conversation, Interaction, Offer, clock, people
from ...models.base import max_length
from ...models.clock import NOW, database_now
from ...models.conversations import InteractionState, OfferState
from ...models.prepared import Prepared
from ...models.queues import Presence
from ...routing.pace import pace_of
from ...storable import check_text
from ...workers import wakeup
from ..participants import participant_of
from ..recording import record
from . import agents, placing, segments

SAID_NO = (OfferState.REJECTED, OfferState.TIMED_OUT)
RELATED = ("interaction__queue", "interaction__agent__user", "interaction__return_to_agent", "agent")
REASON_MAX = max_length(Offer, "reason")
OFFER = Prepared(lambda offer_id: Offer.objects.select_related(*RELATED).filter(pk=offer_id), "offer_id")


def accept_offer(*, offer_id: str, agent: Agent) -> Interaction:
    """The agent takes the chat; return the interaction. A repeat changes nothing.

    Raises AlreadyTaken when another agent has it, Conflict when it is offered no more, NotFound.
    """
    with atomic():
        conversation, offer = _lock_offer(offer_id, agent)
        interaction = offer.interaction
        if offer.state == OfferState.ACCEPTED and interaction.agent_id == agent.pk:
            return interaction
        if offer.state != OfferState.PENDING:
            raise _too_late(interaction)
        _accept(conversation, offer, agent)
        return interaction


def decline_offer(*, offer_id: str, agent: Agent, reason: str = "") -> None:
    """The agent does not take the chat; it is offered to the next one at once."""
    check_text(reason, "reason")
    with atomic():
        _lock_offer(offer_id, agent)
        end_offer(offer_id=offer_id, state=OfferState.REJECTED, reason=reason)


def end_offer(*, offer_id: str, state: str, reason: str = "") -> bool:
    """End a pending offer that was not accepted, and have the interaction offered to somebody else.

    One that rang in vain means a short pause for the agent, a second in a row a break. Returns whether there was
    anything to end.
    """
    with atomic():
        conversation, offer = _lock_offer(offer_id)
        if offer.state != OfferState.PENDING:
            return False
        interaction = offer.interaction
        interaction.state = InteractionState.WAITING
        if state in SAID_NO:
            interaction.asked = [*interaction.asked, offer.agent_id]
        placing.put_back(interaction)
        interaction.save(update_fields=["state", "asked", *placing.PUT_BACK])
        _end(conversation, interaction, offer, state, reason)
        if interaction.target_agent_id == offer.agent_id:
            release_target(interaction)
        wakeup.wake_queue(interaction.queue_id)
        return True


def give(conversation: Conversation, *, offer_id: str, agent: Agent, reason: str) -> Interaction:
    """The agent has at once what was just offered, without being asked; return the interaction.

    ``reason`` is GIVEN or PICKED. Expects the conversation and the agent locked.
    """
    offer = OFFER.get(offer_id=offer_id)
    offer.reason = reason
    _accept(conversation, offer, agent)
    return offer.interaction


def withdraw_offer(conversation: Conversation, interaction: Interaction, *, reason: str) -> None:
    """Take back the live offer of an interaction, if there is one. Expects the conversation locked.

    An agent who loses an offer because the customer left is first in line for the next.
    """
    offer = Offer.objects.select_related("agent").filter(interaction=interaction, state=OfferState.PENDING).first()
    if offer:
        _end(conversation, interaction, offer, OfferState.WITHDRAWN, reason)


def release_target(interaction: Interaction) -> None:
    """The agent it was kept for did not take it: back to the sender if present, else to anybody in the queue."""
    # The clock changes what waits without the conversation's lock: what it requires is what the row says now.
    held = Interaction.objects.locked().values("required", "step", "step_due_at").get(pk=interaction.pk)
    for name, value in held.items():
        setattr(interaction, name, value)
    sender = interaction.return_to_agent
    interaction.target_agent, interaction.target_until, interaction.return_to_agent = None, None, None
    if sender and sender.presence == Presence.AVAILABLE:
        kept = keep_for(sender, settings.TRANSFER_ACCEPT_SECONDS)
        interaction.target_agent, interaction.target_until = kept["target_agent"], kept["target_until"]
    placing.regroup(interaction)
    interaction.save(update_fields=["target_agent", "target_until", "return_to_agent", "group_key"])


def _lock_offer(offer_id: str, agent: Agent | None = None) -> tuple[Conversation, Offer]:
    """Lock an offer's conversation; return both. To an agent of another tenant there is no such offer."""
    offers = Offer.objects.filter(pk=offer_id)
    if agent is not None:
        offers = offers.filter(interaction__tenant_id=agent.tenant_id)
    conversation_id = offers.values_list("interaction__conversation_id", flat=True).first()
    if conversation_id is None:
        raise NotFound("Offer", offer_id)
    conversation = Conversation.objects.lock(conversation_id)
    offer = OFFER.get(offer_id=offer_id)
    if agent is not None and offer.agent_id != agent.pk:
        raise _too_late(offer.interaction)
    return conversation, offer


def _accept(conversation: Conversation, offer: Offer, agent: Agent) -> None:
    now = clock.now()
    interaction = offer.interaction
    offer.state, offer.ended_at = OfferState.ACCEPTED, now
    offer.save(update_fields=["state", "reason", "ended_at"])
    interaction.state, interaction.agent, interaction.accepted_at = InteractionState.HANDLING, agent, now
    interaction.target_agent, interaction.target_until, interaction.return_to_agent = None, None, None
    frees_after = pace_of(interaction.pace).frees_after
    interaction.frees_at = now + timedelta(seconds=frees_after) if frees_after else None
    interaction.save()
    segments.accept(interaction, now)
    participant = participant_of(conversation, events.AGENT, agent)
    if participant.left_at:
        participant.joined_at, participant.left_at = now, None
        participant.save(update_fields=["joined_at", "left_at"])
    conversation.last_agent, conversation.last_queue = agent, interaction.queue
    first_name, last_name = people.names_of(agent.user)
    joined = events.AgentJoined(agent_id=agent.pk, first_name=first_name, last_name=last_name)
    record(conversation, joined, interaction=interaction, at=now)
    # What the offer takes of the agent becomes what the chat takes.
    agents.change(agent.pk, idle_since=now, missed_in_a_row=0, paused_until=None)
    _wake_for_next(interaction, agent.pk)


def _end(conversation: Conversation, interaction: Interaction, offer: Offer, state: str, reason: str) -> None:
    now = clock.now()
    offer.state, offer.reason, offer.ended_at = state, reason[:REASON_MAX], now
    offer.save(update_fields=["state", "reason", "ended_at"])
    ended = events.OfferEnded(offer_id=offer.pk, agent_id=offer.agent_id, state=state, reason=offer.reason)
    record(conversation, ended, interaction=interaction, at=now)
    agent = agents.lock(offer.agent_id)
    agents.change_locked(agent, load=-interaction.takes, **_consequences(agent, offer, now))
    _wake_for_next(interaction, agent.pk)


def _wake_for_next(interaction: Interaction, agent_id: str) -> None:
    """What takes no slot is offered to an agent one at a time: its load does not tell when the next may be."""
    if not interaction.share:
        after_commit(agents.wake_queues_of, agent_id)


def _consequences(agent: Agent, offer: Offer, now: datetime) -> dict[str, Any]:
    """What the end of an offer means for the agent, who is locked."""
    if offer.state == OfferState.WITHDRAWN and offer.reason == "customer_left":
        return {"first_in_line": True}
    if offer.state != OfferState.TIMED_OUT:
        return {}
    # What rang together was missed once, however much it was.
    again = agent.missed_at is None or offer.made_at > agent.missed_at
    missed = max(1, agent.missed_in_a_row + again)
    note = {"missed_in_a_row": missed, "missed_at": now}
    if missed == 1:
        return note | {"paused_until": NOW + timedelta(seconds=settings.MISSED_PAUSE_SECONDS)}
    if agent.presence == Presence.AVAILABLE:
        return note | {"presence": Presence.ON_BREAK, "presence_reason": agents.MISSED}
    return note


def _too_late(interaction: Interaction) -> Conflict:
    """The answer to an agent who wants what is not offered to it (any more)."""
    if interaction.agent_id:
        return AlreadyTaken(interaction.agent)
    return Conflict(_("This chat is not offered to you any more."))


def keep_for(agent: Agent, seconds: float) -> dict[str, Any]:
    """The fields that keep an interaction for one agent for a while."""
    return {"target_agent": agent, "target_until": database_now() + timedelta(seconds=seconds)}
