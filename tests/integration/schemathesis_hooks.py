"""What schemathesis must not make up by itself; loaded by its command line."""

import os
import re
import uuid

import schemathesis

IDEMPOTENCY_KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context, case, kwargs):
    # Addresses of others: what would be sent to them goes to a receiver on this machine.
    if isinstance(case.body, dict) and str(case.body.get("uri", "")).lower().startswith("http"):
        case.body = {**case.body, "uri": os.environ["RECEIVER_URL"]}
    # A key that comes again gets its first answer again, about things that may be gone by now.
    if re.fullmatch("[!-~]{1,255}", case.headers.get(IDEMPOTENCY_KEY, "")):
        case.headers[IDEMPOTENCY_KEY] = str(uuid.uuid4())
