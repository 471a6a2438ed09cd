"""How does what is owed reach its receivers?

``drain`` posts what is due until nothing more can be leased. No transaction is open while posting, and the result of
an attempt is written before the lane's next delivery is begun, so a worker that dies repeats no more than the
attempts it was at. Wake-ups only make this start sooner: all it needs to know is in the database.
"""

import logging
import math
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from ..conf import settings
from ..workers import wakeup
from ..workers.process import kept
from ..workers.threads import TASK_SECONDS, Threads
from . import leases, sharing
from .posting import LaneSender

logger = logging.getLogger(__name__)

LEAVE_SECONDS = 0.02  # a post that takes longer is not waited for: the next wake-up may be about somebody else
LOOK_AGAIN_SECONDS = 0.2  # for more to do, while threads are at work

_threads = kept(Threads, "delivery", sharing.threads)


def drain():
    """Deliver what is due, with as many threads as the settings allow; return how many attempts were made.

    Posts whose receivers do not answer for LEAVE_SECONDS are not waited for: their threads go on by themselves, also
    with what else is due when they have done.
    """
    stop_at = time.monotonic() + TASK_SECONDS
    made = _drain_here(stop_at) if settings.DELIVERY_THREADS == 1 else _drain_with_threads(stop_at)
    if time.monotonic() >= stop_at:
        wakeup.wake_delivery()
    return made


def finish():
    """Wait for the posts of this process that no task waits for."""
    _threads.finish()


def wake_if_due() -> None:
    """Have delivered what has become due by the clock: a failed delivery's next attempt, or a pause that is over."""
    if leases.has_work():
        wakeup.wake_delivery()


def _drain_here(stop_at):
    made = 0
    while time.monotonic() < stop_at and (slot := leases.take_work()):
        made += _work_safely(slot, stop_at)
    return made


def _drain_with_threads(stop_at):
    made, mine, look_at = 0, _begin_all(stop_at), time.monotonic() + LOOK_AGAIN_SECONDS
    while True:
        awaited = _at_work.awaited(mine if time.monotonic() >= stop_at else None)
        made += _results(mine)
        if awaited and time.monotonic() < look_at:
            wait(awaited, min(LEAVE_SECONDS, LOOK_AGAIN_SECONDS), FIRST_COMPLETED)
            continue
        # A thread that has ended has looked whether there is more; one whose receiver takes its time may get another.
        begun = _begin_all(stop_at) if awaited or mine else set()
        if not (awaited or begun):
            _threads.leave(mine)
            return made
        mine |= begun
        look_at = time.monotonic() + LOOK_AGAIN_SECONDS


def _begin_all(stop_at):
    begun = set()
    while time.monotonic() < stop_at and (future := _at_work.begin(stop_at)):
        begun.add(future)
    return begun


def _results(futures):
    """Take out the futures that are done; return how many attempts these made."""
    done = {future for future in futures if future.done()}
    futures -= done
    return sum(future.result() for future in done)


@dataclass(eq=False)
class Seat:
    """A thread at work, in one slot after the other; without one it is about to end."""

    slot: leases.LeasedSlot | None
    future: Future[int] | None = None


class AtWork:
    """The threads of this process that deliver, whichever task began them."""

    def __init__(self):
        self._lock = threading.Lock()  # so that two do not use up the same share
        self._seats: set[Seat] = set()

    def begin(self, stop_at):
        """Have a thread begin with what is due; return the future, None when nothing may be begun."""
        with self._lock:
            slot = self._take_work()
            if slot is None:
                return None
            slot.posting_since = math.inf  # it is waited for until it has begun
            seat = Seat(slot)
            self._seats.add(seat)
        seat.future = _threads.submit(_work_in_thread, seat, stop_at)
        seat.future.add_done_callback(lambda _future: self._seats.discard(seat))
        return seat.future

    def go_on(self, seat):
        """Give a thread its next slot; return whether there is one.

        Its receiver counts as left before this looks for more: who finds it still at work here can rely on that.
        """
        with self._lock:
            seat.slot = None
            seat.slot = self._take_work()
        return seat.slot is not None

    def awaited(self, only=None):
        """The futures of the threads (or ``only`` of these) that end, or have something answered, in a moment."""
        awaited = set()
        for seat in list(self._seats):
            is_quick = seat.slot is None or not seat.slot.posts_for(LEAVE_SECONDS)
            if seat.future and is_quick and (only is None or seat.future in only):
                awaited.add(seat.future)
        return awaited

    def _take_work(self):
        slots = [seat.slot for seat in list(self._seats) if seat.slot]
        return leases.take_work(sharing.shares(slots)) if len(slots) < sharing.threads() else None


_at_work = kept(AtWork)


def _work_in_thread(seat, stop_at):
    seat.slot.posting_since = time.monotonic()
    made = _work_safely(seat.slot, stop_at)
    while time.monotonic() < stop_at and _at_work.go_on(seat):
        made += _work_safely(seat.slot, stop_at)
    if time.monotonic() >= stop_at:
        wakeup.wake_delivery()  # there may be no task left that would go on
    return made


def _work_safely(slot, stop_at):
    try:
        return _work(slot, stop_at)
    except Exception:
        # What it held runs out by itself; the other receivers' deliveries go on.
        logger.exception("Delivering to receiver %s failed", slot.receiver.pk)
        return 0


def _work(slot, stop_at):
    """Deliver the receiver's due lanes until there are none; return how many attempts were made."""
    made = 0
    sender = LaneSender(slot)
    while slot.lanes:
        while slot.lanes and slot.is_fresh() and sender.may_go_on and time.monotonic() < stop_at:
            made += _deliver_lane(slot.lanes.pop(0), sender)
        leases.release_lanes(slot.lanes)
        go_on = sender.may_go_on and time.monotonic() < stop_at
        slot.lanes = leases.more_work(slot) if go_on else []
    leases.release_slot(slot)
    return made


def _deliver_lane(lane, sender):
    """Post the lane's deliveries in order until one fails; return how many attempts were made."""
    if not lane.deliveries:
        leases.leave_empty(lane)
    for made, delivery in enumerate(lane.deliveries, start=1):
        is_last = made == len(lane.deliveries)
        if not sender.deliver(lane, delivery, is_last):
            return made
    return len(lane.deliveries)
