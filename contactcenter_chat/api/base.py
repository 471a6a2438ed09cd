"""What do all operations share? Who calls, for whose tenant, allowed what, how often, and how errors are told.

They are DRF views for their description's sake. Nothing here depends on the project's settings of DRF, and no view
runs in a transaction of the request: verbs open their own, and some operations call a client's address first.
"""

import re
from functools import cached_property

from django.db import transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from ..exceptions import Forbidden, Invalid
from ..queries import api as queries
from ..wire.chat_api_v2 import answers, requests
from ..wire.chat_api_v2 import problems as shapes
from ..wire.reading import Reader
from . import authentication, bodies, problems, rate_limit
from .description import REGIONS, OperationSchema
from .idempotency import Once

PAGE_SIZE = 20
PAGE_SIZE_MOST = 1000
PAGE_MOST = 10**9
REVISION = re.compile(r'(?:W/)?(?P<quote>"?)(?P<revision>[0-9]{1,9})(?P=quote)')


class WireView(APIView):
    """A path of the wire."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = ()
    renderer_classes = (JSONRenderer,)  # for the description; answers are made in bodies
    http_method_names = ("get", "head", "post", "put", "delete")
    versioning_class = None
    schema = OperationSchema()
    security = None  # the name of a security scheme in the description
    parameters = ()  # of all operations, in the description
    scheme = "Bearer"

    @classmethod
    def as_view(cls, **options):
        return transaction.non_atomic_requests(super().as_view(**options))

    def initialize_request(self, request, *args, **kwargs):
        return request

    def initial(self, request, *args, **kwargs):
        """Refuse a request before its operation begins. What it accepts (``Accept``) is never looked at."""
        if kwargs.get("region", REGIONS[0]) not in REGIONS:
            raise problems.UnknownPath(f"There is nothing at {request.path}.")

    def http_method_not_allowed(self, request, *args, **kwargs):
        raise problems.MethodNotAllowed(f"Method {request.method} is not allowed here.")

    def handle_exception(self, error):
        refused = problems.expected(error)
        if refused is None:
            body = self.unexpected_body(problems.log_unexpected(error))
            return bodies.answer(500, body, content_type=problems.PROBLEM_JSON)
        return bodies.answer(
            refused.status,
            self.problem_body(refused),
            content_type=problems.PROBLEM_JSON,
            headers=problems.headers_of(refused, self.scheme),
        )

    def problem_body(self, error):
        """The body that tells of a refusal; some operations have shapes of their own."""
        return problems.body_of(error)

    def unexpected_body(self, reference_id):
        """The body that tells of our own fault, which the log has under this reference."""
        return shapes.unexpected(reference_id)

    @cached_property
    def content(self):
        """The request's body as bytes."""
        return bodies.read(self.request)

    @cached_property
    def body(self):
        """The request's body, read as JSON."""
        return bodies.parse(self.content, self.request.headers.get("Content-Type", ""))


class KeyView(WireView):
    """A path that needs an API key; ``scopes`` names what each method needs.

    A wire's own base says how the key is found, how a list looks, and with which modules its bodies are read and
    made: ``requests`` and ``answers``.
    """

    scopes = {}
    requests = None
    answers = None
    media_type = bodies.JSON  # of answers

    def find_key(self, request):
        """Return the API key that the request is made with. Raises Unauthorized."""
        raise NotImplementedError

    def named_tenant(self, request, **path):
        """Return the label of the tenant that the request says it is about; None when it names none."""
        raise NotImplementedError

    def list_body(self, name, items, **page):
        """Return the body of a list of this name; ``page`` is size, index and count."""
        raise NotImplementedError

    def initial(self, request, *args, **path):
        super().initial(request, *args, **path)
        self.api_key = self.find_key(request)
        rate_limit.spend(self.api_key.pk)
        self.tenant = self.api_key.tenant
        named = self.named_tenant(request, **path)
        if named not in (None, self.tenant.label):
            raise problems.ForeignTenant(named, self.tenant.label)
        scope = self.scopes.get("GET" if request.method == "HEAD" else request.method)
        if scope and scope not in self.api_key.scopes:
            raise Forbidden(f"The scope {scope} is required.")

    @cached_property
    def once(self):
        """The request as one that may be a repetition."""
        return Once(self.request, self.api_key, self.content, self.media_type)

    @cached_property
    def query(self):
        """A reader of what stands behind the question mark."""
        return Reader(self.request.GET.dict())

    def selection(self):
        """What ``filter`` and ``sort`` behind the question mark say, as arguments of a query."""
        chosen = {
            "filter_by": self.query.text("filter", required=False),
            "sort_by": self.query.text("sort", required=False),
        }
        self.query.done()
        return chosen

    @cached_property
    def expected_revision(self):
        """The revision that ``If-Match`` names, or None. Raises Invalid."""
        header = self.request.headers.get("If-Match", "*").strip()
        if header == "*":
            return None
        if not (tag := REVISION.fullmatch(header)):
            raise Invalid("Must be the revision of an earlier answer.", field="If-Match", value=header)
        return int(tag["revision"])

    def answer(self, status, body=None, **headers):
        """Answer with this body, or without any."""
        return bodies.answer(status, body, content_type=self.media_type, headers=headers)

    def page(self, name, rows, shape):
        """Answer with the page of these rows that the query asks for."""
        size = self.query.whole_number("size", PAGE_SIZE, least=1, most=PAGE_SIZE_MOST)
        index = self.query.whole_number("page", 0, least=0, most=PAGE_MOST)
        self.query.done()
        found, count = queries.page_of(rows, size=size, index=index)
        items = [shape(row) for row in found]
        return self.answer(200, self.list_body(name, items, size=size, index=index, count=count))

    def revised(self, row, shape):
        """Answer with a row that has a revision."""
        return self.answer(200, shape(row), ETag=f'"{row.revision}"')

    def first_revision(self, response):
        """Add the revision of a row that was just made."""
        response["ETag"] = '"1"'
        return response


class TenantView(KeyView):
    """A path of one tenant in Chat API v2, called with an access token."""

    requests = requests
    answers = answers
    security = "accessToken"

    def find_key(self, request):
        return authentication.authenticate(request.headers.get("Authorization", ""))

    def named_tenant(self, request, *, tenant_id, **path):
        return tenant_id

    def list_body(self, name, items, **page):
        return answers.page(items, **page)
