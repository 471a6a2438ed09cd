"""How are the operations described? In OpenAPI, with the shapes that are really read and answered."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from ..http.problems import PROBLEM_JSON
from ..queries import fiql_tree
from ..wire.base import CONTROL_HEADER
from ..wire.members import NO_NUL
from .idempotency import KEY_MAX

ID = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}
JSON = "application/json"
PAGE_SIZE = 20  # where a request does not say
REVISION = "[0-9]{1,9}"
EPOCH = "^[0-9]{1,9}$"
FILTER_LIMITS = (
    f"At most {fiql_tree.MAX_LENGTH} characters, {fiql_tree.MAX_TERMS} terms, {fiql_tree.MAX_DEPTH} levels."
)

REFUSALS = {
    400: "What was sent is not acceptable; `errors` says which fields.",
    401: "The access token is missing, wrong or too old.",
    403: "Another contact centre's path, or a scope that the key does not have.",
    404: "There is no such thing.",
    409: "It does not go together with what has happened meanwhile.",
    412: "It was changed since the revision that `If-Match` names.",
    413: "The body is too large.",
    422: "The `Idempotency-Key` was used for another request.",
    429: "Too many requests; `Retry-After` says in how many seconds to come again.",
    500: "Our fault; `referenceId` is in the log.",
    503: "Something that is needed for this does not answer; try again.",
    "default": "Any other refusal.",
}
ALWAYS = (401, 403, 429, 500, "default")
WITH_BODY = (400, 413)
ONCE = (422,)


@dataclass(frozen=True)
class ApiDescription:
    """What is said of a format's API as a whole.

    ``address`` is below ``api/``, ``schemas`` a module with ``schemas(limits)`` and SECURITY; ``spell`` writes a path
    parameter as the wire does.
    """

    title: str
    text: str
    address: str
    schemas: ModuleType
    spell: Callable[[str], str]


@dataclass(frozen=True)
class Operation:
    """What is said of an operation."""

    id: str
    summary: str
    tag: str
    parameters: tuple
    request: dict | None
    is_request_required: bool
    responses: dict


class OperationSchema(AutoSchema):
    """Describes an operation by what ``describe`` noted on its method."""

    view: Any  # an OperationView

    @property
    def operation(self):
        return getattr(self.view, self.method.lower()).operation

    def get_operation_id(self):
        return self.operation.id

    def get_summary(self):
        return self.operation.summary

    def get_description(self):  # type: ignore[override]  # as drf-spectacular has it
        return ""

    def get_tags(self):
        return [self.operation.tag]

    def get_auth(self):
        return [{self.view.security: []}] if self.view.security else []

    def get_override_parameters(self):
        in_path = [each for each in self.view.path_parameters if f"{{{each.name}}}" in self.path]
        return [*in_path, *self.view.parameters, *self.operation.parameters]

    def get_request_serializer(self):
        return self.operation.request

    def get_operation(self, *args):
        operation = super().get_operation(*args)
        if operation and "requestBody" in operation:
            operation["requestBody"]["required"] = self.operation.is_request_required
        return operation

    def get_response_serializers(self):
        return self.operation.responses


def ref(name):
    """Refer to a shape among a description's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def hyphens(name):
    """Spell a name of ours as ``talk-id``."""
    return name.replace("_", "-")


def camel_case(name):
    """Spell a name of ours as ``talkId``."""
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


def describe(
    operation_id,
    summary,
    *,
    tag,
    parameters=(),
    body=None,
    body_required=True,
    answers,
    refusals=(),
    shapes=None,
):
    """Describe an operation.

    ``body`` names the shape that is read, or maps a media type to it; ``answers`` maps a status to a description and
    the name of a shape or None; ``refusals`` are statuses, ``shapes`` names the shape of each refusal.
    """
    request = {JSON: body} if isinstance(body, str) else body or {}
    operation = Operation(
        id=operation_id,
        summary=summary,
        tag=tag,
        parameters=tuple(parameters),
        request={media_type: ref(shape) for media_type, shape in request.items()} or None,
        is_request_required=body_required,
        responses=_answers(answers) | _refusals(refusals, shapes or {}),
    )

    def note(method):
        method.operation = operation
        return method

    return note


def query(name, text, *, required=False, **schema):
    """A parameter behind the question mark."""
    return OpenApiParameter(name, schema or {"type": "string", "pattern": NO_NUL}, required=required, description=text)


def filter_by(example, fields):
    """The parameter that filters a list; ``fields`` are the names it may use."""
    return query("filter", f"FIQL, such as `{example}`. Fields: {', '.join(fields)}. {FILTER_LIMITS}")


def header(name, text, **schema):
    return OpenApiParameter(name, schema or {"type": "string"}, "header", description=text)


PAGING = (
    query("size", "Items per page.", type="integer", minimum=1, default=PAGE_SIZE),
    query("page", "Which page, from 0.", type="integer", minimum=0, default=0),
)
IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "Names this request: sent again with the same key and body, it gets the first answer and is not done again.",
    type="string",
    pattern=f"^[!-~]{{1,{KEY_MAX}}}$",
)
CONTROL = header(
    CONTROL_HEADER,
    "Under which epoch a bot speaks, as the callback said that it answers: when somebody else speaks for the business"
    " by now, nothing is kept (409 `control_moved`).",
    type="string",
    pattern=EPOCH,
)
IF_MATCH = header(
    "If-Match",
    "The revision that the change is meant for, as the `ETag` of an earlier answer.",
    type="string",
    pattern=f'^({REVISION}|"{REVISION}")$',
)


def _answers(answers):
    return {status: OpenApiResponse(ref(shape) if shape else None, text) for status, (text, shape) in answers.items()}


def _refusals(statuses, shapes):
    return {(status, PROBLEM_JSON): OpenApiResponse(ref(shapes[status]), REFUSALS[status]) for status in statuses}


def object_of(required=(), **properties):
    """An object with these properties; ``required`` names those that must be there."""
    shape = {"type": "object", "properties": properties}
    return shape | {"required": list(required)} if required else shape


def answer_of(**properties):
    """An object that has all of these."""
    return object_of(tuple(properties), **properties)


def list_of(item):
    """A list of such items."""
    return {"type": "array", "items": item}
