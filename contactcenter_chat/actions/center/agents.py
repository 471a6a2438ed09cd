"""Who is there, and how busy? Presence, heartbeat, load.

An agent's row changes only in ``change``, under its lock, which is taken after the conversation's.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from ... import live
from ...conf import settings
from ...exceptions import NotFound
from ...models import Agent, Interaction, Offer, PresenceSpan, Queue, Tenant
from ...models.conversations import InteractionState, OfferState
from ...models.prepared import Prepared
from ...models.queues import Activity, Presence
from ...queries import routing as waiting
from ...workers import wakeup

MISSED = "missed"


def _open_span(agent_id: str) -> QuerySet[PresenceSpan]:
    handled = Interaction.objects.filter(agent=OuterRef("agent"), state=InteractionState.HANDLING)
    offered = Offer.objects.filter(agent=OuterRef("agent"), state=OfferState.PENDING)
    spans = PresenceSpan.objects.filter(agent=agent_id, ended_at=None)
    return spans.annotate(is_handling=Exists(handled), is_offered=Exists(offered))


LOCKED = Prepared(lambda agent_id: Agent.objects.locked().filter(pk=agent_id), "agent_id")
OPEN_SPAN = Prepared(_open_span, "agent_id")


def create_agent(
    *, tenant: Tenant, user: AbstractBaseUser, capacity: int | None = None, queues: Iterable[Queue] = ()
) -> Agent:
    """Make a user an agent, a member of these queues; return the agent."""

    with transaction.atomic():
        agent = Agent.objects.create(  # type: ignore[misc]  # the project's users
            tenant=tenant, user=user, capacity=capacity or settings.CAPACITY
        )
        for queue in queues:
            if queue.tenant_id != tenant.pk:
                raise NotFound("Queue", queue.pk)
            queue.members.create(agent=agent)
        _note_span(agent)
    return agent


def note_typing(*, interaction_id: str, agent: Agent) -> None:
    """The agent types: the clock of the first reply stands still meanwhile."""
    Interaction.objects.filter(pk=interaction_id, agent=agent, state=InteractionState.HANDLING).update(
        agent_typed_at=timezone.now()
    )


def change(agent_id: str, *, load: int = 0, **fields: Any) -> Agent:
    """Change an agent's row and write down what it is doing from now on. Expects a transaction.

    ``load`` is added; the table refuses what is below 0 or above the capacity. Queues that wait for the agent are
    woken after commit when it can take more than before.
    """
    return change_locked(LOCKED.get(agent_id=agent_id), load=load, **fields)


def change_locked(agent: Agent, *, load: int = 0, **fields: Any) -> Agent:
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
        transaction.on_commit(lambda: wake_queues_of(agent.pk))
    transaction.on_commit(lambda: live.agent_hint(agent_id=agent.pk))
    return agent


def lock_free(agent_id: str, now: datetime) -> Agent | None:
    """Lock an agent and return it; None when it can take no offer now."""
    free = Q(paused_until=None) | Q(paused_until__lte=now)
    free_agents = Agent.objects.filter(free, presence=Presence.AVAILABLE, load__lt=F("capacity"))
    return free_agents.locked().filter(pk=agent_id).first()


def _can_take_more(agent: Agent) -> bool:
    return agent.presence == Presence.AVAILABLE and agent.load < agent.capacity and agent.paused_until is None


def _note_span(agent: Agent) -> None:
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


def _activity(agent: Agent, doing: Any) -> str:
    if not agent.load:
        return Activity.IDLE
    if doing.is_handling:
        return Activity.HANDLING
    return Activity.OFFERING if doing.is_offered else Activity.WRAP_UP


def wake_queues_of(agent_id: str) -> None:
    """Have offers made wherever something waits that this agent could take. Call it after commit."""
    for queue_id in waiting.queues_waiting_for(agent_id):
        wakeup.wake_routing(queue_id)
