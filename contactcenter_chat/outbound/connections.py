"""How do a request and its answer travel?

Over a connection to an address that was checked when it was opened, which is kept for the next request to the same
place and shared by a process's threads. Everything has a deadline, however slowly the other side drips.

Answers are read by the parser of Node.js (``httptools``): a session of ``requests`` brings cookies, proxies and
log-ins of the environment, which are not wanted here, and takes six times as long, the standard library's client
twice, which at one post per event is felt.
"""

import re
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from ..conf import settings
from ..workers.process import kept
from .addresses import addresses_of

PORTS = {"http": 80, "https": 443}
KEPT = 100  # idle connections
KEPT_SECONDS = 30  # after that many receivers have closed it
READ_AT_ONCE = 65_536  # bytes
HEAD_MAX = 65_536  # bytes of an answer's head
FINAL = 200  # the least status of an answer; those below come before it
SWITCHED = 101  # an answer as well, after which the connection speaks something else
NOT_IN_A_LINE = re.compile(r"[\0\r\n]")
# Many receivers send the head of their answer and wait for our acknowledgement, which Linux puts off by 40 ms.
QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)


class Place(NamedTuple):
    """Where a connection leads. A private address is refused unless ``allow_private``."""

    scheme: str
    host: str
    port: int
    allow_private: bool

    def name(self):
        """The place as the Host header names it."""
        host = self.host if self.host.isascii() else self.host.encode("idna").decode()
        host = f"[{host}]" if ":" in host else host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Streamed:
    """A body that is never in memory as a whole: so many bytes, in pieces. What reading them raises is an OSError."""

    size: int
    pieces: Iterable[bytes]


@dataclass(frozen=True)
class Request:
    """What is sent: bytes, or a Streamed body. All but the method may hold what only the other side is to know."""

    method: str
    path: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes | Streamed = field(repr=False)


def exchange(place, request, deadline, rest_seconds=None, *, is_patient=False):
    """Send a Request; return its Incoming answer when the head has come.

    ``deadline`` is by the monotonic clock, for the answer's body as well; before it, the other side is given up when
    nothing moves for CALLBACK_TIMEOUT. What follows the line with the status has ``rest_seconds``, if that is given;
    without the rest there is an answer as well. An ``is_patient`` caller waits until the deadline for the answer to
    begin. A request with ``Connection: close`` has one of its own. It is to be closed.
    Raises OSError (InvalidIPAddress for a private address) and ValueError.
    """
    body = request.body
    is_streamed = isinstance(body, Streamed)
    size = body.size if is_streamed else len(body)
    usual = {"Host": place.name(), "Content-Length": str(size)}
    head = _head(request.method, request.path, usual | request.headers)
    is_alone = request.headers.get("Connection") == "close"
    connection = (None if is_alone else _idle.take(place)) or Connection(place)
    connection.deadline = deadline
    incoming = Incoming(connection, rest_seconds, is_alone=is_alone)
    try:
        refused = connection.send(head, body)
        incoming.read_head(refused, is_patient=is_streamed or is_patient)
    except BaseException:
        connection.close()
        raise
    return incoming


def _head(method, path, headers):
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if NOT_IN_A_LINE.search("".join(lines)) or " " in path:
        raise ValueError("the request's head would have other lines than it should")
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1")


class Connection:
    """A connection to a place, opened when it is first used; ``deadline`` is for what is under way on it."""

    def __init__(self, place):
        self.place = place
        self.deadline: Any = None
        self.sock: Any = None

    def send(self, head, body):
        """Send head and body as one, but for a Streamed one. Returns why the other side takes no more of that.

        It may have answered already.
        """
        if self.sock is None:
            self._open()
        if not isinstance(body, Streamed):
            return self._send(head + body)
        self._send(head)
        for piece in body.pieces:
            try:
                self._send(piece)
            except ConnectionError as error:
                return error
        return None

    def receive(self, *, is_patient=False):
        """Return some bytes that came, none at the end. A pause may be long if that is said."""
        self.sock.settimeout(_remaining(self.deadline) if is_patient else self._patience())
        if QUICK_ACK is not None:
            self.sock.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
        return self.sock.recv(READ_AT_ONCE)

    def is_open(self):
        """Whether the other side has not closed it, nor sent what nobody asked for."""
        readable, _, _ = select.select([self.sock], [], [], 0)
        return not readable

    def close(self):
        if self.sock is not None:
            self.sock.close()

    def _send(self, data):
        left = memoryview(data)
        while left:  # sendall over TLS begins its time anew with each record
            self.sock.settimeout(self._patience())
            left = left[self.sock.send(left) :]

    def _patience(self):
        return min(_remaining(self.deadline), settings.CALLBACK_TIMEOUT)

    def _open(self):
        scheme, host, port, allow_private = self.place
        until = min(self.deadline, time.monotonic() + settings.CALLBACK_CONNECT_TIMEOUT)
        addresses = addresses_of(host, port, allow_private=allow_private, seconds=_remaining(until))
        self.sock = _connected(addresses, port, until)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if scheme == "https":
            self.sock.settimeout(_remaining(until))
            self.sock = _tls().wrap_socket(self.sock, server_hostname=host)


class Endless(ConnectionError):
    """A head that is longer than any we read."""


class Incoming:
    """An answer on its way. Its ``status`` and ``retry_after`` are known; ``pieces`` are read when asked for."""

    def __init__(self, connection, rest_seconds, *, is_alone=False):
        self.status = None
        self.retry_after = None
        self.is_complete = False
        self._connection = connection
        self._rest_seconds = rest_seconds
        self._is_alone = is_alone
        self._may_stay = False  # whether the connection is good for another request
        self._has_status_line = False
        self._has_length = False
        self._is_broken = False
        self._is_hurried = False
        self._pieces = []
        self._parser: Any = HttpResponseParser(self)
        # What a receiver meant is clear in spite of a line end or a header that is not quite right.
        self._parser.set_dangerous_leniencies(lenient_headers=True, lenient_optional_cr_before_lf=True)

    def read_head(self, refused, *, is_patient):
        """Read until the head is complete. Without one, the reason is that the request was ``refused``, if it was.

        ``is_patient`` after a Streamed body: much of it may still be on its way when all is sent.
        """
        size = 0
        try:
            while self.status is None:
                data = self._connection.receive(is_patient=is_patient)
                size += len(data)
                if not data:
                    raise ConnectionError("closed in the head of the answer")
                if size > HEAD_MAX:
                    raise Endless("the head has no end")
                self._feed(data)
        except (OSError, ValueError) as error:
            if not (self._is_hurried and isinstance(error, TimeoutError | Endless) and self._take_status()):
                raise refused or error from None
            self._is_broken = True
        self._may_stay = self._may_stay and refused is None

    def pieces(self):
        """Yield the body as it comes. Raises OSError, also when it breaks off."""
        while True:
            yield from self._pieces
            self._pieces.clear()
            if self.is_complete:
                return
            data = b"" if self._is_broken else self._connection.receive()
            if data:
                self._feed(data)
            elif self._has_length or self._is_broken:
                raise ConnectionError("the answer broke off")
            else:
                self.is_complete = True

    def close(self):
        """Keep the connection for the next request, if all of this one's answer was read, else close it."""
        self._parser = None  # which knows its caller in turn
        if self.is_complete and self._may_stay:
            _idle.keep(self._connection)
        else:
            self._connection.close()

    def _feed(self, data):
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._may_stay = False
        except HttpParserError as error:
            self._may_stay = False
            self._is_broken = True
            if self.status is None and not self._take_status():  # what is wrong with a header does not take it back
                raise ConnectionError(f"not HTTP: {error}") from None
        self._hurry()

    def _hurry(self):
        """From the line with the status on, what is to come has a time of its own."""
        if self._rest_seconds is not None and not self._is_hurried and self._final_status():
            self._is_hurried = True
            self._connection.deadline = min(self._connection.deadline, time.monotonic() + self._rest_seconds)

    def _take_status(self):
        self.status = self.status or self._final_status()
        return self.status is not None

    def _final_status(self):
        status = self._parser.get_status_code() if self._has_status_line else 0
        return status if status >= FINAL or status == SWITCHED else None

    # What the parser calls.

    def on_message_begin(self):
        if self.is_complete:  # nobody asked for what comes now
            self._may_stay = False
        else:  # the first, or the one after an answer that only came before it
            self._has_status_line, self._has_length, self.retry_after = False, False, None

    def on_status(self, reason):
        self._has_status_line = True

    def on_header(self, name, value):
        self._has_status_line = True  # on_status is only called where words stand behind the number
        name = name.lower()
        if self.is_complete:
            return
        if name == b"retry-after":
            self.retry_after = value.decode("latin-1")
        elif name in (b"content-length", b"transfer-encoding"):
            self._has_length = True

    def on_headers_complete(self):
        self._has_status_line = True
        if self.status is None and self._take_status():
            self._may_stay = self._parser.should_keep_alive() and not self._is_alone

    def on_body(self, body):
        if not self.is_complete:
            self._pieces.append(body)

    def on_message_complete(self):
        self.is_complete = self.status is not None


class IdleConnections:
    """Connections that wait for the next request to the same place, the one used last at the end."""

    def __init__(self):
        self._lock = threading.Lock()
        self._kept = []  # (since, connection)

    def take(self, place):
        """Return one that is still open, None when there is none."""
        while (connection := self._pop(place)) is not None:
            if connection.is_open():
                return connection
            connection.close()
        return None

    def keep(self, connection):
        now = time.monotonic()
        with self._lock:
            self._kept.append((now, connection))
            stale = sum(now - since > KEPT_SECONDS for since, _ in self._kept)
            surplus = max(stale, len(self._kept) - KEPT)
            gone, self._kept = self._kept[:surplus], self._kept[surplus:]
        for _, old in gone:
            old.close()

    def close(self):
        """Let go of all of them, without the lock: after a fork nobody gives it back."""
        for _, connection in self._kept:
            connection.close()

    def _pop(self, place):
        with self._lock:
            for index in reversed(range(len(self._kept))):
                if self._kept[index][1].place == place:
                    return self._kept.pop(index)[1]
        return None


_idle = kept(IdleConnections)  # two processes must not talk on one connection


def _connected(addresses, port, until):
    """Return a socket connected to the first of these addresses that answers; each has its share of the time."""
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            return socket.create_connection((address, port), _remaining(until) / left)
        except OSError as error:
            refusal = error
    raise refusal


@cache
def _tls():
    return ssl.create_default_context()


def _remaining(deadline):
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError("timed out")
    return remaining
