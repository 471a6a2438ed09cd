"""What is a wire format, which ones are spoken, and how does a body look on any of them?

A format's package declares one ``FORMAT``: all that others need to know of it. The setting WIRE_FORMATS names them by
their dotted paths. What a remote centre is told is a ``Telling`` too: its bodies are commands, with the wire's own
request inside.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from ..conf import settings
from ..events import Event
from .ecmascript import rewritten

logger = logging.getLogger(__name__)

# What a remote centre is told to do
START = "start"
MESSAGE = "message"
UPDATE = "update"
LEAVE = "leave"
COMMANDS = (START, MESSAGE, UPDATE, LEAVE)
CONTROL_HEADER = "X-Contactcenter-Control"  # ours, on every wire: under which epoch of control something was said
COMMAND = "command"  # the member of such a body that says which

# What JavaScript may write otherwise: a fraction, an exponent, a long number, a name of digits. Where it finds such in
# the middle of a text, nothing comes of it.
WRITTEN_OTHERWISE = re.compile(r'(?:^|":|[\[,])-?\d(?:\d*[.eE]|\d{15})|[{,]"\d+":')


@dataclass(frozen=True)
class DataKey:
    """What a client filters by, where it is a value of the customer's data."""

    name: str


@dataclass(frozen=True)
class Listing:
    """The names by which a client filters and sorts a list, each with ours: a path of the model, or a DataKey."""

    filters: Mapping[str, str | DataKey] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CustomerNames:
    """What a client calls what is known of a customer."""

    own_ids: tuple[str, ...]  # the business's own id of the person; the first that is there counts
    name: str
    email: str
    email_verified: str  # says whether the e-mail address is verified
    company: str
    language: str
    opted_out: str = (
        ""  # says whether the customer wants no conversations that the business begins; empty: nothing does
    )
    usual: frozenset[str]  # keys that the format names; CUSTOMER_MAX_KEYS says how many more there may be


@dataclass(frozen=True, kw_only=True, eq=False)
class Telling:
    """How whoever follows a conversation is told of its facts."""

    version: str  # of a webhook that is told so
    event_body: Callable[..., dict[str, Any] | None]  # (event, *, conversation_id, at); None for what is not told
    tells: frozenset[type[Event]]  # the facts of which it tells at all
    type_member: str  # of a body: which kind of event it is
    event_types: tuple[str, ...]  # the kinds that there are
    fills: frozenset[str] = frozenset()  # fields of events that ``actions.recording`` is to fill in before
    typing_body: Callable[..., dict[str, Any]] | None = None  # (agent_ids, *, conversation_id, at); if it tells that
    thinking_body: Callable[..., dict[str, Any]] | None = None  # (bots, *, conversation_id, at); if it tells that


@dataclass(frozen=True, kw_only=True, eq=False)
class Format(Telling):
    """A wire format: how a client application is told, and what it calls things; ``version`` is the wire's own."""

    label: str | Promise  # for people
    verify_body: Callable[[str], dict[str, Any]]  # (version): what proves that an address answers
    takes_post_agent: bool = False  # whether a bot behind such a webhook can have a conversation after its agent
    customer: CustomerNames
    # What it calls our models, where it calls them otherwise.
    resources: Mapping[str, str] = field(default_factory=dict)
    # Its lists by what they are of: webhook, channel, conversation, message, attachment, card.
    lists: Mapping[str, Listing] = field(default_factory=dict)
    # Its fields by the words of the verbs that refuse them, for each of channel, conversation, post_agent.
    refused: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    urls: str = ""  # the module with ``wire_paths``, ``unknown_paths``, ``DESCRIPTION``; empty: it is only told
    outgoing: Telling | None = None  # what a remote centre that serves this format is told


def formats() -> tuple[Format, ...]:
    """Return the formats that the settings name, in that order."""
    return _load(_named())


def _named() -> tuple[str, ...]:
    """The paths in the settings; none where they are of a wrong shape, so that ``manage.py check`` can say so."""
    given = settings.WIRE_FORMATS
    return tuple(map(str, given)) if isinstance(given, tuple | list) else ()


def format_for(version: str) -> Any:
    """Return the Format of this version, or the Telling of a remote centre. Raises KeyError for an unknown one."""
    return _by_version(_named())[version]


def known_format(version: str) -> Any:
    """The same; None for an unknown one, which the settings named when a webhook of it was made, and name no more."""
    found = _by_version(_named()).get(version)
    if found is None:
        logger.error("No format of WIRE_FORMATS has the version %s; whoever wants it is told nothing.", version)
    return found


def urls_of(spoken: Format) -> ModuleType:
    """Return the module with a format's paths. Raises ImportError, and AttributeError for a name that it lacks."""
    urls = import_module(spoken.urls)
    for name in ("wire_paths", "unknown_paths", "DESCRIPTION"):
        getattr(urls, name)
    return urls


def label_of(version: str) -> str:
    """Return what people call the format of this version, a remote centre's too; else the version itself."""
    labels = {told.version: each.label for each in formats() for told in (each, each.outgoing) if told}
    return str(labels.get(version, version))


def versions(has: Callable[[Format], Any] = bool) -> list[str]:
    """Return the versions a webhook can have, of the formats for which ``has`` is true."""
    return [each.version for each in formats() if has(each)]


@cache
def _load(paths: tuple[str, ...]) -> tuple[Format, ...]:
    return tuple(loaded for path in paths if (loaded := _loaded(path)))


def _loaded(path: str) -> Format | None:
    """The format at this path; a wrong one is passed over, so that ``manage.py check`` can say what is wrong."""
    try:
        found = import_string(path)
    except Exception:  # of whatever is imported for it
        logger.exception("WIRE_FORMATS names %r, which cannot be loaded", path)
        return None
    return found if isinstance(found, Format) else None


@cache
def _by_version(paths: tuple[str, ...]) -> dict[str, Telling]:
    told = [each for spoken in _load(paths) for each in (spoken, spoken.outgoing)]
    return {each.version: each for each in told if each}


def facts_of(told: Any) -> frozenset[type[Event]]:
    """Return the facts for which a ``singledispatch`` function has an answer."""
    return frozenset(told.registry) - {object}


def encode(body: Any) -> str:
    """Return the body as compact JSON in raw UTF-8, as JavaScript writes it.

    Receivers parse it and write it anew to compute the checksum.
    """
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return rewritten(text) if WRITTEN_OTHERWISE.search(text) else text


def command(name: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the body of a delivery to a remote centre; ``request`` is the body of the wire's own request."""
    return {COMMAND: name, "request": request or {}}


def milliseconds(at: datetime) -> int:
    """Return an aware datetime as whole milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def iso_time(at: datetime) -> str:
    """Return an aware datetime as ISO 8601 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
