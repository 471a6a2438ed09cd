"""What do operations on verification do? Two of our own, which every wire has."""

from ...actions.verification import check_code, send_code
from ...exceptions import Invalid
from ...models import clock
from ...queries import api as queries
from ...queries.identity import TRIES, standing_of
from ...wire import verification as shapes
from ...wire.levels import Level
from ..base import KeyView, limits
from ..description import ALWAYS, ID, TIME, WITH_BODY, answer_of
from .conversations import READ, WRITE
from .waiting import or_null

SCHEMAS = {
    "Verification": answer_of(
        conversationId=ID,
        level={"type": "string", "enum": [level.value for level in Level]},
        address=or_null(
            {"type": "string", "description": "Masked: where a code was sent, or would be; null where none is known."}
        ),
        verifiedUntil=or_null(TIME | {"description": "Null without a code that came back."}),
        codeExpiresAt=or_null(TIME | {"description": "Of the code that may come back; null where there is none."}),
        triesLeft={"type": "integer", "minimum": 0, "maximum": TRIES},
    )
}
TAG = "Conversations"
# What each wire says of them.
GET = {
    "operation_id": "getVerification",
    "summary": "How sure it is who the customer is.",
    "tag": TAG,
    "answers": {200: ("How it is now.", "Verification")},
    "refusals": (404, *ALWAYS),
}
POST = {
    "operation_id": "verifyCustomer",
    "summary": "Send the customer a one-time code, or with `code` check the one that the customer gives back.",
    "tag": TAG,
    "body": "VerificationRequest",
    "body_required": False,
    "answers": {200: ("The code was right.", "Verification"), 202: ("A code was sent.", "Verification")},
    "refusals": (404, 409, 503, *WITH_BODY, *ALWAYS),
}


class Verifying(KeyView):
    """The operations on verification, for a KeyView."""

    scopes = {"GET": READ, "POST": WRITE}

    def conversation_verification(self, conversation_id):
        return self._standing(200, conversation_id)

    def verify(self, conversation_id):
        queries.check_conversation(self.tenant, conversation_id)
        about = {"conversation_id": conversation_id, "tenant_id": self.tenant.pk}
        address, code = shapes.read_verification(self.body if self.content.strip() else {}, limits())
        if address and code:
            raise Invalid("Give either an address, or a code.", field="code")
        if code:
            check_code(code=code, **about)
            return self._standing(200, conversation_id)
        send_code(address=address, **about)
        return self._standing(202, conversation_id)

    def _standing(self, status, conversation_id):
        conversation = queries.identified_conversation(self.tenant, conversation_id)
        standing = standing_of(conversation, clock.now())
        return self.answer(status, shapes.verification(conversation_id, standing))
