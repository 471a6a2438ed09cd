"""How sure is it who a customer is?"""

from ...description import ALWAYS
from ...operations.conversations import READ, WRITE
from ...operations.verification import ANSWERS, GET_SUMMARY, POST_SUMMARY, REFUSALS, Verifying
from ..base import GatewayView
from ..description import describe

TAG = "Conversations"


class VerificationView(Verifying, GatewayView):
    """``…/conversations/{conversationId}/verification``: not in the vendor's API"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "getVerification",
        GET_SUMMARY,
        tag=TAG,
        answers={200: ("How it is now.", "Verification")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id):
        return self.conversation_verification(conversation_id)

    @describe(
        "verifyCustomer",
        POST_SUMMARY,
        tag=TAG,
        body="VerificationRequest",
        body_required=False,
        answers=ANSWERS,
        refusals=REFUSALS,
    )
    def post(self, request, conversation_id):
        return self.verify(conversation_id)
