"""How does a receiver get the key that signed a callback? As in Chat API v2: receivers ask under either prefix."""

from ...chat_api_v2.views.access import JwkView as UsualJwkView
from ..description import TENANT_HEADER


class JwkView(UsualJwkView):
    """``/chat-gateway/v1/jwk/{jwkId}/public``, open to everybody"""

    parameters = (TENANT_HEADER,)
