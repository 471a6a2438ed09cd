"""How does somebody stop being an agent, or answer other queues, here or in another contact centre?

History names the agent's row, so it stays; the user is free to become another agent.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from ...database import after_commit, atomic
from ...exceptions import Conflict, NotFound
from ...models import Agent, Interaction, Queue, QueueMember, Tenant
from ...models.clock import database_now
from ...models.conversations import InteractionState
from ...workers import wakeup
from ..one_by_one import Step
from . import agents, placing, presence, wrapup

GIVEN_UP = Step("wrap_ups_given_up")


def release_agent(*, agent_id: str) -> None:
    """The user is no agent any more: offline, in no queue, the chats go back to theirs. A repeat goes on with that.

    What is to be wrapped up ends as when its time is over, and is on nobody's to-do list. Never call it in a
    transaction.
    """
    with atomic():
        locked, agent = _lock(agent_id)
        if agent.released_at is None:
            _release(agent, locked)
    give_all_back(agent_id)


def release_soon(*, agent_id: str) -> None:
    """The same in a transaction of the caller's: what the agent has goes back after the commit."""
    with atomic():
        locked, agent = _lock(agent_id)
        if agent.released_at is None:
            _release(agent, locked)
        after_commit(give_all_back, agent_id)


def give_all_back(agent_id: str) -> None:
    """Take from an agent who was released what it has: offers, chats, wrap-ups. What fails, a timer tries again."""
    presence.leave(agent_id=agent_id, for_good=True)
    to_do = Q(state=InteractionState.WRAP_UP) | Q(codes_missing=True)
    held = Interaction.objects.filter(to_do, agent=agent_id).order_by("pk")
    GIVEN_UP.run(held, lambda pk: wrapup.give_up(interaction_id=pk))


def move_agent(*, agent_id: str, queues: Iterable[Queue], tenant: Tenant | None = None) -> Agent:
    """Have an agent answer these queues instead of those before, and return the agent: another one where ``tenant``
    is another contact centre, since what the agent did so far stays where it was done.

    Chats stay with the agent, but not when the contact centre is another. Never call it in a transaction. Raises
    NotFound for a queue of another contact centre, Conflict for one who was released.
    """
    queues = list(queues)
    tenant_id = Agent.objects.values_list("tenant", flat=True).get(pk=agent_id)
    target_id = tenant.pk if tenant else tenant_id
    for queue in queues:
        if queue.tenant_id != target_id:
            raise NotFound("Queue", queue.pk)
    if tenant is None or target_id == tenant_id:
        return _change_queues(agent_id, queues)
    with atomic():
        locked, agent = _lock(agent_id)
        _check_serving(agent)
        _release(agent, locked)
        moved = agents.create_agent(tenant=tenant, user=agent.user, capacity=agent.capacity, queues=queues)
    give_all_back(agent_id)
    return moved


def _lock(agent_id: str) -> tuple[set[str], Agent]:
    """Lock the queues that an agent answers, and then the agent: return the queues' ids, and the agent.

    In that order, which is a dispatcher's and a department's too. Expects a transaction.
    """
    answered = QueueMember.objects.filter(agent=agent_id).values("queue")
    locked = Queue.objects.locked().filter(pk__in=answered).order_by("pk").values_list("pk", flat=True)
    return set(locked), agents.lock(agent_id)


def _release(agent: Agent, locked: set[str]) -> None:
    """Write that an agent is none any more. Expects what ``_lock`` locks."""
    _leave(agent.memberships.all(), locked)
    agent.supervised_departments.clear()
    agents.change_locked(agent, released_at=database_now())


def _change_queues(agent_id: str, queues: list[Queue]) -> Agent:
    with atomic():
        locked, agent = _lock(agent_id)
        _check_serving(agent)
        _leave(agent.memberships.exclude(queue__in=queues), locked)
        there = set(agent.memberships.values_list("queue_id", flat=True))
        for queue in queues:
            if queue.pk not in there:
                agent.memberships.create(queue=queue)
                wakeup.wake_queue(queue.pk)
    return agent


def _leave(memberships: QuerySet[QueueMember], locked: set[str]) -> None:
    left = set(memberships.values_list("queue_id", flat=True))
    for queue_id in left:
        wakeup.wake_queue(queue_id)  # what only this agent has is asked for no longer
    placing.replan_soon(left & locked)
    if late := left - locked:
        # It came to these between the two locks, and theirs may not be taken after the agent's. Should this be lost,
        # only what came within that moment asks for what the agent alone had.
        after_commit(placing.replan_soon, late)
    memberships.delete()


def _check_serving(agent: Agent) -> None:
    if agent.released_at:
        raise Conflict(_("This user is no agent here any more."))
