"""How is one delivery attempted, and what follows from what came of it?

The result of an attempt is written before the lane's next delivery is begun. No transaction is open while posting.
"""

import logging
import time
from functools import partial

from django.utils.functional import cached_property

from .. import signals
from ..actions import receivers
from ..encryption import decrypt
from ..models import Delivery, DeliveryAttempt, Receiver, clock
from ..models.base import max_length
from ..outbound import requests, retry
from ..providers.remote import Outcome
from ..queries.signing_keys import signer_for
from ..signature import Transmission
from ..wire.base import CONTROL_HEADER, milliseconds
from . import leases
from .forwarding import Forwarder

logger = logging.getLogger(__name__)

ERROR_MAX = max_length(DeliveryAttempt, "error")


class Poster:
    """Posts callbacks to a client application's webhook."""

    def __init__(self, receiver):
        self.receiver = receiver

    @cached_property
    def _signing(self):
        """Read once for a slot, and within an attempt: what is wrong with it is written down."""
        return signer_for(self.receiver.tenant_id), decrypt(self.receiver.secret)

    def post(self, delivery, at, hold):
        """Post a delivery; return the Outcome."""
        signer, secret = self._signing
        transmission = Transmission(
            tenant=self.receiver.tenant.label,
            event_id=delivery.entry_id,
            sent_at=milliseconds(at),
            retry=delivery.attempts_made,
            body=delivery.body.encode(),
        )
        epoch = delivery.control_epoch
        control = {} if epoch is None else {CONTROL_HEADER: str(epoch)}
        return Outcome(requests.post_signed(signer, transmission, control, uri=self.receiver.uri, secret=secret))

    def judge(self, policy, answer, attempts):
        """What follows from the answer."""
        return policy.judge(answer, attempts)

    def write(self, outcome, lane, delivery, attempt, **lane_after):
        """Write down what came of the attempt."""
        return leases.write_result(lane, delivery, attempt, **lane_after)


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
        started_at = clock.now()
        self.slot.posting_since = time.monotonic()
        outcome = self._outcome_of(lane, delivery, started_at)
        answer = outcome.answer
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
        retry_in = None if is_done else verdict.wait
        keep = is_done and not is_last
        self._note_health(verdict, outcome)  # before others can take the lane: who wants no more gets no more
        if not self._poster.write(outcome, lane, delivery, attempt, retry_in=retry_in, keep=keep):
            logger.warning("The lease of lane %s was lost while posting %s", lane.id, delivery.entry_id)
            return False
        if verdict.dead:
            signals.delivery_dead.send_robust(sender=Delivery, delivery=delivery)
        if keep and not self.may_go_on:
            leases.release_lanes([lane])
        return keep and self.may_go_on

    def _outcome_of(self, lane, delivery, at):
        began = time.monotonic()
        try:
            return self._poster.post(delivery, at, partial(leases.hold, self.slot, lane))
        except Exception as error:  # ours, or of a project's provider; what is not written down has no end
            logger.exception("The attempt to deliver %s to receiver %s failed", delivery.entry_id, self.receiver.pk)
            return Outcome(requests.failure(began, error), waits=True)

    @staticmethod
    def _note(delivery, verdict):
        delivery.attempts_made += 1
        if verdict.delivered:
            delivery.state = Delivery.State.DELIVERED
        elif verdict.dead:
            delivery.state = Delivery.State.DEAD
        else:
            return False
        delivery.done_at = clock.now()
        return True

    def _note_health(self, verdict, outcome):
        if verdict.delivered:
            receivers.note_success(self.receiver, outcome.answer.duration_ms / 1000)
        elif not outcome.waits:
            self.may_go_on = receivers.note_failure(self.receiver, gone=verdict.gone, pause=verdict.pause)


def _poster_for(receiver):
    return Forwarder(receiver) if receiver.kind == Receiver.Kind.REMOTE_CENTER else Poster(receiver)
