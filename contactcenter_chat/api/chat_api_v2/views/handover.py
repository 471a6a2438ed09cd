"""How does a remote bot hand over?"""

from ...description import ALWAYS, CONTROL
from ...operations.conversations import READ, WRITE
from ...operations.handover import (
    DELETE_REFUSALS,
    DELETE_SUMMARY,
    GET_SUMMARY,
    POST_SUMMARY,
    REFUSALS,
    HandingOver,
)
from ..base import TenantView
from ..description import describe

TAG = "Conversations"


class HandoverView(HandingOver, TenantView):
    """``…/conversations/{conversation-id}/handover``: not in the vendor's API"""

    scopes = {"GET": READ, "POST": WRITE, "DELETE": WRITE}

    @describe(
        "getHandover",
        GET_SUMMARY,
        tag=TAG,
        answers={200: ("How far it has come.", "Handover")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, conversation_id, **path):
        return self.conversation_handover(conversation_id)

    @describe(
        "handOver",
        POST_SUMMARY,
        tag=TAG,
        body="HandoverRequest",
        answers={202: ("It waits for an agent.", "Handover")},
        refusals=REFUSALS,
    )
    def post(self, request, conversation_id, **path):
        return self.hand_over(conversation_id)

    @describe(
        "recallHandover",
        DELETE_SUMMARY,
        tag=TAG,
        parameters=[CONTROL],
        answers={200: ("The bot has it again.", "Handover")},
        refusals=DELETE_REFUSALS,
    )
    def delete(self, request, conversation_id, **path):
        return self.recall(conversation_id)
