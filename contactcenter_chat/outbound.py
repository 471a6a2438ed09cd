"""How do we post to an address that somebody else chose?

Never to a private address (unless the setting allows it), without following redirects, with one deadline for all of
it, and reading no more of the answer than is worth keeping. Connections are kept and shared by a process's threads.
"""

import io
import ipaddress
import os
import socket
import time
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPResponse

import requests
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from . import __version__
from .conf import settings

HEADERS = {
    "User-Agent": f"django-contactcenter-chat/{__version__}",
    "Accept-Encoding": "identity",  # nothing to unpack, nothing that unpacks to gigabytes
}
PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")  # what is given out for the internet; the rest has some special use
KEPT_HOSTS = 100  # hosts to which connections are kept
KEPT_PER_HOST = 50  # as many are opened as threads post there at once
ANSWER_KEPT = 2000  # characters of an answer that are kept
DRAINED_AT_ONCE = 8192  # bytes
# Many receivers send the head of their answer and wait for our acknowledgement, which Linux puts off by 40 ms.
QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or else an error. ``retry_after`` is in seconds."""

    duration_ms: int
    status: int | None = None
    error: str = ""
    text: str = ""  # its beginning
    retry_after: float | None = None
    refused: bool = False  # by us: the address is not one to post to


def post(url, body, headers):
    """Post bytes and return the Answer, whatever happens on the way."""
    started = time.monotonic()
    try:
        response = _send(url, body, headers)
    except InvalidIPAddress as error:
        return _failure(started, f"Refused: {error} is not a public address.", refused=True)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return _failure(started, _describe(error))
    text = _read(response)
    return Answer(
        duration_ms=_elapsed(started),
        status=response.status_code,
        text=text,
        retry_after=seconds_to_wait(response.headers.get("Retry-After")),
    )


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


class DeadlineReader(io.RawIOBase):
    """Reads a socket until a deadline. A socket's own timeout starts anew with every byte that drips in."""

    def __init__(self, sock):
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = time.monotonic() + sock.gettimeout()

    def readable(self):
        return True

    def readinto(self, buffer):
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(remaining)
        if QUICK_ACK is not None:
            self._sock.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
        return self._raw.readinto(buffer)

    def close(self):
        self._raw.close()
        super().close()


class DeadlineResponse(HTTPResponse):
    """Its timeout is for the whole answer; it starts when the request is sent."""

    def __init__(self, sock, *args, **kwargs):
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(DeadlineReader(sock))


class DeadlineConnection(HTTPConnection):
    response_class = DeadlineResponse


class DeadlineHTTPSConnection(HTTPSConnection):
    response_class = DeadlineResponse


class DeadlinePool(HTTPConnectionPool):
    ConnectionCls = DeadlineConnection


class DeadlineHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = DeadlineHTTPSConnection


class DeadlineAdapter(HTTPAdapter):
    """Sends wherever the URL leads."""

    def init_poolmanager(self, connections, maxsize, block=False, **kwargs):
        super().init_poolmanager(KEPT_HOSTS, KEPT_PER_HOST, block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": DeadlinePool, "https": DeadlineHTTPSPool}


class PublicAdapter(DeadlineAdapter, IPFilterAdapter):
    """Sends to public addresses only; the address that was checked is the one connected to."""

    def build_connection_pool_key_attributes(self, request, verify, cert=None):
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        address = ipaddress.ip_address(host["host"].strip("[]"))
        if address.version == 6 and address not in PUBLIC_IPV6:
            raise InvalidIPAddress(address)
        return host, pool


@cache
def _adapters(allow_private):
    if allow_private:
        return {"http": DeadlineAdapter(), "https": DeadlineAdapter()}
    return {"http": PublicAdapter(is_https_proto=False), "https": PublicAdapter(is_https_proto=True)}


os.register_at_fork(after_in_child=_adapters.cache_clear)  # two processes must not talk on one connection


def _send(url, body, headers):
    # Not by way of a session: that is where cookies, redirects, proxies and log-ins of the environment come in.
    request = requests.Request("POST", url, headers=HEADERS | headers, data=body).prepare()
    scheme, _, _ = request.url.partition(":")
    if scheme not in ("http", "https"):
        raise requests.exceptions.InvalidSchema(f"{scheme} is not http or https")
    adapter = _adapters(settings.ALLOW_PRIVATE_WEBHOOKS)[scheme]
    timeout = Timeout(connect=settings.CALLBACK_CONNECT_TIMEOUT, total=settings.CALLBACK_TIMEOUT)
    return adapter.send(request, stream=True, timeout=timeout)


def _read(response):
    """Return the beginning of the answer. The status has come: whatever happens now changes nothing about it."""
    chunks, room = [], settings.CALLBACK_ANSWER_MAX_BYTES
    try:
        while room > 0 and (chunk := response.raw.read(min(DRAINED_AT_ONCE, room))):
            chunks.append(chunk)
            room -= len(chunk)
    except (HTTPError, OSError):
        room = 0
    if room <= 0:
        response.close()  # there may be more, which the next request on this connection would take for its answer
    else:
        response.raw.release_conn()
    return b"".join(chunks).decode(errors="replace").replace("\0", "\ufffd")[:ANSWER_KEPT]


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
