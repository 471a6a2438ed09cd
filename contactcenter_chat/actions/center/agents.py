"""How does an agent's row change? In ``change``, under its lock, which is taken after the conversation's.

What one look at the queues offers to many is written for all of them together, in ``ring``.

Only a heartbeat that changes nothing else writes its time without (``presence``).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest

from ... import live
from ...conf import settings
from ...database import after_commit, atomic
from ...exceptions import NotFound
from ...models import Agent, Interaction, Offer, PresenceSpan, Queue, Tenant, clock
from ...models.clock import NOW
from ...models.conversations import HELD_STATES, NEEDS_AGENT, InteractionState, OfferState
from ...models.prepared import Prepared
from ...models.queues import AWAY, Activity, Presence
from ...queries import routing as waiting
from ...routing import pace
from ...workers import wakeup

MISSED = "missed"


def _open_spans(**of: Any) -> QuerySet[PresenceSpan]:
    handled = Interaction.objects.filter(agent=OuterRef("agent"), state=InteractionState.HANDLING, freed_at=None)
    offered = Offer.objects.filter(agent=OuterRef("agent"), state=OfferState.PENDING)
    # Of what takes a slot, the load tells as well.
    wrapped_up = Interaction.objects.filter(agent=OuterRef("agent"), state=InteractionState.WRAP_UP, pace=pace.MAIL)
    spans = PresenceSpan.objects.filter(ended_at=None, **of)
    return spans.annotate(is_handling=Exists(handled), is_offered=Exists(offered), is_wrapping_up=Exists(wrapped_up))


LOCKED = Prepared(lambda agent_id: Agent.objects.locked().filter(pk=agent_id), "agent_id")
OPEN_SPAN = Prepared(lambda agent_id: _open_spans(agent=agent_id), "agent_id")


def create_agent(
    *, tenant: Tenant, user: AbstractBaseUser, capacity: int | None = None, queues: Iterable[Queue] = ()
) -> Agent:
    """Make a user an agent, a member of these queues; return the agent."""

    with atomic():
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
        agent_typed_at=clock.now()
    )


def change(agent_id: str, *, load: int = 0, **fields: Any) -> Agent:
    """Change an agent's row and write down what it is doing from now on. Expects a transaction.

    ``load`` is added, in thirds of a slot: what an interaction ``takes``, or less than nothing for what it took. The
    table refuses what is below 0, or above the capacity and the slot that is lent. Queues that wait for the agent are
    woken after commit when it can take more than before.
    """
    return change_locked(lock(agent_id), load=load, **fields)


def lock(agent_id: str) -> Agent:
    """Lock an agent's row and return it. Expects a transaction."""
    return LOCKED.get(agent_id=agent_id)


def change_locked(agent: Agent, *, load: int = 0, **fields: Any) -> Agent:
    """The same for an agent that this transaction has just locked."""
    could_take_more, was_logged_in = _can_take_more(agent), is_logged_in(agent)
    agent.load = agent.load + load
    for name, value in fields.items():
        setattr(agent, name, value)
    if agent.presence == Presence.DRAINING and agent.load == 0 and not _has_something(agent):
        agent.presence, agent.presence_reason = Presence.WORK_OFFLINE, ""
    if agent.released_at:
        agent.presence, agent.presence_reason = Presence.OFFLINE, ""
    agent.save(update_fields=["load", "presence", "presence_reason", *fields])
    _note_span(agent)
    has_left = was_logged_in and not is_logged_in(agent)  # what nobody has any more is asked for no longer
    if has_left or (_can_take_more(agent) and (load < 0 or not could_take_more)):
        after_commit(wake_queues_of, agent.pk)
    after_commit(live.agent_hint, agent_id=agent.pk)
    return agent


def ring(agents: Mapping[str, Agent], loads: Mapping[str, int], gaps: Mapping[str, float]) -> None:
    """Something was just offered to these agents, who could take it; they are locked.

    ``loads`` is what that adds to the load of each, in thirds of a slot, ``gaps`` for how many seconds each rests.
    """
    for load, gap in set(zip(loads.values(), gaps.values(), strict=True)):
        alike = [pk for pk in loads if (loads[pk], gaps[pk]) == (load, gap)]
        rests = {"rested_at": NOW + timedelta(seconds=gap)} if gap else {}
        Agent.objects.filter(pk__in=alike).update(load=F("load") + load, first_in_line=False, **rests)
    for pk, load in loads.items():
        agents[pk].load, agents[pk].first_in_line = agents[pk].load + load, False
        after_commit(live.agent_hint, agent_id=pk)
    spans = {span.agent_id: span for span in _open_spans(agent__in=loads)}
    _begin_spans([(agents[pk], spans.get(pk)) for pk in loads])


def lock_free(agent_ids: Iterable[str], now: datetime) -> dict[str, Agent]:
    """Lock those of these agents who could take an offer now; return them by id."""
    agents = Agent.objects.free(now).locked().filter(pk__in=agent_ids).order_by("pk")
    return {agent.pk: agent for agent in agents}


def is_at_the_desk(agent: Agent, now: datetime) -> bool:
    """Whether the agent has used a key or the pointer there a short while ago (INPUT_SECONDS)."""
    return agent.input_at is not None and agent.input_at > now - timedelta(seconds=settings.INPUT_SECONDS)


def is_logged_in(agent: Agent) -> bool:
    """Whether the agent is at work, or on a break, at a desk that is heard of."""
    return agent.presence not in AWAY and agent.lost_at is None


def _can_take_more(agent: Agent) -> bool:
    has_room = pace.has_room(agent.load, agent.capacity, 1)
    return agent.presence == Presence.AVAILABLE and has_room and agent.paused_until is None


def _has_something(agent: Agent) -> bool:
    """Whether it has what takes no slot, and is to be done before it goes: a mail that rings, or to wrap up."""
    held = Interaction.objects.filter(NEEDS_AGENT | Q(state=InteractionState.WRAP_UP), agent=agent)
    held = held.filter(state__in=HELD_STATES)
    return held.exists() or Offer.objects.filter(agent=agent, state=OfferState.PENDING).exists()


def _note_span(agent: Agent) -> None:
    """Close the open span and begin the next when presence or activity is another. Expects the agent locked."""
    _begin_spans([(agent, OPEN_SPAN.first(agent_id=agent.pk))])


def _begin_spans(agents: Iterable[tuple[Agent, PresenceSpan | None]]) -> None:
    """The same for several agents, each with its open span. One who was released is in none any more."""
    now = clock.now()
    others = [(agent, span) for agent, span in agents if agent.released_at or _is_doing_another(agent, span)]
    if ended := [span.pk for _agent, span in others if span]:
        # Of two processes, one is some milliseconds behind.
        PresenceSpan.objects.filter(pk__in=ended).update(ended_at=Greatest("started_at", Value(now)))
    begun = [
        PresenceSpan(
            agent=agent,
            presence=agent.presence,
            reason=agent.presence_reason,
            activity=_activity(agent, span),
            started_at=max(now, span.started_at) if span else now,
        )
        for agent, span in others
        if not agent.released_at
    ]
    if begun:
        PresenceSpan.objects.bulk_create(begun)


def _is_doing_another(agent: Agent, span: PresenceSpan | None) -> bool:
    now = (agent.presence, agent.presence_reason, _activity(agent, span))
    return span is None or (span.presence, span.reason, span.activity) != now


def _activity(agent: Agent, doing: Any) -> str:
    if doing is None:
        return Activity.IDLE
    # Not by the load: mail takes none, and a chat of which the customer is silent is no work.
    if doing.is_handling:
        return Activity.HANDLING
    if doing.is_offered:
        return Activity.OFFERING
    return Activity.WRAP_UP if agent.load or doing.is_wrapping_up else Activity.IDLE


def wake_queues_of(agent_id: str) -> None:
    """Have offers made wherever something waits that this agent could take. Call it after commit."""
    for queue_id in waiting.queues_waiting_for(agent_id):
        wakeup.wake_routing(queue_id)
