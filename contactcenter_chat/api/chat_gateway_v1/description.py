"""How is Chat Gateway v1 described? Its operations as those of Chat API v2, with its own shapes of errors."""

from .. import description as usual
from ..description import REFUSALS, ApiDescription, camel_case, header, query
from . import schemas

TEXT = """\
Chat Gateway v1: webhooks, channels and conversations of a contact centre.

Call everything with the API key in the header `x-api-key`. Errors are `application/problem+json`. What is refused is
not done at all. Members that are not described are ignored.
"""
DESCRIPTION = ApiDescription("Contact centre Chat Gateway", TEXT, address="gateway", schemas=schemas, spell=camel_case)

HAL_JSON = "application/hal+json"

TENANT_HEADER = header("X-8x8-Tenant", "The contact centre's label; where it is sent, it must be the one of the key.")
SORT = query("sort", "A field and a direction, such as `name:asc` or `name:desc`.")

GENERAL = dict.fromkeys(REFUSALS, "Problem") | {
    401: "AccessDenied",
    403: "TextProblem",
    404: "TextProblem",
    500: "UnexpectedProblem",
}
NEWER = {400: "InvalidParameter", 404: "Problem"}


def describe(*names, shapes=None, **about):
    """Describe an operation, as ``api.description.describe`` does."""
    return usual.describe(*names, shapes=GENERAL | (shapes or {}), **about)
