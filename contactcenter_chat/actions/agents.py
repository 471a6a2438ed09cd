"""Who is there, and how busy? Presence, heartbeat, load.

An agent's row changes only in ``change``, under its lock, which is taken after the conversation's.
"""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from .. import live
from ..events import AgentLeft
from ..exceptions import Conflict, Invalid, NotFound
from ..models import Agent, Interaction, Offer, Participant, PresenceSpan
from ..models.conversations import InteractionState, OfferState
from ..models.prepared import Prepared
from ..models.queues import Activity, Presence
from . import offers

LOST = "lost"
MISSED = "missed"
CHOSEN = (Presence.OFFLINE, Presence.AVAILABLE, Presence.ON_BREAK, Presence.WORK_OFFLINE, Presence.DRAINING)


def _open_span(agent_id):
    handled = Interaction.objects.filter(agent=OuterRef("agent"), state=InteractionState.HANDLING)
    offered = Offer.objects.filter(agent=OuterRef("agent"), state=OfferState.PENDING)
    spans = PresenceSpan.objects.filter(agent=agent_id, ended_at=None)
    return spans.annotate(is_handling=Exists(handled), is_offered=Exists(offered))


LOCKED = Prepared(lambda agent_id: Agent.objects.locked().filter(pk=agent_id), "agent_id")
OPEN_SPAN = Prepared(_open_span, "agent_id")


def create_agent(*, tenant, user, capacity=None, queues=()):
    """Make a user an agent, a member of these queues; return the agent."""
    from ..conf import settings

    with transaction.atomic():
        agent = Agent.objects.create(tenant=tenant, user=user, capacity=capacity or settings.CAPACITY)
        for queue in queues:
            if queue.tenant_id != tenant.pk:
                raise NotFound("Queue", queue.pk)
            queue.members.create(agent=agent)
        _note_span(agent)
    return agent


def set_presence(*, agent_id, presence, reason=""):
    """Choose a presence. Live offers are taken back unless it is ``available`` or ``draining``.

    Raises Invalid for an unknown presence and Conflict when an agent with chats wants to go offline.
    """
    if presence not in CHOSEN:
        raise Invalid("Unknown presence.", field="presence", value=presence)
    now = timezone.now()
    with transaction.atomic():
        if presence == Presence.OFFLINE and _has_chats(agent_id):
            raise Conflict("End or hand on your chats first, or choose “no new chats”.")
        change(
            agent_id,
            presence=presence,
            presence_reason=reason[:64],
            last_seen_at=now,
            missed_in_a_row=0,
            paused_until=None,
            lost_at=None,
        )
    if presence not in (Presence.AVAILABLE, Presence.DRAINING):
        _take_back_offers(agent_id, state=OfferState.REJECTED, reason="presence")


def heartbeat(*, agent_id):
    """The desk says that it is there; an agent who was lost is back."""
    now = timezone.now()
    if Agent.objects.filter(pk=agent_id, lost_at=None).update(last_seen_at=now):
        return
    with transaction.atomic():
        agent = Agent.objects.locked().filter(pk=agent_id).first()
        if agent and agent.lost_at:
            change(agent_id, presence=Presence.AVAILABLE, presence_reason="", last_seen_at=now, lost_at=None)


def lose(*, agent_id, seen_before):
    """No heartbeat: the agent counts as offline and loses its offers. Returns whether it did."""
    with transaction.atomic():
        agent = Agent.objects.locked().filter(pk=agent_id, last_seen_at__lt=seen_before, lost_at=None).first()
        if agent is None:
            return False
        change(agent_id, presence=Presence.OFFLINE, presence_reason=LOST, lost_at=timezone.now())
    _take_back_offers(agent_id, state=OfferState.WITHDRAWN, reason="agent_lost")
    return True


def unpause(*, agent_id):
    """The pause after a missed offer is over."""
    with transaction.atomic():
        change(agent_id, paused_until=None)


def note_typing(*, interaction_id, agent):
    """The agent types: the clock of the first reply stands still meanwhile."""
    Interaction.objects.filter(pk=interaction_id, agent=agent, state=InteractionState.HANDLING).update(
        agent_typed_at=timezone.now()
    )


def change(agent_id, *, load=0, **fields):
    """Change an agent's row and write down what it is doing from now on. Expects a transaction.

    ``load`` is added; the table refuses what is below 0 or above the capacity. Queues that wait for the agent are
    woken after commit when it can take more than before.
    """
    return change_locked(LOCKED.first(agent_id=agent_id), load=load, **fields)


def change_locked(agent, *, load=0, **fields):
    """The same for an agent that this transaction has just locked."""
    could_take_more = _can_take_more(agent)
    agent.load = agent.load + load
    for name, value in fields.items():
        setattr(agent, name, value)
    if agent.presence == Presence.DRAINING and agent.load == 0:
        agent.presence, agent.presence_reason = Presence.WORK_OFFLINE, ""
    agent.save(update_fields=["load", "presence", "presence_reason", *fields])
    _note_span(agent)
    if _can_take_more(agent) and (load < 0 or not could_take_more):
        transaction.on_commit(lambda: offers.wake_queues_of(agent.pk))
    transaction.on_commit(lambda: live.agent_hint(agent_id=agent.pk))
    return agent


def lock_free(agent_id, now):
    """Lock an agent and return it; None when it can take no offer now."""
    free = Q(paused_until=None) | Q(paused_until__lte=now)
    free_agents = Agent.objects.filter(free, presence=Presence.AVAILABLE, load__lt=F("capacity"))
    return free_agents.locked().filter(pk=agent_id).first()


def leave(conversation, agent):
    """Note that an agent is no longer a participant."""
    Participant.objects.filter(conversation_id=conversation.pk, agent=agent).update(left_at=timezone.now())


def leave_customer(conversation):
    """Note that the customer is gone until the next message."""
    Participant.objects.filter(pk=conversation.customer_participant_id).update(left_at=timezone.now())


def left_event(agent):
    """The fact that this agent no longer handles the conversation."""
    return AgentLeft(agent_id=agent.pk, first_name=agent.user.first_name, last_name=agent.user.last_name)


def _take_back_offers(agent_id, *, state, reason):
    # After the presence, each in a transaction of its own: the conversation's lock comes before the agent's.
    for offer_id in Offer.objects.filter(agent_id=agent_id, state=OfferState.PENDING).values_list("pk", flat=True):
        offers.end_offer(offer_id=offer_id, state=state, reason=reason)


def _has_chats(agent_id):
    return Interaction.objects.filter(agent_id=agent_id, state=InteractionState.HANDLING).exists()


def _can_take_more(agent):
    return agent.presence == Presence.AVAILABLE and agent.load < agent.capacity and agent.paused_until is None


def _note_span(agent):
    """Close the open span and begin the next when presence or activity is another. Expects the agent locked."""
    span = OPEN_SPAN.first(agent_id=agent.pk)
    activity = _activity(agent, span) if span else Activity.IDLE
    now = timezone.now()
    if span:
        if (span.presence, span.reason, span.activity) == (agent.presence, agent.presence_reason, activity):
            return
        span.ended_at = now
        span.save(update_fields=["ended_at"])
    PresenceSpan.objects.create(
        agent=agent, presence=agent.presence, reason=agent.presence_reason, activity=activity, started_at=now
    )


def _activity(agent, doing):
    if not agent.load:
        return Activity.IDLE
    if doing.is_handling:
        return Activity.HANDLING
    return Activity.OFFERING if doing.is_offered else Activity.WRAP_UP
