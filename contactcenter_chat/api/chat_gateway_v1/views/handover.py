"""How does a remote bot hand over?"""

from ...description import ALWAYS
from ...operations.conversations import READ, WRITE
from ...operations.handover import GET_SUMMARY, POST_SUMMARY, REFUSALS, HandingOver
from ..base import GatewayView
from ..description import describe

TAG = "Conversations"


class HandoverView(HandingOver, GatewayView):
    """``…/conversations/{conversationId}/handover``: not in the vendor's API"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "getHandover",
        GET_SUMMARY,
        tag=TAG,
        answers={200: ("How far it has come.", "Handover")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id):
        return self.conversation_handover(conversation_id)

    @describe(
        "handOver",
        POST_SUMMARY,
        tag=TAG,
        body="HandoverRequest",
        answers={202: ("It waits for an agent.", "Handover")},
        refusals=REFUSALS,
    )
    def post(self, request, conversation_id):
        return self.hand_over(conversation_id)
