"""What do all operations share? Who calls, for whose tenant, allowed what, how often; pages, revisions, limits."""

import re
from functools import cached_property, partial
from types import ModuleType
from typing import Any

from ..actions import rate_limit
from ..actions.bots.after_agent import SILENCE_MINUTES, TOTAL_MINUTES
from ..conf import settings
from ..exceptions import Forbidden, Invalid, NotFound
from ..http import bodies, problems
from ..http.views import WireView
from ..models import Channel, Receiver, Verification
from ..models.base import max_length
from ..queries import api as queries
from ..queries.selections import Selection
from ..wire.base import Format, Listing
from ..wire.limits import WEBHOOK_NAME_MAX, Limits, Range
from ..wire.reading import Reader
from .description import PAGE_SIZE, REVISION
from .idempotency import IdempotentRequest

PAGE_SIZE_MOST = 1000
PAGE_MOST = 10**9
TAG = re.compile(rf'(?:W/)?(?P<quote>"?)(?P<revision>{REVISION})(?P=quote)')


class OperationView(WireView):
    """A path with operations that are described."""

    wire_format: Format  # that it is of
    subject = ""  # what its requests are about, by which the format names fields
    security: str | None = None  # the name of a security scheme in the description
    parameters: tuple[Any, ...] = ()  # of all operations, in the description
    path_parameters: tuple[Any, ...] = ()  # those in paths of which the description says more than their names

    def answer_exception(self, error, context):
        if isinstance(error, NotFound):
            named = self.wire_format.resources.get(error.resource_type, error.resource_type)
            error = NotFound(named, error.resource_id)
        return super().answer_exception(error, context)

    def complaints(self, error):
        """Every complaint that an ``Invalid`` stands for, with what the wire calls the field that a verb refused."""
        fields = self.wire_format.refused.get(self.subject, {})
        return [_renamed(each, fields) for each in problems.complaints(error)]


class KeyView(OperationView):
    """A path that needs an API key; ``scopes`` names what each method needs.

    A wire's own base says how the key is found, how a list looks, and with which modules its bodies are read and
    made: ``requests`` and ``responses``.
    """

    scopes: dict[str, str] = {}
    requests: ModuleType
    responses: ModuleType
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
        self.perform_authentication(request)
        self.check_throttles(request)
        self.check_permissions(request)

    # As DRF names these steps

    def perform_authentication(self, request):
        self.api_key = self.find_key(request)
        self.tenant = self.api_key.tenant

    def check_throttles(self, request):
        rate_limit.spend(self.api_key.pk)

    def check_permissions(self, request):
        named = self.named_tenant(request, **self.kwargs)
        if named not in (None, self.tenant.label):
            raise problems.ForeignTenant(named, self.tenant.label)
        scope = self.scopes.get("GET" if request.method == "HEAD" else request.method)
        if scope and scope not in self.api_key.scopes:
            raise Forbidden(f"The scope {scope} is required.")

    @cached_property
    def once(self):
        """The request as one that may be a repetition."""
        return IdempotentRequest(self.request, self.api_key, self.content, self.media_type)

    @cached_property
    def query(self):
        """A reader of what stands behind the question mark."""
        return Reader(self.request.GET.dict())

    def selection(self, kind):
        """What ``filter`` and ``sort`` behind the question mark say of a list of this kind, for a query."""
        names = self.wire_format.lists.get(kind, Listing())
        chosen = Selection(
            names,
            filter_by=self.query.text("filter", required=False) if names.filters else "",
            sort_by=self.query.text("sort", required=False) if names.sorts else "",
        )
        self.query.done()
        return chosen

    @cached_property
    def expected_revision(self):
        """The revision that ``If-Match`` names, or None. Raises Invalid."""
        header = self.request.headers.get("If-Match", "*").strip()
        if header == "*":
            return None
        if not (tag := TAG.fullmatch(header)):
            raise Invalid("Must be the revision of an earlier answer.", field="If-Match", value=header)
        return int(tag["revision"])

    def answer(self, status, body=None, **headers):
        """Answer with this body, or without any."""
        return bodies.respond(status, body, content_type=self.media_type, headers=headers)

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


def _renamed(complaint, fields):
    if complaint.field not in fields:
        return complaint
    return Invalid(complaint.message, field=fields[complaint.field], value=complaint.value, code=complaint.code)


_with_settings = partial(
    Limits,
    webhook_name=WEBHOOK_NAME_MAX,
    webhook_uri=max_length(Receiver, "uri"),
    channel_name=max_length(Channel, "name"),
    total_minutes=Range(*TOTAL_MINUTES),
    silence_minutes=Range(*SILENCE_MINUTES),
    address=max_length(Verification, "address"),
)


def limits():
    """Return the Limits that bodies are read with and described with."""
    return _with_settings(
        message=settings.MESSAGE_MAX_LENGTH,
        history=settings.HISTORY_MAX_MESSAGES,
        customer_keys=settings.CUSTOMER_MAX_KEYS,
        attachments=settings.ATTACHMENTS_PER_MESSAGE,
        cards=settings.CARDS_PER_MESSAGE,
    )
