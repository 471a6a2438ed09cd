"""How does a client get in, and how does a receiver get the key that signed a callback?"""

from urllib.parse import parse_qsl

from django.utils import timezone

from ....actions import rate_limit
from ....conf import settings
from ....exceptions import Invalid, Unauthorized
from ....http import bodies
from ....queries import api as queries
from ....wire.chat_api_v2 import problems as shapes
from ....wire.chat_api_v2 import responses
from ....wire.chat_api_v2.requests import CLIENT_CREDENTIALS
from ... import authentication
from ...description import REFUSALS
from ..base import ChatApiView
from ..description import describe

FORM = "application/x-www-form-urlencoded"


class TokenView(ChatApiView):
    """``/oauth/v2/token``"""

    security = "clientCredentials"
    challenge = 'Basic realm="Chat API"'

    @describe(
        "createAccessToken",
        "Give an access token for an API key and its secret.",
        tag="Authentication",
        body={FORM: "TokenRequest"},
        answers={200: ("The token.", "Token")},
        refusals=(400, 401, 413, 429, 500, "default"),
        shapes=dict.fromkeys(REFUSALS, "TokenProblem") | {500: "UnexpectedProblem"},
    )
    def post(self, request):
        api_key, key = authentication.authenticate_client(request.headers.get("Authorization", ""))
        rate_limit.spend(api_key.pk)
        grant_type = self._grant_type()
        if grant_type != CLIENT_CREDENTIALS:
            raise Invalid(f"Unsupported grant type : {grant_type}")
        now = timezone.now()
        token = responses.token(
            access_token=authentication.issue_token(api_key, now),
            key=key,
            api_key_id=api_key.pk,
            organization=api_key.tenant.label,
            scopes=api_key.scopes,
            issued_at=now,
            seconds=settings.TOKEN_SECONDS,
        )
        return bodies.respond(200, token, headers={"Cache-Control": "no-store"})

    def _grant_type(self):
        """Read a form, or the same as JSON."""
        if "json" in self.request.headers.get("Content-Type", ""):
            return self.body.get("grant_type", "") if isinstance(self.body, dict) else ""
        try:
            return dict(parse_qsl(self.content.decode(), max_num_fields=10)).get("grant_type", "")
        except ValueError as error:
            raise Invalid("The form cannot be read.") from error

    def problem_body(self, error):
        codes = {Unauthorized: "invalid_client", Invalid: "invalid_request"}
        return shapes.token_refused(codes.get(type(error), error.code), error.message)


class JwkView(ChatApiView):
    """``/vcc/{region}/chat/v2/jwk/{jwk-id}/public``, open to everybody"""

    @describe(
        "getPublicKey",
        "The public key that verifies a callback's signature.",
        tag="Keys",
        answers={200: ("The key.", "Jwk")},
        refusals=(401, 403, 404, 500, "default"),
        shapes={404: "JwkProblem"},
    )
    def get(self, request, jwk_id, **path):
        return bodies.respond(
            200, responses.jwk(queries.public_jwk(jwk_id)), headers={"Cache-Control": "public, max-age=300"}
        )

    def problem_body(self, error):
        if error.status == 404:
            return shapes.unknown_jwk(self.kwargs["jwk_id"])
        return super().problem_body(error)
