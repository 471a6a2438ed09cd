"""How does a body look on any wire, and which module knows a version's shapes?

A format is a module with ``event_body(event, *, conversation_id, at)``, which returns the callback's body as a
dictionary or None when the format does not tell of that event, and ``verify_body(version)``. What a remote centre is
told is a format too: its bodies are commands, with the wire's own request inside.
"""

import json
from datetime import UTC
from importlib import import_module

FORMATS = {
    "v2.0": "contactcenter_chat.wire.chat_api_v2",
    "Chat Gateway v1.0": "contactcenter_chat.wire.chat_gateway_v1",
    "to v2.0": "contactcenter_chat.wire.chat_api_v2.outgoing",
    "to Chat Gateway v1.0": "contactcenter_chat.wire.chat_gateway_v1.outgoing",
}

# What a remote centre is told to do
START = "start"
MESSAGE = "message"
UPDATE = "update"
LEAVE = "leave"
COMMANDS = (START, MESSAGE, UPDATE, LEAVE)


def format_for(version):
    """Return the module that knows the shapes of this webhook version. Raises KeyError."""
    return import_module(FORMATS[version])


def encode(body):
    """Return the body as compact JSON in raw UTF-8: receivers parse and re-serialise it to compute the checksum."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def command(name, request=None):
    """Return the body of a delivery to a remote centre; ``request`` is the body of the wire's own request."""
    return {"eventType": name, "request": request or {}}


def milliseconds(at):
    """Return an aware datetime as whole milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def iso_time(at):
    """Return an aware datetime as ISO 8601 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
