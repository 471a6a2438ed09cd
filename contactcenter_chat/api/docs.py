"""Where can the APIs' descriptions be read? As JSON for tools, and as pages for people."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from threading import Lock

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from .. import __version__
from .limits import limits

CHAT_API_V2 = """\
Chat API v2: webhooks, channels and conversations of a contact centre.

Get a token with `POST /oauth/v2/token` (HTTP Basic with the API key and its secret), then call everything else with
`Authorization: Bearer <access_token>`. Errors are `application/problem+json`. What is refused is not done at all.
Members that are not described are ignored.

`GET …/conversations/{conversation-id}/events` is this implementation's own.
"""
CHAT_GATEWAY_V1 = """\
Chat Gateway v1: webhooks, channels and conversations of a contact centre.

Call everything with the API key in the header `x-api-key`. Errors are `application/problem+json`. What is refused is
not done at all. Members that are not described are ignored.
"""


def _hyphens(name):
    return name.replace("_", "-")


def _camel_case(name):
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


@dataclass(frozen=True)
class Wire:
    """What is described: ``urls`` and ``schemas`` name modules; ``spell`` writes a path parameter as the wire does."""

    title: str
    text: str
    urls: str
    schemas: str
    spell: object


WIRES = {
    "chat_api_v2": Wire("Contact centre Chat API", CHAT_API_V2, ".chat_api_v2.urls", ".chat_api_v2.schemas", _hyphens),
    "chat_gateway_v1": Wire(
        "Contact centre Chat Gateway",
        CHAT_GATEWAY_V1,
        ".chat_gateway_v1.urls",
        ".chat_gateway_v1.schemas",
        _camel_case,
    ),
}

_making = Lock()  # the generator works on state that threads share


@require_safe
def schema(request, wire):
    """The description in OpenAPI."""
    return JsonResponse(describe_api(wire))


@require_safe
def page(request, wire):
    """The description to browse, and to try."""
    names = {"chat_api_v2": "schema", "chat_gateway_v1": "gateway-schema"}
    return render(request, "contactcenter_chat/api/docs.html", {"schema": f"contactcenter_chat:api:{names[wire]}"})


def describe_api(wire):
    """Return the description of a wire as a dictionary, with the limits of now; it is made once for these."""
    with _making:
        return _describe(wire, limits())


@lru_cache(maxsize=8)
def _describe(name, limits):
    wire = WIRES[name]
    # When it is used: the paths of these pages stand beside the wire's.
    urls, schemas = (import_module(module, __package__) for module in (wire.urls, wire.schemas))
    with patched_settings(
        {
            "TITLE": wire.title,
            "DESCRIPTION": wire.text,
            "VERSION": __version__,
            "APPEND_COMPONENTS": {"schemas": schemas.schemas(limits), "securitySchemes": schemas.SECURITY},
            "OAS_VERSION": "3.0.3",
            "SCHEMA_PATH_PREFIX": "",
            "SERVERS": [],
            "PREPROCESSING_HOOKS": [],
            "POSTPROCESSING_HOOKS": [],
        }
    ):
        description = SchemaGenerator(patterns=urls.wire_paths).get_schema(public=True)
    description["paths"] = {
        _spelled(path, wire.spell): _operations(item, wire.spell) for path, item in description["paths"].items()
    }
    return description


def _spelled(path, spell):
    """Write the parameters in a path as the wire does."""
    parts = path.split("/")
    return "/".join(f"{{{spell(part[1:-1])}}}" if part.startswith("{") else part for part in parts)


def _operations(item, spell):
    """Write path parameters as the wire does."""
    for operation in item.values():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                parameter["name"] = spell(parameter["name"])
    return item
