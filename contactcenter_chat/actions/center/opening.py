"""When does a queue open and close, and what becomes of what waits there?

Whether it is open stands in its row; the clock turns it. Nothing that waits in a closed queue is looked at: it was put
off until that opens, what waited at closing after a while.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from ...conf import settings
from ...database import atomic
from ...exceptions import Conflict
from ...models import Interaction, OpeningHours, Queue
from ...models.base import LockingQuerySet
from ...models.clock import database_now
from ...queries.routing import waiting_here
from ...workers import wakeup
from . import interactions, placing, texts
from .hours_checks import check_hours

TURNED = ("is_closed", "opens_at", "serves_until", "turns_at", "empty_since")


def save_hours(hours: OpeningHours) -> None:
    """Write new or changed opening hours; the queues that go by them open or close at once.

    Raises Invalid for what are no hours.
    """
    check_hours(hours)
    with atomic():
        now = database_now()
        queues = list(Queue.objects.locked().filter(hours=hours.pk).order_by("pk"))
        hours.save()
        for queue in queues:
            queue.hours = hours
            turn(queue, now)
            queue.save(update_fields=TURNED)
            placing.forget_closing(queue)
        # Also of one that has come to go by them meanwhile: the clock turns it.
        going_by = Queue.objects.filter(hours=hours)
        going_by.exclude(pk__in=[queue.pk for queue in queues]).update(turns_at=now)
        placing.replan_soon(going_by.values_list("pk", flat=True))


def delete_hours(hours: OpeningHours) -> None:
    """Take opening hours away. Raises Conflict while a queue or a department goes by them."""
    with atomic():
        OpeningHours.objects.locked().filter(pk=hours.pk).first()
        if queue := hours.queues.order_by("name").first():
            raise Conflict(_("The queue %(queue)s goes by these hours."), queue=queue.name)
        if department := hours.departments.order_by("name").first():
            raise Conflict(_("The department %(department)s goes by these hours."), department=department.name)
        hours.delete()


def due(now: datetime) -> QuerySet[Queue]:
    """The queues that open, close, or stop serving what waited at closing."""
    return Queue.objects.filter(turns_at__lte=now).order_by("turns_at", "pk")


def turn_due(queue_id: str, now: datetime) -> bool:
    """Turn a queue whose time has come; return whether it has still."""
    with atomic():
        queue = Queue.objects.locked().get(pk=queue_id)
        if queue.turns_at is None or queue.turns_at > now:
            return False
        turn(queue, now)
        queue.save(update_fields=TURNED)
        return True


def turn(queue: Queue, now: datetime) -> None:
    """Have a locked queue be open or closed as its hours say. Whoever calls saves it (TURNED)."""
    hours, was_closed = queue.opening(), queue.is_closed
    change = hours.next_change(now) if hours else None
    queue.is_closed = hours is not None and not hours.is_open(now)
    queue.opens_at = change if queue.is_closed else None
    if queue.is_closed != was_closed:
        queue.empty_since = None
    if not queue.is_closed:
        queue.serves_until = None
    elif not was_closed:
        grace = settings.GRACE_SECONDS if queue.grace_seconds is None else queue.grace_seconds
        queue.serves_until = now + timedelta(seconds=grace)
    elif queue.serves_until and queue.serves_until <= now:
        queue.serves_until = None
    queue.turns_at = min((at for at in (change, queue.serves_until) if at), default=None)


def opened(now: datetime) -> QuerySet[Any, Any]:
    """The open queues where something is put off, as when they have just opened."""
    put_off = _put_off(now).filter(queue__is_closed=False)
    return put_off.order_by("queue").values("queue").distinct()


def resume(queue_id: str, now: datetime) -> bool:
    """Have what was put off be offered; return whether the queue is open still."""
    with atomic():
        queue = Queue.objects.locked().get(pk=queue_id)
        if queue.is_closed:
            return False
        put_off = _put_off(now).filter(queue=queue_id)
        put_off.filter(is_follow_up=False).update(told_again_at=placing.told_again_at(queue, now))
        put_off.update(is_put_off=False)
        wakeup.wake_queue(queue_id)
        return True


def _put_off(now: datetime) -> LockingQuerySet[Interaction]:
    """What was put off, but for what has come shortly before a closing that is still to come."""
    return waiting_here().filter(is_put_off=True).exclude(put_off_until__gt=now)


def left_waiting(now: datetime) -> QuerySet[Interaction]:
    """What waits in a queue that has stopped serving what waited at closing."""
    left = waiting_here().filter(queue__is_closed=True, queue__serves_until=None, target_agent=None)
    return left.filter(is_put_off=False).order_by("entered_at", "pk")


def put_off(interaction_id: str, now: datetime) -> bool:
    """Leave it until the queue opens, and tell the customer, if the queue has a text for that."""
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id)
        still_left = left_waiting(now).filter(pk=interaction.pk).exists()
        if still_left:
            interaction.is_put_off, interaction.told_again_at = True, None
            interaction.save(update_fields=["is_put_off", "told_again_at"])
            texts.tell(conversation, interaction.queue, texts.CLOSED)
        return still_left
