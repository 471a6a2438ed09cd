"""How does what is owed to a client's webhook reach it? Signed, by POST."""

from ..encryption import decrypt
from ..outbound import requests
from ..queries.signing_keys import signer_for
from ..signature import Transmission
from . import leases


class Poster:
    """Posts callbacks to a client application's webhook."""

    def __init__(self, receiver):
        self.receiver = receiver
        self._signer = signer_for(receiver.tenant_id)
        self._secret = decrypt(receiver.secret)
        self.write = leases.write_result

    def post(self, delivery, at, hold):
        """Post a delivery, signed anew: time and number of the attempt are part of what is signed."""
        transmission = Transmission(
            tenant=self.receiver.tenant.label,
            event_id=delivery.entry_id,
            sent_at=int(at.timestamp() * 1000),
            retry=delivery.attempts_made,
            body=delivery.body.encode(),
        )
        headers = self._signer.headers(transmission, self._secret)
        return requests.post(self.receiver.uri, transmission.body, headers)

    def judge(self, policy, answer, attempts):
        """What follows from the answer."""
        return policy.judge(answer.status, attempts, answer.retry_after)
