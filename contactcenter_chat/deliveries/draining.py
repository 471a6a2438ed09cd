"""How does what is owed reach its receivers?

``drain`` posts what is due until nothing more can be leased. No transaction is open while posting, and the result of
an attempt is written before the lane's next delivery is begun, so a worker that dies repeats no more than the
attempts it was at. Wake-ups only make this start sooner: all it needs to know is in the database.
"""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import timedelta
from functools import partial

from django.utils import timezone

from .. import signals
from ..actions import receivers
from ..conf import settings
from ..encryption import decrypt
from ..models import Delivery, DeliveryAttempt, Receiver
from ..models.base import max_length
from ..outbound import requests, retry
from ..queries.signing_keys import signer_for
from ..signature import Transmission
from ..wire.base import milliseconds
from ..workers import wakeup
from ..workers.process import kept
from ..workers.threads import SLOW_SECONDS, TASK_SECONDS, Threads
from . import leases
from .forwarding import Forwarder

logger = logging.getLogger(__name__)

ERROR_MAX = max_length(DeliveryAttempt, "error")
LOOK_AGAIN_SECONDS = 0.2  # for more to do, while threads are at work

_threads = kept(Threads, "delivery", lambda: settings.DELIVERY_THREADS)


def drain():
    """Deliver what is due, with as many threads as the settings allow; return how many attempts were made.

    Posts whose receivers do not answer for SLOW_SECONDS are not waited for: their threads go on by themselves.
    """
    stop_at = time.monotonic() + TASK_SECONDS
    made = _drain_here(stop_at) if settings.DELIVERY_THREADS == 1 else _drain_with_threads(stop_at)
    if time.monotonic() >= stop_at:
        wakeup.wake_delivery()
    return made


def finish():
    """Wait for the posts of this process that no task waits for."""
    _threads.finish()


def wake_if_due():
    """Have delivered what has become due by the clock: a failed delivery's next attempt, or a pause that is over."""
    if leases.has_work():
        wakeup.wake_delivery()


def _drain_here(stop_at):
    made = 0
    while time.monotonic() < stop_at and (slot := leases.take_work()):
        made += _work(slot, stop_at)
    return made


def _drain_with_threads(stop_at):
    made = 0
    at_work: dict[Future[int], leases.LeasedSlot] = {}
    while True:
        while len(at_work) < _threads.free() and time.monotonic() < stop_at:
            # A thread keeps up with a receiver that is quick; another one would only share the interpreter with it.
            quick = [slot.receiver.pk for slot in at_work.values() if slot.is_quick()]
            slot = leases.take_work(but_not=quick)
            if slot is None:
                break
            at_work[_threads.submit(_work_in_thread, slot, stop_at)] = slot
        if all(slot.posts_for(SLOW_SECONDS) for slot in at_work.values()):
            _threads.leave(at_work)
            return made
        done, _ = wait(at_work, LOOK_AGAIN_SECONDS, FIRST_COMPLETED)
        for future in done:
            del at_work[future]
            made += future.result()


def _work_in_thread(slot, stop_at):
    try:
        made = _work(slot, stop_at)
        if time.monotonic() >= stop_at:
            wakeup.wake_delivery()  # there may be no task left that would go on
        return made
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


def _poster_for(receiver):
    return Forwarder(receiver) if receiver.kind == Receiver.Kind.REMOTE_CENTER else Poster(receiver)


class Poster:
    """Posts callbacks to a client application's webhook."""

    def __init__(self, receiver):
        self.receiver = receiver
        self._signer = signer_for(receiver.tenant_id)
        self._secret = decrypt(receiver.secret)
        self.write = leases.write_result

    def post(self, delivery, at, hold):
        """Post a delivery."""
        transmission = Transmission(
            tenant=self.receiver.tenant.label,
            event_id=delivery.entry_id,
            sent_at=milliseconds(at),
            retry=delivery.attempts_made,
            body=delivery.body.encode(),
        )
        return requests.post_signed(self._signer, transmission, uri=self.receiver.uri, secret=self._secret)

    def judge(self, policy, answer, attempts):
        """What follows from the answer."""
        return policy.judge(answer.status, attempts, answer.retry_after)


class LaneSender:
    """Makes the attempts in one slot. ``may_go_on`` turns false when the receiver is to be left alone."""

    def __init__(self, slot):
        self.slot = slot
        self.receiver = slot.receiver
        self.may_go_on = True
        self._poster = _poster_for(slot.receiver)
        self._policy = retry.policy()

    def deliver(self, lane, delivery, is_last):
        """Make one attempt and write it down. Returns whether the lane goes on with its next delivery."""
        started_at = timezone.now()
        self.slot.posting_since = time.monotonic()
        answer = self._poster.post(delivery, started_at, partial(leases.hold, self.slot, lane))
        verdict = self._poster.judge(self._policy, answer, delivery.attempts_made + 1)
        attempt = DeliveryAttempt(
            delivery=delivery,
            retry=delivery.attempts_made,
            started_at=started_at,
            duration_ms=answer.duration_ms,
            status=answer.status,
            error=answer.error[:ERROR_MAX],
            answer=answer.text,
        )
        is_done = self._note(delivery, verdict)
        retry_at = None if is_done else timezone.now() + timedelta(seconds=verdict.wait)
        keep = is_done and not is_last
        if not self._poster.write(lane, delivery, attempt, retry_at=retry_at, keep=keep):
            logger.warning("The lease of lane %s was lost while posting %s", lane.id, delivery.entry_id)
            return False
        self._follow_up(delivery, verdict)
        if keep and not self.may_go_on:
            leases.release_lanes([lane])
        return keep and self.may_go_on

    @staticmethod
    def _note(delivery, verdict):
        delivery.attempts_made += 1
        if verdict.delivered:
            delivery.state = Delivery.State.DELIVERED
        elif verdict.dead:
            delivery.state = Delivery.State.DEAD
        else:
            return False
        delivery.done_at = timezone.now()
        return True

    def _follow_up(self, delivery, verdict):
        if verdict.dead:
            signals.delivery_dead.send_robust(sender=Delivery, delivery=delivery)
        if verdict.delivered:
            receivers.note_success(self.receiver)
        elif not verdict.blameless:
            self.may_go_on = receivers.note_failure(self.receiver, gone=verdict.gone, pause=verdict.pause)
