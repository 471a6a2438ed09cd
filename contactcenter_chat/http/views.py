"""What do all HTTP entrances share? The body's limits, and how a refusal and our own faults are told.

They are DRF views. Nothing here depends on the project's settings of DRF, and no view runs in a transaction of the
request: verbs open their own, and some operations call a client's address first.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from ..database import without_transaction
from . import bodies, problems


class WireView(APIView):
    """A path that programs call, not browsers."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = ()
    renderer_classes = (JSONRenderer,)  # for a description; answers are made in bodies
    http_method_names: Sequence[str] = ("get", "head", "post", "put", "delete")
    versioning_class = None
    schema: Any = None
    challenge = "Bearer"  # how one authenticates here, as ``WWW-Authenticate`` says it

    @classmethod
    def as_view(cls, **options):
        return without_transaction(super().as_view(**options))

    def initialize_request(self, request, *args, **kwargs):
        return request

    def initial(self, request, *args, **kwargs):
        """Refuse a request before its operation begins. What it accepts (``Accept``) is never looked at."""

    def http_method_not_allowed(self, request, *args, **kwargs):
        raise problems.MethodNotAllowed(f"Method {request.method} is not allowed here.")

    def get_exception_handler(self):
        return self.answer_exception

    def answer_exception(self, error, context):
        """Return the answer to what was raised: a refusal, or our own fault."""
        refused = problems.expected(error)
        if refused is None:
            body = self.unexpected_body(problems.log_unexpected(error))
            return bodies.respond(500, body, content_type=problems.PROBLEM_JSON)
        return bodies.respond(
            refused.status,
            self.problem_body(refused),
            content_type=problems.PROBLEM_JSON,
            headers=problems.headers_of(refused, self.challenge),
        )

    def problem_body(self, error):
        """The body that tells of a refusal; each wire format has shapes of its own."""
        return problems.plain(error.message)

    def unexpected_body(self, reference_id):
        """The body that tells of our own fault, which the log has under this reference."""
        return problems.plain("Could not process this request due to an unexpected error.", referenceId=reference_id)

    @cached_property
    def content(self):
        """The request's body as bytes."""
        return bodies.read(self.request)

    @cached_property
    def body(self):
        """The request's body, read as JSON."""
        return bodies.parse(self.content, self.request.headers.get("Content-Type", ""))


class UnknownPathView(WireView):
    """Everything else below the prefixes of a wire."""

    def initial(self, request, *args, **kwargs):
        raise problems.UnknownPath(f"There is nothing at {request.path}.")
