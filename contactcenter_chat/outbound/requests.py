"""How do we call an address that somebody else chose, or a remote centre?

Never a private address (unless a setting allows it, or the operator chose the address), without following redirects,
with one deadline for all of it, and reading no more of the answer than is worth keeping.
"""

import string
import time
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from requests_hardened.ip_filter import InvalidIPAddress

from .. import __version__
from ..conf import settings
from ..exceptions import ContactCenterError
from ..signature import Signer, Transmission
from ..storable import storable
from .connections import PORTS, Place, Request, Streamed, exchange

HEADERS = {
    "User-Agent": f"django-contactcenter-chat/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",  # nothing to unpack, nothing that unpacks to gigabytes
}
OK = 200  # all that was asked for
REST_SECONDS = 1.0  # of the answer to a post, after the line with its status: all that counts has come
ANSWER_KEPT = 2000  # characters of an answer that are kept
ERROR_KEPT = 255  # characters of what went wrong


@dataclass(frozen=True)
class Response:
    """What came back: a status, or else an error. ``retry_after`` is in seconds, ``content`` what ``text`` begins."""

    duration_ms: int
    status: int | None = None
    error: str = ""
    text: str = field(default="", repr=False)  # its beginning; may be an access token
    retry_after: float | None = None
    refused: bool = False  # by us: the address is not one to call
    timed_out: bool = False  # there is no status, since it took too long
    content: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        """Whether there is an answer, and it says yes."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: dict[str, str]) -> Response:
    """Post bytes and return the Response, whatever happens on the way."""
    return request("POST", url, body, headers, rest_seconds=REST_SECONDS)


def post_signed(
    signer: Signer, transmission: Transmission, headers: dict[str, str] | None = None, *, uri: str, secret: str
) -> Response:
    """Post what a ``signature.Transmission`` holds, signed anew: with its time and the number of the attempt."""
    return post(uri, transmission.body, signer.headers(transmission, secret) | (headers or {}))


def request(
    method: str,
    url: str,
    body: bytes | Streamed = b"",
    headers: dict[str, str] | None = None,
    *,
    deadline: float | None = None,
    is_trusted: bool = False,
    answer_max: int | None = None,
    rest_seconds: float | None = None,
    is_patient: bool = False,
    into: Any = None,
) -> Response:
    """Make a request, with bytes or a Streamed body, and return the Response, whatever happens on the way.

    ``deadline`` is by the monotonic clock, CALLBACK_TIMEOUT from now by default; an address that the project's own
    settings name ``is_trusted`` and may be private. Of the answer no more than ``answer_max`` bytes are read, and
    nothing ``rest_seconds`` after the line with the status; an ``is_patient`` one waits for that until the deadline,
    though nothing moves for CALLBACK_TIMEOUT. All of a successful answer is written ``into`` something with ``write``;
    the ContactCenterError by which that refuses is raised, and what breaks off is an error.
    """
    started = time.monotonic()
    until = deadline or started + settings.CALLBACK_TIMEOUT
    allow_private = is_trusted or settings.ALLOW_PRIVATE_WEBHOOKS
    most = answer_max or settings.CALLBACK_ANSWER_MAX_BYTES
    call = Call(method, url, body, headers or {}, started, until, allow_private, most, rest_seconds, is_patient, into)
    try:
        return _answer_to(call)
    except InvalidIPAddress as error:
        return replace(failure(started, error), error=f"Refused: {error} is not a public address.", refused=True)
    except ContactCenterError:
        raise
    except Exception as error:  # whatever our libraries make of an address, or of what comes from there
        return failure(started, error)


def failure(started: float, error: Exception) -> Response:
    """The Response when there is none: what went wrong with a request that was begun then, by the monotonic clock."""
    told = storable(_describe(error))[:ERROR_KEPT]
    return Response(duration_ms=_elapsed(started), error=told, timed_out=isinstance(error, TimeoutError))


def seconds_to_wait(retry_after):
    """Return the seconds that a ``Retry-After`` header asks for (a number or a date), None when it says nothing."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        at = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(at.timestamp() - time.time(), 0.0)


@dataclass(frozen=True)
class Call:
    """One request, as above. Its address may be a signed link, its headers and body hold keys."""

    method: str
    url: str = field(repr=False)
    body: bytes | Streamed = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    started: float
    deadline: float
    allow_private: bool
    answer_max: int
    rest_seconds: float | None
    is_patient: bool = False
    into: object = None


def _answer_to(call):
    parts = urlsplit(call.url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("the address is not an http or https URL")
    place = Place(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], call.allow_private)
    asked = Request(call.method, _path(parts), HEADERS | call.headers, call.body)
    incoming = exchange(place, asked, call.deadline, call.rest_seconds, is_patient=call.is_patient)
    try:
        if call.into is not None and incoming.status == OK:
            content = b""
            for piece in incoming.pieces():
                call.into.write(piece)
        else:
            content = _beginning(incoming, call.answer_max)
    finally:
        incoming.close()
    return Response(
        duration_ms=_elapsed(call.started),
        status=incoming.status,
        text=_text(content),
        content=content,
        retry_after=seconds_to_wait(incoming.retry_after),
    )


def _path(parts):
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return path if path.isascii() else quote(path, safe=string.punctuation)


def _beginning(incoming, room):
    """Return the beginning of the answer's body.

    The status has come: whatever happens now changes nothing about it.
    """
    content = b""
    try:
        for piece in incoming.pieces():
            content += piece
            if len(content) >= room:
                break
    except OSError:
        pass
    return content[:room]


def _text(content):
    return storable(content.decode(errors="replace"))[:ANSWER_KEPT]


def _elapsed(started):
    return round((time.monotonic() - started) * 1000)


def _describe(error):
    """Say what went wrong in a line; the innermost cause knows best."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
