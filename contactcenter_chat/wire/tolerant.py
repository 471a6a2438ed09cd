"""What do centres say to us? What their answers and callbacks have in common, read as tolerantly as can be."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..events import Event
from ..storable import storable

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
WORDS_MAX = 2000  # characters of a refusal that are kept
AGENT_MAX = 255  # characters of an agent's id or name that are kept; what is told on has them as the tables do


@dataclass(frozen=True)
class Envelope:
    """What every callback says about itself. ``said_at`` is None when it gives no time."""

    event_type: str
    conversation_id: str
    said_at: datetime | None


@dataclass(frozen=True)
class Heard:
    """A callback as a fact of ours; ``event`` is None for what is no fact: kept, and nothing follows from it.

    ``read_until`` is up to when the agent ``read_by`` has read what was said.
    """

    event: Event | None = None
    read_until: datetime | None = None
    read_by: str = ""


@dataclass(frozen=True)
class Typing:
    """Which agents type at this moment; none says that nobody does any more."""

    agent_ids: tuple[str, ...]


def text(members: Mapping[str, Any], name: str) -> str:
    """Return a member as text; numbers are taken for it, anything else is empty."""
    value = members.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return storable(str(value))


def inner(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a member that is an object; an empty one when it is none."""
    value = members.get(name)
    return value if isinstance(value, dict) else {}


def moment(value: Any) -> datetime | None:
    """Return a time given in milliseconds since 1970 (a number, or written as text) or in ISO 8601; else None."""
    try:
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float) or str(value).isdecimal():
            at = datetime.fromtimestamp(int(value) / 1000, UTC)
        else:
            at = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if EARLIEST < at < LATEST else None


def items(answer: Any, *names: str) -> list[dict[str, Any]]:
    """Return the objects of a list, however it is wrapped: ``data``, ``_embedded``, one of these names, or nothing."""
    if isinstance(answer, list):
        found = answer
    else:
        members = answer if isinstance(answer, dict) else {}
        places = [members.get("data"), *inner(members, "_embedded").values(), *(members.get(name) for name in names)]
        found = next((place for place in places if isinstance(place, list)), [])
    return [item for item in found if isinstance(item, dict)]


def parsed(content: bytes) -> Any:
    """Return what the JSON of an answer says, None when it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def words_of(content: bytes) -> str:
    """Return what a refusal says, in its own words; ``errors`` is a list of texts or objects, or one object."""
    return storable(_words(content, parsed(content)))[:WORDS_MAX]


def _words(content: bytes, body: Any) -> str:
    if isinstance(body, str):
        return body
    if not isinstance(body, dict):
        return content.decode(errors="replace").strip()
    fault = text(inner(body, "fault"), "faultstring")
    told = [fault, *(text(body, name) for name in ("message", "Error", "title", "detail")), *_errors(body)]
    return " ".join(dict.fromkeys(part.strip() for part in told if part.strip()))


def _errors(body: Mapping[str, Any]) -> Iterator[str]:
    errors = body.get("errors")
    for error in errors if isinstance(errors, list) else [errors]:
        if isinstance(error, dict):
            yield text(error, "message")
        elif isinstance(error, str):
            yield error
