"""How is a repeated request answered? With the first answer, byte for byte, and without doing it again.

The client names a request by an ``Idempotency-Key``. The record is written first, in the transaction of the change:
a second request with the same key waits there for the first one's commit and then finds its answer. What was refused
leaves no record, so it may be tried again.
"""

import hashlib
import re

from ..database import whole
from ..exceptions import IdempotencyMismatch, Invalid
from ..http import bodies
from ..models import IdempotencyRecord
from ..models.base import max_length
from ..models.prepared import PreparedInsert
from ..wire.base import encode

HEADER = "Idempotency-Key"
KEY_MAX = max_length(IdempotencyRecord, "key")
KEY = re.compile(rf"[\x21-\x7e]{{1,{KEY_MAX}}}")
INSERT = PreparedInsert(IdempotencyRecord, ignore_conflicts=True)


class IdempotentRequest:
    """One POST of one API key; ``content`` is its body's bytes, ``content_type`` that of the answer."""

    def __init__(self, request, api_key, content, content_type=bodies.JSON):
        self.api_key = api_key
        self.content_type = content_type
        self.key = request.headers.get(HEADER)
        if self.key is not None:
            if not KEY.fullmatch(self.key):
                raise Invalid(f"Must be 1 to {KEY_MAX} visible ASCII characters.", field=HEADER)
            named = f"{request.method} {request.path}\n".encode()
            self.fingerprint = hashlib.sha256(named + content).hexdigest()

    def kept(self):
        """Return the first answer when there is one, else None. Raises IdempotencyMismatch."""
        if self.key is None:
            return None
        record = self._records().first()
        if record is None:
            return None
        if record.fingerprint != self.fingerprint:
            raise IdempotencyMismatch()
        return bodies.respond_bytes(record.status, bytes(record.body), record.content_type)

    def answer(self, status, act):
        """Answer with this status and the body that ``act()`` returns (None: no body), called once per key.

        ``act`` must not wait for anything but the database. Raises what ``act`` raises, and IdempotencyMismatch.
        """
        if self.key is None:
            return bodies.respond(status, act(), content_type=self.content_type)
        with whole():
            if not self._begin(status):
                return self.kept()
            body = act()
            if body is None:
                return bodies.respond(status)
            content = encode(body).encode()
            self._records().update(body=content)
            return bodies.respond_bytes(status, content, self.content_type)

    def _begin(self, status):
        """Write the record; False when there is one. Waits for a transaction that is writing the same one."""
        return INSERT(
            IdempotencyRecord(
                api_key=self.api_key,
                key=self.key,
                fingerprint=self.fingerprint,
                status=status,
                content_type=self.content_type,
            )
        )

    def _records(self):
        return IdempotencyRecord.objects.filter(api_key=self.api_key, key=self.key)
