"""What do all operations of Chat API v2 share? The access token, the region in the path, and its shapes of errors."""

from ...exceptions import ControlMoved, Invalid, Unauthorized
from ...http.problems import ForeignTenant, TokenExpired, UnknownPath
from ...wire.chat_api_v2 import FORMAT, requests, responses
from ...wire.chat_api_v2 import problems as shapes
from .. import authentication
from ..base import KeyView, OperationView
from .description import REGION, REGIONS

BEARER = ("bearer", "bearertoken")  # the token's answer calls its type BearerToken; some clients take it at its word


class ChatApiView(OperationView):
    """A path of Chat API v2."""

    wire_format = FORMAT
    path_parameters = (REGION,)
    challenge = 'Bearer realm="Chat API"'

    def initial(self, request, *args, **path):
        if path.get("region", REGIONS[0]) not in REGIONS:
            raise UnknownPath(f"There is nothing at {request.path}.")
        super().initial(request, *args, **path)

    def problem_body(self, error):
        if isinstance(error, Unauthorized):
            return shapes.unauthorized(expired=isinstance(error, TokenExpired))
        if isinstance(error, ForeignTenant):
            return shapes.foreign_tenant(error.tenant, error.owner)
        if isinstance(error, Invalid):
            return self.invalid_body(self.complaints(error))
        if isinstance(error, ControlMoved):
            return shapes.problem(error.message, error.code)  # which a bot tells from other conflicts
        return shapes.problem(error.message)

    def invalid_body(self, problems):
        """The body that says what a client sent is wrong; one operation has one of its own."""
        return shapes.invalid(problems)

    def unexpected_body(self, reference_id):
        return shapes.unexpected(reference_id)


class TenantView(ChatApiView, KeyView):
    """A path of one tenant, called with an access token."""

    requests = requests
    responses = responses
    security = "accessToken"

    def find_key(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in BEARER:
            raise Unauthorized("The access token is missing.")
        return authentication.authenticate_token(token.strip())

    def named_tenant(self, request, **path):
        return path["tenant_id"]

    def list_body(self, name, items, **page):
        return responses.page(items, **page)
