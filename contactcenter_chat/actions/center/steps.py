"""When does what waits require less? When its queue's next step is due, or nobody who is logged in has what it asks.

What waits is changed in batches, a queue's at once, under the queue's lock and without the conversations': whoever
writes of something that waits, under that one's, writes its own fields alone, or reads anew what a step changes.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Min, Q, QuerySet

from ...database import atomic
from ...models import Conversation, Interaction, Queue, Segment
from ...models.clock import NOW, database_now
from ...queries import routing as waiting
from ...routing.plan import Requirement
from ...workers import wakeup
from . import placing

AT_ONCE = 500
CanBeMet = Callable[[Requirement], bool]


def due(now: datetime) -> QuerySet[Any, Any]:
    """The queues where a step is due, those due longest first."""
    steps = waiting.waiting_here().filter(step_due_at__lte=now)
    return steps.values("queue").annotate(due_at=Min("step_due_at")).order_by("due_at", "queue")


def changed(now: datetime) -> QuerySet[Queue]:
    """The queues whose plan has changed since what waits there was brought to it."""
    return Queue.objects.filter(Q(replan_after__isnull=False) | Q(replan_again_at__lte=now)).order_by("pk")


def take(queue_id: str, now: datetime) -> int:
    """Take the steps that are due in a queue; return how many interactions took one."""
    queue = Queue.objects.get(pk=queue_id)
    return _advance(queue, Q(step_due_at__lte=now), now, placing.somebody_of(queue, queue.plan()))


def skip_unmet(queue_id: str) -> int:
    """Have nobody wait for what no member has who is logged in, where the queue has a step that asks for less."""
    queue = Queue.objects.filter(pk=queue_id).first()
    if queue is None or not queue.steps:
        return 0
    can_be_met = placing.somebody_of(queue, queue.plan())
    in_vain = [
        head.group_key
        for head in waiting.heads([queue_id])
        if _has_steps_left(head, queue) and not head.target_agent_id and not can_be_met(Requirement(**head.required))
    ]
    return _advance(queue, Q(group_key__in=in_vain), database_now(), can_be_met) if in_vain else 0


def _has_steps_left(interaction: Interaction, queue: Queue) -> bool:
    by_clock = interaction.step_due_at is not None
    return by_clock or (interaction.is_follow_up and interaction.step < len(queue.steps))


def _advance(queue: Queue, which: Q, now: datetime, can_be_met: CanBeMet) -> int:
    """Stage all of these anew, batch by batch, and have offers made."""
    done = 0
    while some := _advance_some(queue, which, now, can_be_met):
        done += some
    if done:
        wakeup.wake_routing(queue.pk)
    return done


def _advance_some(queue: Queue, which: Q, now: datetime, can_be_met: CanBeMet) -> int:
    plan = queue.plan()
    with atomic():
        Queue.objects.locked().get(pk=queue.pk)  # nothing of it is offered meanwhile
        left = Q(step_due_at__isnull=False) | Q(is_follow_up=True, step__lt=len(plan.steps))
        some = waiting.waiting_here().filter(which, left, queue=queue)
        rows = list(some.order_by("step_due_at", "pk").locked()[:AT_ONCE])
        entered, before = _entered(rows), [_place(row) for row in rows]
        for row in rows:
            row.queue = queue
            placing.stage(row, plan, since=entered.get(row.pk, row.entered_at), now=now, can_be_met=can_be_met)
        Interaction.objects.bulk_update(rows, placing.PLACE)
    # Where none has come further, none will: whoever asks again would be told the same for ever.
    return sum(_place(row) != was for row, was in zip(rows, before, strict=True))


def _place(row: Interaction) -> list[Any]:
    return [getattr(row, name) for name in placing.PLACE]


def replan(queue_id: str) -> int:
    """Bring what waits to what its queue says now, batch by batch; return how many there were.

    What is being offered, or was taken, comes to it when it waits again.
    """
    done = 0
    again = Queue.objects.filter(pk=queue_id, replan_again_at__lte=NOW)
    again.update(replan_after="", replan_again_at=None)
    while some := _replan_some(queue_id):
        done += some
    wakeup.wake_routing(queue_id)
    return done


def _replan_some(queue_id: str) -> int:
    with atomic():
        queue = Queue.objects.locked().get(pk=queue_id)
        if queue.replan_after is None:
            return 0
        some = waiting.waiting_here().filter(queue=queue, pk__gt=queue.replan_after)
        rows = list(some.order_by("pk").locked()[:AT_ONCE])
        entered = _entered(rows)
        plan, now = queue.plan(), database_now()
        can_be_met, spoken = placing.somebody_of(queue, plan), waiting.spoken_in(queue_id)
        for row in rows:
            row.queue, row.step = queue, 0
            placing.forget_language(row, spoken)
            since = entered.get(row.pk, row.entered_at)
            placing.stage(row, plan, since=since, now=now, can_be_met=can_be_met)
            row.due_at, row.overflows_at = placing.due_at(row), placing.overflows_at(row, since)
        Interaction.objects.bulk_update(rows, (*placing.PUT_BACK, "overflows_at", "wish"))
        Queue.objects.filter(pk=queue_id).update(replan_after=rows[-1].pk if rows else None)
    return len(rows)


def ask_anew(conversation: Conversation) -> None:
    """What the client asks for has changed: bring what waits to it. Expects the conversation locked.

    What is being offered, or was taken, asks for it when it is queued again.
    """
    found = waiting.waiting_here().filter(pk=conversation.open_interaction_id).select_related("queue").locked()
    for row in found:
        since = _entered([row]).get(row.pk, row.entered_at)
        plan, now = row.queue.plan(), database_now()
        placing.wish(row, conversation)
        row.step = 0
        placing.stage(row, plan, since=since, now=now, can_be_met=placing.somebody_of(row.queue, plan))
        row.save(update_fields=["wish", *placing.PLACE])
        wakeup.wake_queue(row.queue_id)


def _entered(rows: list[Interaction]) -> dict[str, datetime]:
    segments = Segment.objects.filter(interaction__in=[row.pk for row in rows], left_at=None)
    return dict(segments.values_list("interaction", "entered_at"))
