"""How do we call an address that somebody else chose, or a remote centre?

Never a private address (unless a setting allows it, or the operator chose the address), without following redirects,
with one deadline for all of it, and reading no more of the answer than is worth keeping. Connections are kept and
shared by a process's threads.

It is the standard library's HTTP client and not a session of ``requests``: that brings cookies, proxies and log-ins
of the environment, which are not wanted here, and takes three times as long, which at one post per event is felt.
"""

import ipaddress
import os
import select
import socket
import ssl
import string
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from urllib.parse import quote, urlsplit

import requests
from requests_hardened.ip_filter import InvalidIPAddress, filter_host

from . import __version__
from .conf import settings

HEADERS = {
    "User-Agent": f"django-contactcenter-chat/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",  # nothing to unpack, nothing that unpacks to gigabytes
}
PORTS = {"http": 80, "https": 443}
PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")  # what is given out for the internet; the rest has some special use
KEPT = 100  # idle connections
KEPT_SECONDS = 30  # after that many receivers have closed it
OK = 200  # all that was asked for
ANSWER_KEPT = 2000  # characters of an answer that are kept
READ_AT_ONCE = 8192  # bytes
FILE_AT_ONCE = 65_536
# Many receivers send the head of their answer and wait for our acknowledgement, which Linux puts off by 40 ms.
QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or else an error. ``retry_after`` is in seconds, ``content`` what ``text`` begins."""

    duration_ms: int
    status: int | None = None
    error: str = ""
    text: str = ""  # its beginning
    retry_after: float | None = None
    refused: bool = False  # by us: the address is not one to call
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Streamed:
    """A body that is never in memory as a whole: so many bytes, in pieces. What reading them raises is an OSError."""

    size: int
    pieces: Iterable[bytes]


def post(url, body, headers):
    """Post bytes and return the Answer, whatever happens on the way."""
    return request("POST", url, body, headers)


def request(method, url, body=b"", headers=None, *, deadline=None, is_trusted=False, answer_max=None, into=None):
    """Make a request, with bytes or a Streamed body, and return the Answer, whatever happens on the way.

    ``deadline`` is by the monotonic clock, CALLBACK_TIMEOUT from now by default; an address that the project's own
    settings name ``is_trusted`` and may be private. More than ``answer_max`` bytes of the answer are not read.
    All of a successful answer is written ``into`` something with ``write``, if that is given; what it raises is
    raised, and an answer that breaks off is an error.
    """
    started = time.monotonic()
    call = Call(
        method=method,
        url=url,
        body=body,
        headers=headers or {},
        started=started,
        deadline=deadline or started + settings.CALLBACK_TIMEOUT,
        allow_private=is_trusted or settings.ALLOW_PRIVATE_WEBHOOKS,
        answer_max=answer_max or settings.CALLBACK_ANSWER_MAX_BYTES,
        into=into,
    )
    try:
        return _answer_to(call)
    except InvalidIPAddress as error:
        return _failure(started, f"Refused: {error} is not a public address.", refused=True)
    except (HTTPException, requests.RequestException, OSError, ValueError) as error:
        return _failure(started, _describe(error))


def seconds_to_wait(retry_after):
    """Return the seconds that a ``Retry-After`` header asks for (a number or a date), None when it says nothing."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(at.timestamp() - time.time(), 0.0)


@dataclass(frozen=True)
class Call:
    """One request, as above."""

    method: str
    url: str
    body: bytes | Streamed
    headers: dict
    started: float
    deadline: float
    allow_private: bool
    answer_max: int
    into: object = None


def _answer_to(call):
    parts = urlsplit(call.url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"{call.url!r} is not an http or https URL")
    place = (parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], call.allow_private)
    connection = _idle.take(place) or Connection(*place)
    try:
        connection.deadline = call.deadline
        _ask(connection, call, _path(parts))
        response = connection.getresponse()
        if call.into is not None and response.status == OK:
            content, is_complete = b"", _pass_on(response, call.into)
        else:
            content, is_complete = _read(response, call.answer_max)
    except BaseException:
        connection.close()
        raise
    if is_complete and not response.will_close:
        _idle.keep(place, connection)
    else:
        connection.close()
    return Answer(
        duration_ms=_elapsed(call.started),
        status=response.status,
        text=_text(content),
        content=content,
        retry_after=seconds_to_wait(response.headers.get("Retry-After")),
    )


def _ask(connection, call, path):
    headers = HEADERS | call.headers
    if isinstance(call.body, Streamed):
        connection.pieces = call.body.pieces
        connection.request(call.method, path, None, headers | {"Content-Length": str(call.body.size)})
    else:
        connection.request(call.method, path, call.body, headers)


def _path(parts):
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return path if path.isascii() else quote(path, safe=string.punctuation)


def _read(response, room):
    """Return the beginning of the answer, and whether that was all of it.

    The status has come: whatever happens now changes nothing about it.
    """
    chunks = []
    try:
        while room > 0 and (chunk := response.read1(min(READ_AT_ONCE, room))):
            chunks.append(chunk)
            room -= len(chunk)
    except (HTTPException, OSError):
        room = 0
    response.close()  # the connection's next request waits for this
    return b"".join(chunks), room > 0


def _pass_on(response, into):
    """Write all of the answer into something. Raises what that raises, and HTTPException when it breaks off."""
    while chunk := response.read1(FILE_AT_ONCE):
        into.write(chunk)
    if response.length:
        raise HTTPException(f"{response.length} bytes of the answer are missing")
    response.close()
    return True


def _text(content):
    return content.decode(errors="replace").replace("\0", "\ufffd")[:ANSWER_KEPT]


class DeadlineReader(RawIOBase):
    """Reads an answer until a deadline. A socket's own timeout starts anew with every byte that drips in."""

    def __init__(self, sock, deadline):
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline
        self._is_first = True
        self.in_head = True

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self._is_first:  # sending has just set it
            self._sock.settimeout(_remaining(self._deadline))
        self._is_first = False
        if QUICK_ACK is not None:
            self._sock.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
        count = self._raw.readinto(buffer)
        if count == 0 and self.in_head:  # the library would take what has come for all of it
            raise ConnectionError("closed in the head of the answer")
        return count

    def close(self):
        self._raw.close()
        super().close()


class Connection(HTTPConnection):
    """A connection to an address that was checked when it was opened; ``deadline`` is for what is under way on it."""

    def __init__(self, scheme, host, port, allow_private):
        super().__init__(host, port)
        self.is_secure = scheme == "https"
        self.default_port = PORTS[scheme]  # left out of the Host header
        self.allow_private = allow_private
        self.deadline = None
        self.pieces = ()  # of a streamed body
        self._unsent = []
        self._reader = None

    def connect(self):
        address = self.host if self.allow_private else public_address(self.host, self.port)
        remaining = min(settings.CALLBACK_CONNECT_TIMEOUT, _remaining(self.deadline))
        self.sock = socket.create_connection((address, self.port), remaining)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.is_secure:
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self.host)

    def send(self, data):
        self._unsent.append(data)

    def getresponse(self):
        """Send head and body as one, but for a streamed one; return the answer when its head has come."""
        if self.sock is None:
            self.connect()
        self.sock.settimeout(_remaining(self.deadline))
        super().send(b"".join(self._unsent))
        self._unsent.clear()
        refused = self._send_pieces()
        try:
            response = super().getresponse()
        except (HTTPException, OSError) as error:
            raise refused or error from None
        self._reader.in_head = False
        response.will_close = response.will_close or refused is not None
        return response

    def _send_pieces(self):
        """Send a streamed body. Returns why the other side takes no more of it: it may have answered already."""
        pieces, self.pieces = self.pieces, ()
        for piece in pieces:
            self.sock.settimeout(_remaining(self.deadline))
            try:
                super().send(piece)
            except ConnectionError as error:
                return error
        return None

    def response_class(self, sock, *args, **kwargs):
        return HTTPResponse(self, *args, **kwargs)

    def makefile(self, mode):
        """What the answer is read from."""
        self._reader = DeadlineReader(self.sock, self.deadline)
        return BufferedReader(self._reader)

    def is_open(self):
        """Whether the other side has not closed it, nor sent what nobody asked for."""
        readable, _, _ = select.select([self.sock], [], [], 0)
        return not readable


class IdleConnections:
    """Connections that wait for the next post to the same place, the one used last at the end."""

    def __init__(self):
        self._lock = threading.Lock()
        self._kept = []  # (since, place, connection)

    def take(self, place):
        """Return one that is still open, None when there is none."""
        while (connection := self._pop(place)) is not None:
            if connection.is_open():
                return connection
            connection.close()
        return None

    def keep(self, place, connection):
        now = time.monotonic()
        with self._lock:
            self._kept.append((now, place, connection))
            stale = sum(now - since > KEPT_SECONDS for since, _, _ in self._kept)
            surplus = max(stale, len(self._kept) - KEPT)
            gone, self._kept = self._kept[:surplus], self._kept[surplus:]
        for _, _, old in gone:
            old.close()

    def _pop(self, place):
        with self._lock:
            for index in reversed(range(len(self._kept))):
                if self._kept[index][1] == place:
                    return self._kept.pop(index)[2]
        return None


_idle = IdleConnections()
os.register_at_fork(after_in_child=_idle.__init__)  # two processes must not talk on one connection


def public_address(host, port):
    """Return the address of a host, as it is now, to connect to. Raises InvalidIPAddress when it is not public."""
    address = filter_host(host, port, allow_loopback=False).strip("[]")
    ip = ipaddress.ip_address(address)
    if ip.version == 6 and ip not in PUBLIC_IPV6:
        raise InvalidIPAddress(ip)
    return address


@cache
def _tls():
    return ssl.create_default_context()


def _remaining(deadline):
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError("timed out")
    return remaining


def _failure(started, error, *, refused=False):
    return Answer(duration_ms=_elapsed(started), error=error[:255], refused=refused)


def _elapsed(started):
    return round((time.monotonic() - started) * 1000)


def _describe(error):
    """Say what went wrong in a line; the innermost cause knows best."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
