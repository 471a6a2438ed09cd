"""Every address below a prefix, and every parameter that a page knows: to be asked for what no database keeps."""

from bs4 import BeautifulSoup
from django.urls import URLResolver, get_resolver
from django.urls.converters import get_converters

NUL = "\0"
ALWAYS = ("q", "tenant", "centre", "before", "after", "made up", "_changelist_filters", "csrfmiddlewaretoken")


def patterns(prefix, resolver=None, path="", namespaces=()):
    """Yield (name, route) of each address whose path begins with ``prefix``, as the URL configuration has them."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(prefix, pattern, route, (*namespaces, pattern.namespace))
        elif route.startswith(prefix):
            yield ":".join(filter(None, (*namespaces, pattern.name))), route


def parameters(route):
    """The names of a route's parts that vary, with what stands for them: {"object_id": "<path:object_id>"}."""
    parts = [part.partition(">")[0] for part in route.split("<")[1:]]
    assert all(part.partition(":")[0] in get_converters() for part in parts), route
    return {part.partition(":")[2]: f"<{part}>" for part in parts}


def filled(route, values):
    """The path of a route with these values."""
    for name, stands in parameters(route).items():
        route = route.replace(stands, values[name])
    return f"/{route}"


def fields(client, path):
    """What a page's forms and links can say, and what is always tried: names of parameters."""
    answer = client.get(path)
    names = set(ALWAYS)
    if answer.status_code == 200 and not answer.streaming:
        page = BeautifulSoup(answer.content, "html.parser")
        names |= {field["name"] for field in page.find_all(["input", "select", "textarea", "button"], {"name": True})}
        names |= {spec.parameter_name for spec in _filters(answer) if hasattr(spec, "parameter_name")}
    return sorted(names)


def _filters(answer):
    changelist = (answer.context or {}).get("cl")
    return changelist.filter_specs if changelist else ()
