"""How does a remote bot hand over?"""

from ...operations.handover import DELETE, GET, POST, HandingOver
from ..base import GatewayView
from ..description import describe


class HandoverView(HandingOver, GatewayView):
    """``…/conversations/{conversationId}/handover``: not in the vendor's API"""

    @describe(**GET)
    def get(self, request, conversation_id):
        return self.conversation_handover(conversation_id)

    @describe(**POST)
    def post(self, request, conversation_id):
        return self.hand_over(conversation_id)

    @describe(**DELETE)
    def delete(self, request, conversation_id):
        return self.recall(conversation_id)
