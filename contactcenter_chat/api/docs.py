"""Where can the API's description be read? As JSON for tools, and as a page for people."""

from functools import cache
from threading import Lock

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from .. import __version__
from .schemas import SCHEMAS, SECURITY

DESCRIPTION = """\
Chat API v2: webhooks, channels and conversations of a contact centre.

Get a token with `POST /oauth/v2/token` (HTTP Basic with the API key and its secret), then call everything else with
`Authorization: Bearer <access_token>`. Errors are `application/problem+json`. What is refused is not done at all.
Members that are not described are ignored.

`GET …/conversations/{conversation-id}/events` is this implementation's own.
"""

_making = Lock()  # the generator works on state that threads share


@require_safe
def schema(request):
    """The description in OpenAPI."""
    return JsonResponse(describe_api())


@require_safe
def page(request):
    """The description to browse, and to try."""
    return render(request, "contactcenter_chat/api/docs.html")


def describe_api():
    """Return the description as a dictionary; it is made once."""
    with _making:
        return _describe()


@cache
def _describe():
    from .urls import wire_paths  # the paths of this page stand beside them

    with patched_settings(
        {
            "TITLE": "Contact centre Chat API",
            "DESCRIPTION": DESCRIPTION,
            "VERSION": __version__,
            "APPEND_COMPONENTS": {"schemas": SCHEMAS, "securitySchemes": SECURITY},
            "OAS_VERSION": "3.0.3",
            "SCHEMA_PATH_PREFIX": "",
            "SERVERS": [],
            "PREPROCESSING_HOOKS": [],
            "POSTPROCESSING_HOOKS": [],
        }
    ):
        description = SchemaGenerator(patterns=wire_paths).get_schema(public=True)
    description["paths"] = {_hyphens(path): _operations(item) for path, item in description["paths"].items()}
    return description


def _operations(item):
    """Say what the generator cannot: bodies are required, and the wire's path parameters have hyphens."""
    for operation in item.values():
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                parameter["name"] = _hyphens(parameter["name"])
    return item


def _hyphens(text):
    return text.replace("_", "-")
