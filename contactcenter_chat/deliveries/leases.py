"""Which worker may post what now?

A worker first takes one of a receiver's slots, of which there are as many as posts may be in flight, then some of the
receiver's due lanes. Both are leases: they run out, so that what a dead worker held is taken again. Whoever took a
lease has a token, and a result is written only while the lane still carries it. When a lease runs out, and when a lane
is due, goes by the database's clock.
"""

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, Value, When, Window
from django.db.models.functions import RowNumber

from ..conf import settings
from ..database import atomic, connection
from ..models import Delivery, DeliveryAttempt, DeliverySlot, Lane, Receiver, prepared
from ..models.clock import NOW
from .sharing import NOTHING_USED

RECEIVERS_AT_ONCE = 20  # candidates looked at: others may be faster
LANES_AT_ONCE = 100
DELIVERIES_AT_ONCE = 20  # of one lane, so that one long lane holds up nobody
QUICK_SECONDS = 0.02
MARGIN = 0.1  # share of a lease in which nothing new is begun: writing takes time


@dataclass
class LeasedLane:
    """A lane with its next deliveries; ``all_seen`` when it had no more than these."""

    id: int
    token: int
    planned: int
    deliveries: list = field(default_factory=list)

    @property
    def all_seen(self):
        return len(self.deliveries) < DELIVERIES_AT_ONCE


@dataclass
class LeasedSlot:
    """The right to post to a receiver, with the first lanes to do it for."""

    row: DeliverySlot
    receiver: Receiver
    fresh_until: float  # by the monotonic clock
    lanes: list = field(default_factory=list)
    posting_since: float = field(default_factory=time.monotonic)

    def is_fresh(self):
        """Whether there is time for one more post before the lease runs out."""
        return time.monotonic() < self.fresh_until

    def is_quick(self):
        """Whether its receiver answers about as fast as we ask."""
        return not self.posts_for(QUICK_SECONDS)

    def posts_for(self, seconds):
        """Whether the post under way has taken longer than that."""
        return time.monotonic() - self.posting_since > seconds


def has_work():
    """Whether there is something that a worker could lease."""
    return _receivers_with_work().exists()


def take_work(shares=NOTHING_USED):
    """Lease a slot and some due lanes of a receiver that the Shares allow; None when nothing can be had."""
    for receiver in shares.of(_receivers_with_work())[:RECEIVERS_AT_ONCE]:
        slot = _lease_slot(receiver)
        if slot is None:
            continue
        slot.lanes = lease_lanes(slot)
        if slot.lanes:
            return slot
        release_slot(slot)
    return None


def more_work(slot):
    """Renew the slot and lease its receiver's next due lanes; an empty list when there is nothing more."""
    held = DeliverySlot.objects.filter(pk=slot.row.pk, lease_token=slot.row.lease_token)
    with _leasing():
        if not held.update(lease_until=_lease_end()):
            return []
        slot.fresh_until = _fresh_until()
        return lease_lanes(slot)


def hold(slot, lane, seconds):
    """Renew the leases of a lane and its slot for so much longer; return whether the lane was still ours.

    The slot's other lanes are given back if they would run out meanwhile, so that others come to them.
    """
    if time.monotonic() + seconds >= slot.fresh_until:
        release_lanes(slot.lanes)
        slot.lanes.clear()
    until = _lease_end(seconds)
    slots = DeliverySlot.objects.filter(pk=slot.row.pk, lease_token=slot.row.lease_token)
    with _leasing():
        slots.update(lease_until=until)
        return _held(lane).update(lease_until=until) == 1


def release_slot(slot):
    """Give the slot back."""
    DeliverySlot.objects.filter(pk=slot.row.pk, lease_token=slot.row.lease_token).update(lease_until=None)


def lease_lanes(slot):
    """Lease due lanes of the slot's receiver, those due longest first, with their next deliveries."""
    due = Lane.objects.filter(receiver=slot.receiver, due_at__lte=NOW).order_by("due_at")
    rows = _lease(due, _fair_share(slot.receiver, due))
    lanes = {row.conversation_id: LeasedLane(row.pk, row.lease_token, row.planned) for row in rows}
    for delivery in _next_deliveries(slot.receiver, list(lanes)):
        lanes[delivery.conversation_id].deliveries.append(delivery)
    return list(lanes.values())


def release_lanes(lanes):
    """Give lanes back that nothing was done for; they stay due."""
    if not lanes:
        return
    held = Lane.objects.filter(pk__in=[lane.id for lane in lanes], lease_token__in={lane.token for lane in lanes})
    with _leasing():
        held.update(lease_until=None)


def leave_empty(lane):
    """Give a lane back that had nothing to deliver."""
    _held(lane).update(lease_until=None, due_at=_due(lane, None, 0))


def write_result(lane, delivery, attempt, *, retry_in=None, keep=False):
    """Write down what came of an attempt. Returns whether the lane was still ours; if not, nothing is written.

    ``delivery`` and ``attempt`` are as they are to be saved. The lane is left, unless ``keep``; ``retry_in`` is in how
    many seconds the same delivery is tried again.
    """
    write = _write_at_once if connection().vendor == "postgresql" else _write_in_steps
    return write(lane, delivery, attempt, _lane_after(lane, retry_in, keep))


class LaneAfter(NamedTuple):
    """What a lane becomes, in seconds from now; ``due_if_planned`` counts when something was planned since."""

    leased: float | None
    due: float | None
    due_if_planned: float


def _lane_after(lane, retry_in, keep):
    if keep:
        return LaneAfter(settings.LEASE_SECONDS, 0, 0)
    if retry_in is not None:
        return LaneAfter(None, retry_in, retry_in)
    return LaneAfter(None, None if lane.all_seen else 0, 0)


def _write_in_steps(lane, delivery, attempt, after):
    with atomic():
        due = _due(lane, after.due, after.due_if_planned)
        if not _held(lane).update(lease_until=_in(after.leased), due_at=due):
            return False
        delivery.save(update_fields=["state", "attempts_made", "done_at"])
        attempt.save(force_insert=True)
    return True


# The same in one statement, since this is done once per attempt, and without waiting for the disk: a result that is
# lost with the database server means that its attempt is repeated, and nothing else. Each more than doubles what a
# worker delivers.
IN_SECONDS = "statement_timestamp() + %s::double precision * interval '1 second'"
WRITE_RESULT = f"""
WITH at_once AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true)
), lane AS (
    UPDATE {Lane._meta.db_table}
    SET lease_until = {IN_SECONDS}, due_at = CASE WHEN planned = %s THEN {IN_SECONDS} ELSE {IN_SECONDS} END
    FROM at_once WHERE id = %s AND lease_token = %s
    RETURNING id
), delivery AS (
    UPDATE {Delivery._meta.db_table} AS delivery
    SET state = %s, attempts_made = attempts_made + 1, done_at = %s::timestamptz
    FROM lane WHERE delivery.id = %s
    RETURNING delivery.id, attempts_made - 1 AS retry
)
INSERT INTO {DeliveryAttempt._meta.db_table} (delivery_id, retry, started_at, duration_ms, status, error, answer)
SELECT id, retry, %s::timestamptz, %s::integer, %s::smallint, %s::varchar, %s::text FROM delivery
"""  # noqa: S608  (no value is part of the text)


def _write_at_once(lane, delivery, attempt, after):
    values = [after.leased, lane.planned, after.due, after.due_if_planned, lane.id, lane.token]
    values += [delivery.state, delivery.done_at, delivery.pk]
    values += [attempt.started_at, attempt.duration_ms, attempt.status, attempt.error, attempt.answer]
    with prepared.cursor_of(connection()) as cursor:
        cursor.execute(WRITE_RESULT, values)
        return cursor.rowcount == 1


def _due(lane, due, due_if_planned):
    """Due in so many seconds or, if something was planned since the lane was leased, in so many others.

    The database decides this when it has the row's lock, so it sees what a transaction that we waited for has planned.
    """
    is_as_leased = When(planned=lane.planned, then=_in(due))
    return Case(is_as_leased, default=_in(due_if_planned), output_field=DateTimeField())


def _in(seconds):
    """The time in so many seconds, None for never."""
    return Value(None) if seconds is None else NOW + timedelta(seconds=seconds)


def _held(lane):
    return Lane.objects.filter(pk=lane.id, lease_token=lane.token)


def _receivers_with_work():
    """Receivers that may be posted to and have due lanes and a free slot."""
    due = Lane.objects.filter(_free(), receiver=OuterRef("pk"), due_at__lte=NOW)
    slots = DeliverySlot.objects.filter(receiver=OuterRef("pk"))
    last = slots.filter(number=settings.POSTS_PER_ENDPOINT - 1)
    may_be_posted_to = Q(paused_until=None) | Q(paused_until__lte=NOW)
    has_free_slot = Exists(slots.filter(_free())) | ~Exists(last)
    receivers = Receiver.objects.filter(may_be_posted_to, Exists(due), has_free_slot, enabled=True)
    return receivers.select_related("tenant")


def _lease_slot(receiver):
    fresh_until = _fresh_until()
    slots = DeliverySlot.objects.filter(receiver=receiver, number__lt=_slots_of(receiver)).order_by("number")
    rows = _lease(slots, 1)
    if not rows and slots.count() < _slots_of(receiver):
        _make_slots(receiver)
        rows = _lease(slots, 1)
    return LeasedSlot(rows[0], receiver, fresh_until) if rows else None


def _make_slots(receiver):
    slots = [DeliverySlot(receiver=receiver, number=number) for number in range(settings.POSTS_PER_ENDPOINT)]
    DeliverySlot.objects.bulk_create(slots, ignore_conflicts=True)


def is_probed(receiver):
    """Whether its circuit has opened: until an attempt succeeds, and in good time, there is one at a time."""
    return max(receiver.failures, receiver.slow_answers) >= settings.BREAKER_FAILURES


def _slots_of(receiver):
    return 1 if is_probed(receiver) else settings.POSTS_PER_ENDPOINT


def _fair_share(receiver, due):
    """How many lanes to lease, so that the receiver's other slots find some as well."""
    if is_probed(receiver):
        return 1
    slots = settings.POSTS_PER_ENDPOINT
    waiting = due.filter(_free())[: LANES_AT_ONCE * slots].count()
    return min(-(-waiting // slots), LANES_AT_ONCE)


def _next_deliveries(receiver, conversation_ids):
    """The next pending deliveries of each of these lanes, in order."""
    place = Window(RowNumber(), partition_by="conversation_id", order_by="number")
    return (
        Delivery.objects.filter(receiver=receiver, conversation__in=conversation_ids, state=Delivery.State.PENDING)
        .annotate(place=place)
        .filter(place__lte=DELIVERIES_AT_ONCE)
        .order_by("conversation_id", "number")
    )


def _lease(queryset, limit):
    """Lease up to so many free rows; return them.

    Other workers' rows are skipped where the database can do that. Where it cannot, the update is a compare-and-set,
    and what somebody else was faster to take is left out.
    """
    token = secrets.randbits(62)
    free = queryset.filter(_free())[:limit]
    with _leasing():
        rows = list(free.select_for_update(skip_locked=True, no_key=True, of=("self",)))
        taken = queryset.model.objects.filter(_free(), pk__in=[row.pk for row in rows]).update(
            lease_token=token, lease_until=_lease_end()
        )
    if taken != len(rows):
        rows = list(queryset.model.objects.filter(pk__in=[row.pk for row in rows], lease_token=token))
    for row in rows:
        row.lease_token = token
    return rows


@contextmanager
def _leasing():
    """A transaction that does not wait for the disk: a lease lost with the database server is of no use anyway.

    Where no rows can be locked there is none: what is read first and written then could not be one transaction.
    """
    if not connection().features.has_select_for_update:
        yield
        return
    with atomic():
        if connection().vendor == "postgresql":
            with connection().cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield


def _free():
    return Q(lease_until=None) | Q(lease_until__lt=NOW)


def _lease_end(longer=0.0):
    return NOW + timedelta(seconds=settings.LEASE_SECONDS + longer)


def _fresh_until():
    return time.monotonic() + settings.LEASE_SECONDS * (1 - MARGIN) - settings.CALLBACK_TIMEOUT
