"""How sure is it who a customer is?"""

from ...operations.verification import GET, POST, Verifying
from ..base import TenantView
from ..description import describe


class VerificationView(Verifying, TenantView):
    """``…/conversations/{conversation-id}/verification``: not in the vendor's API"""

    @describe(**GET)
    def get(self, request, conversation_id, **path):
        return self.conversation_verification(conversation_id)

    @describe(**POST)
    def post(self, request, conversation_id, **path):
        return self.verify(conversation_id)
