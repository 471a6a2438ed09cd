"""Where can the APIs' descriptions be read? As JSON for tools, and as pages for people."""

import logging
from importlib import import_module
from operator import attrgetter
from threading import Lock

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.settings import patched_settings

from .. import __version__
from ..wire.base import format_for, formats, urls_of, versions
from ..workers.process import kept
from .base import OperationView, limits
from .description import OperationSchema

logger = logging.getLogger(__name__)

MADE_MAX = 8  # descriptions that a process keeps


class Operations(EndpointEnumerator):
    """The operations of a format. Elsewhere they are not found: a project's own description has none of them."""

    def should_include_endpoint(self, path, callback):
        return issubclass(callback.cls, OperationView)


class Generator(SchemaGenerator):
    """Makes a format's description of what is noted on its operations."""

    endpoint_inspector_cls = Operations

    def create_view(self, callback, method, request=None):
        view = super().create_view(callback, method, request)
        view.schema = OperationSchema()
        view.schema.view = view
        return view


class Descriptions:
    """Those that this process has made, by format and limits; one at a time, since the generator has shared state."""

    def __init__(self):
        self._making = Lock()
        self._made = {}

    def get(self, spoken, limits):
        with self._making:
            if (spoken, limits) not in self._made:
                if len(self._made) >= MADE_MAX:
                    self._made.clear()
                self._made[spoken, limits] = _describe(spoken, limits)
            return self._made[spoken, limits]


_descriptions = kept(Descriptions)


@login_not_required
@require_safe
def schema(request, version):
    """The description in OpenAPI."""
    if version not in versions():
        raise Http404
    return JsonResponse(describe_api(version))


@login_not_required
@require_safe
def page(request, version, schema):
    """The description to browse, and to try; ``schema`` is the address of the other one."""
    return render(request, "contactcenter_chat/api/docs.html", {"schema": f"contactcenter_chat:api:{schema}"})


def served():
    """Return the formats that are served, each with the module of its paths.

    One whose module is not as it must be is passed over, so that ``manage.py check`` can say what is wrong.
    """
    found = []
    for spoken in filter(attrgetter("urls"), formats()):
        try:
            found.append((spoken, urls_of(spoken)))
        except (ImportError, AttributeError, TypeError, ValueError):
            logger.exception("The format %s cannot be served", spoken.version)
    return found


def paths():
    """Return the paths of these pages, of every format that is served."""
    return [each for spoken, urls in served() for each in _paths_of(spoken, urls)]


def _paths_of(spoken, urls):
    address = urls.DESCRIPTION.address
    place, prefix = (f"api/{address}/", f"{address}-") if address else ("api/", "")
    about = {"version": spoken.version}
    return (
        path(f"{place}schema/", schema, about, name=f"{prefix}schema"),
        path(f"{place}docs/", page, about | {"schema": f"{prefix}schema"}, name=f"{prefix}docs"),
    )


def describe_api(version):
    """Return the description of the format with this version, with the limits of now; it is made once for these."""
    return _descriptions.get(format_for(version), limits())


def _describe(spoken, limits):
    # When it is used: the paths of these pages stand beside the wire's.
    urls = import_module(spoken.urls)
    about = urls.DESCRIPTION
    with patched_settings(
        {
            "TITLE": about.title,
            "DESCRIPTION": about.text,
            "VERSION": __version__,
            "APPEND_COMPONENTS": {"schemas": about.schemas.schemas(limits), "securitySchemes": about.schemas.SECURITY},
            "OAS_VERSION": "3.0.3",
            "SCHEMA_PATH_PREFIX": "",
            "SERVERS": [],
            "PREPROCESSING_HOOKS": [],
            "POSTPROCESSING_HOOKS": [],
        }
    ):
        description = Generator(patterns=urls.wire_paths).get_schema(public=True)
    description["paths"] = {
        _spelled(where, about.spell): _operations(item, about.spell) for where, item in description["paths"].items()
    }
    return description


def _spelled(where, spell):
    """Write the parameters in a path as the wire does."""
    parts = where.split("/")
    return "/".join(f"{{{spell(part[1:-1])}}}" if part.startswith("{") else part for part in parts)


def _operations(item, spell):
    """Write path parameters as the wire does."""
    for operation in item.values():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                parameter["name"] = spell(parameter["name"])
    return item
