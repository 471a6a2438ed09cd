"""What do all operations of Chat Gateway v1 share? The API key in a header, HAL lists, and its shapes of errors."""

from rest_framework.renderers import JSONRenderer

from ...exceptions import Invalid, NotFound, Unauthorized
from ...http.problems import ForeignTenant, new_reference
from ...http.views import UnknownPathView as AnyUnknownPathView
from ...wire.chat_gateway_v1 import FORMAT, requests, responses
from ...wire.chat_gateway_v1 import problems as shapes
from ..authentication import authenticate_api_key
from ..base import KeyView
from .description import HAL_JSON, TENANT_HEADER

API_KEY_HEADER = "x-api-key"


class HalRenderer(JSONRenderer):
    """For the description; answers are made in bodies."""

    media_type = HAL_JSON


class GatewayView(KeyView):
    """A path of Chat Gateway v1."""

    wire_format = FORMAT
    requests = requests
    responses = responses
    media_type = HAL_JSON
    renderer_classes = (HalRenderer,)
    http_method_names = (*KeyView.http_method_names, "patch")
    challenge = 'ApiKey realm="Chat API"'
    security = "apiKey"
    parameters = (TENANT_HEADER,)
    newer_methods: tuple[str, ...] = ()  # whose 404 looks as that of the newer operations

    def find_key(self, request):
        return authenticate_api_key(request.headers.get(API_KEY_HEADER, ""))

    def named_tenant(self, request, **path):
        return request.headers.get(TENANT_HEADER.name)

    def list_body(self, name, items, **page):
        return responses.page(name, items, href=self.request.get_full_path(), **page)

    def problem_body(self, error):
        if isinstance(error, Unauthorized):
            return shapes.unauthorized(new_reference())
        if isinstance(error, Invalid):
            return self.invalid_body(self.complaints(error))
        if isinstance(error, NotFound):
            return self.not_found_body(error)
        if error.status == 403:
            return self.forbidden_body(error)
        return shapes.problem(error.code, error.message)

    def invalid_body(self, problems):
        """The body that says what a client sent is wrong; some operations have one of their own."""
        return shapes.invalid(problems)

    def not_found_body(self, error):
        """The body that says there is no such thing."""
        if self.request.method in self.newer_methods:
            return shapes.entity_not_found(error.resource_type, error.resource_id)
        return shapes.problem_as_text(error.message)

    def forbidden_body(self, error):
        """The body that says the key may not do this."""
        if isinstance(error, ForeignTenant):
            return shapes.foreign_tenant(error.owner)
        return shapes.problem_as_text(error.message)

    def unexpected_body(self, reference_id):
        return shapes.unexpected(reference_id)


class NewerView(GatewayView):
    """A path of the newer operations, whose errors look different."""

    def invalid_body(self, problems):
        return shapes.invalid_parameter(
            problems,
            conversation_id=self.kwargs.get("conversation_id", ""),
            tenant=self.tenant.label,
            reference_id=new_reference(),
        )

    def not_found_body(self, error):
        return shapes.entity_not_found(error.resource_type, error.resource_id)


class UnknownPathView(AnyUnknownPathView):
    def problem_body(self, error):
        return shapes.problem_as_text(error.message)
