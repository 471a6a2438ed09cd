"""What is said of Chat API v2 as a whole, and of its paths?"""

from drf_spectacular.utils import OpenApiParameter

from .. import description as usual
from ..description import REFUSALS, ApiDescription, hyphens
from . import schemas

TEXT = """\
Chat API v2: webhooks, channels and conversations of a contact centre.

Get a token with `POST /oauth/v2/token` (HTTP Basic with the API key and its secret), then call everything else with
`Authorization: Bearer <access_token>`. Errors are `application/problem+json`. What is refused is not done at all.
Members that are not described are ignored.

`GET …/conversations/{conversation-id}/events` is this implementation's own.
"""
DESCRIPTION = ApiDescription("Contact centre Chat API", TEXT, address="", schemas=schemas, spell=hyphens)

REGIONS = ("us", "eu", "ca", "ap")
REGION = OpenApiParameter("region", location="path", enum=REGIONS, description="They are all the same.")

GENERAL = dict.fromkeys(REFUSALS, "Problem") | {401: "Fault", 500: "UnexpectedProblem"}


def describe(*names, shapes=None, **about):
    """Describe an operation, as ``api.description.describe`` does."""
    return usual.describe(*names, shapes=GENERAL | (shapes or {}), **about)
