"""How is a queue kept and staffed? The queue, its members, how much an agent takes."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from ...database import atomic
from ...exceptions import Conflict, Invalid
from ...models import Agent, DepartmentQueue, OpeningHours, PreparedResponse, Queue, QueueMember, QueueOverflow
from ...models.clock import database_now
from ...routing.pace import SLOT
from ...workers import wakeup
from . import agents, opening, placing
from .plan_checks import check_plan, check_unserved

# Of what these say, what waits has its own.
PLANNED = (
    "requires",
    "language",
    "steps",
    "priority",
    "target_seconds",
    "closed_target_seconds",
    "messaging_target_seconds",
    "mail_target_seconds",
    "max_wait_seconds",
    "hours_id",
    "closing_seconds",
)
CLOSING = ("hours_id", "closing_seconds")


OF_THE_CLOCK = ("is_closed", "opens_at", "serves_until", "turns_at", "empty_since", "replan_after", "replan_again_at")


def save_queue(queue: Queue, *, overflow: Sequence[Queue] | None = None) -> None:
    """Write a new or changed queue. What waits there is brought to what has changed within a second or so.

    ``overflow`` is where it passes on to from now on, if that changes, too: see ``set_overflow``. Raises Invalid for
    what is no plan, and for passing on to no other queue.
    """
    with atomic():
        before = Queue.objects.locked().filter(pk=queue.pk).first()
        check_plan(queue)
        passes_on = queue.overflows.exists() if before and overflow is None else bool(overflow)
        check_unserved(queue, passes_on=passes_on)
        replans = False
        if queue.hours_id:
            queue.hours = OpeningHours.objects.locked().get(pk=queue.hours_id)
        for name in OF_THE_CLOCK if before else ():  # which may have changed since the queue was read
            setattr(queue, name, getattr(before, name))
        if before and any(getattr(before, name) != getattr(queue, name) for name in PLANNED):
            replans = True
        if before is None or before.when_empty != queue.when_empty:
            queue.empty_since = None
        if before is None or before.hours_id != queue.hours_id:
            opening.turn(queue, database_now())
        queue.save()
        if before and any(getattr(before, name) != getattr(queue, name) for name in CLOSING):
            placing.forget_closing(queue)
        if replans:
            placing.replan_soon([queue.pk])
        if overflow is not None:
            set_overflow(queue, overflow)
        wakeup.wake_queue(queue.pk)


def set_overflow(queue: Queue, others: Sequence[Queue]) -> None:
    """Say where a queue passes on what it does not serve, in this order.

    Raises Invalid for the queue itself, for one that is named twice, and for one of another contact centre; for none
    when the queue says that it passes on.
    """
    ids = [other.pk for other in others]
    if queue.pk in ids or len(set(ids)) < len(ids):
        raise Invalid(_("A queue passes on to others, to each once."), field="overflow")
    if any(other.tenant_id != queue.tenant_id for other in others):
        raise Invalid(_("The queue belongs to another contact centre."), field="overflow")
    with atomic():
        locked = Queue.objects.locked().get(pk=queue.pk)
        check_unserved(locked, passes_on=bool(others))
        locked.overflows.all().delete()
        rows = [QueueOverflow(queue=queue, to=other, position=place) for place, other in enumerate(others)]
        QueueOverflow.objects.bulk_create(rows)
        placing.replan_soon([queue.pk])


def delete_queue(queue: Queue) -> None:
    """Take away a queue that nothing names: no chat, no channel, no other queue, no department, no words.

    Its members answer it no more. Raises Conflict.
    """
    with atomic():
        locked = Queue.objects.locked().get(pk=queue.pk)
        if locked.interactions.exists() or locked.segments.exists():
            raise Conflict(_("Chats have waited in the queue %(queue)s: they name it."), queue=locked.name)
        if locked.channels.exists():
            raise Conflict(_("A channel leads to the queue %(queue)s, or has led there."), queue=locked.name)
        if QueueOverflow.objects.filter(to=locked).exists():
            raise Conflict(_("Another queue passes on to the queue %(queue)s."), queue=locked.name)
        if row := DepartmentQueue.objects.filter(queue=locked).select_related("department").first():
            raise Conflict(
                _("The queue %(queue)s is in the department %(department)s."),
                queue=locked.name,
                department=row.department.name,
            )
        if locked.code_lists.exists() or locked.prepared_responses.exists():
            raise Conflict(_("Codes or prepared responses are for the queue %(queue)s."), queue=locked.name)
        leading = PreparedResponse.objects.filter(tenant=locked.tenant_id, acts__queue=locked.pk)
        if response := leading.order_by("title", "pk").first():
            raise Conflict(
                _("The prepared response %(title)s hands chats on to the queue %(queue)s."),
                title=response.title,
                queue=locked.name,
            )
        if locked.articles.exists():  # without the queue, those would be for all
            raise Conflict(_("Articles are for the queue %(queue)s."), queue=locked.name)
        locked.delete()


def save_member(member: QueueMember) -> None:
    """Write a new or changed member of a queue.

    Raises Invalid when agent and queue are of two contact centres, or the agent was released.
    """
    with atomic():
        agent = agents.lock(member.agent_id)  # so that nobody is added who is released meanwhile
        if agent.released_at:
            raise Invalid(_("This user is no agent here any more."), field="agent", value=agent.pk)
        if agent.tenant_id != member.queue.tenant_id:
            raise Invalid(_("The agent belongs to another contact centre."), field="agent", value=agent.pk)
        member.save()
        wakeup.wake_queue(member.queue_id)


def remove_member(member: QueueMember) -> None:
    """Take an agent out of a queue; chats that the agent has of it stay with the agent."""
    with atomic():
        member.delete()
        placing.replan_soon([member.queue_id])
        wakeup.wake_queue(member.queue_id)  # what only this agent has is asked for no longer


def set_capacity(*, agent_id: str, capacity: int) -> Agent:
    """Change how many chats an agent takes at once, and return the agent. Raises Invalid below what the agent has."""
    with atomic():
        agent = Agent.objects.locked().get(pk=agent_id)
        if capacity < agent.capacity and agent.load > SLOT * capacity:
            raise Invalid(
                _("The agent has %(load)s chats, offers and wrap-ups now."),
                load=agent.load_told if agent.load % SLOT else agent.load // SLOT,  # a number is one in any language
                field="capacity",
                value=capacity,
            )
        return agents.change(agent_id, capacity=capacity)
