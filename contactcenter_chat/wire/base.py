"""How does a body look on any wire, and which module knows a version's shapes?

A format is a module with ``event_body(event, *, conversation_id, at)``, which returns the callback's body as a
dictionary or None when the format does not tell of that event, and ``verify_body(version)``.
"""

import json
from importlib import import_module

FORMATS = {"v2.0": "contactcenter_chat.wire.chat_api_v2"}


def format_for(version):
    """Return the module that knows the shapes of this webhook version. Raises KeyError."""
    return import_module(FORMATS[version])


def encode(body):
    """Return the body as compact JSON in raw UTF-8: receivers parse and re-serialise it to compute the checksum."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def milliseconds(at):
    """Return an aware datetime as whole milliseconds since 1970."""
    return int(at.timestamp() * 1000)
