"""A client application's callback URL: a real HTTP server that answers as it is told and keeps what it got."""

import json
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 4096  # bytes that are taken at once over a slow line


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    path: str
    headers: dict
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def event(self):
        return json.loads(self.body)

    @property
    def event_id(self):
        return self.headers["x-8x8-event-id"]

    @property
    def token(self):
        return self.headers["x-8x8-signature"]

    @property
    def retry(self):
        return int(self.headers["x-8x8-retry"])


@dataclass(frozen=True)
class Say:
    """An answer: after ``seconds``, with ``pace`` seconds before each byte of the body.

    ``close`` ends the connection after it; ``extra`` is sent behind it.
    """

    status: int = 200
    headers: dict = field(default_factory=dict)
    body: bytes = b"ok"
    seconds: float = 0
    pace: float = 0
    close: bool = False
    extra: bytes = b""

    def to(self, handler):
        time.sleep(self.seconds)
        handler.send_response(self.status)
        if self.close:
            handler.send_header("Connection", "close")
        for name, value in {"Content-Length": str(len(self.body)), **self.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if not self.pace:
            handler.wfile.write(self.body)
        for byte in self.body if self.pace else b"":
            time.sleep(self.pace)
            handler.wfile.write(bytes([byte]))
        handler.wfile.write(self.extra)


@dataclass(frozen=True)
class SayRaw:
    """Bytes that need not be an answer; then the connection is closed, unless ``close`` is off. ``pace`` as above."""

    content: bytes = b""
    pace: float = 0
    close: bool = True

    def to(self, handler):
        for byte in self.content:
            time.sleep(self.pace)
            handler.wfile.write(bytes([byte]))
        handler.close_connection = self.close


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), OSError):  # a sender that goes away is part of the game
            super().handle_error(request, client_address)


class Receiver:
    """``answer`` is what it says: one answer, or a function of what it got. Use it in a ``with`` statement.

    ``rate`` is how many bytes per second it takes, as over a slow line.
    """

    def __init__(self, answer=None, tls=None, rate=None):
        self.answer = answer or Say()
        self.rate = rate
        self.got = []
        self.connections = 0
        self._open = []
        self._tls = tls
        self._arrived = threading.Condition()
        self._server = Server(("127.0.0.1", 0), self._handler())
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def port(self):
        return self._server.server_port

    @property
    def url(self):
        return f"https://localhost:{self.port}/callbacks" if self._tls else f"http://127.0.0.1:{self.port}/callbacks"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self._server.shutdown()
        self._server.server_close()
        self.close_connections()  # whose threads would wait for the next request as long as the process lives

    def wait_for(self, count, seconds=20):
        """Wait until so many requests have come; return them."""
        return self.wait_until(lambda got: len(got) >= count, seconds)

    def wait_until(self, is_enough, seconds=20):
        """Wait until what has come is enough; return it. Raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: is_enough(self.got), seconds):
                raise TimeoutError(f"Only {len(self.got)} requests after {seconds} s.")
            return list(self.got)

    def close_connections(self):
        """Close all connections without a word, as a server does that is tired of waiting."""
        for connection in self._open:
            with suppress(OSError):  # it is closed
                connection.shutdown(socket.SHUT_RDWR)

    def _note(self, got):
        with self._arrived:
            self.got.append(got)
            self._arrived.notify_all()

    def _handler(receiver):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                receiver.connections += 1
                receiver._open.append(self.connection)

            def do_POST(self):
                body = self.body(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Got(self.path, headers, body)
                receiver._note(got)
                answer = receiver.answer(got) if callable(receiver.answer) else receiver.answer
                try:
                    answer.to(self)
                except OSError:  # the sender has gone
                    self.close_connection = True

            def body(self, left):
                pieces = []
                while receiver.rate and left > PIECE:
                    pieces.append(self.rfile.read(PIECE))
                    left -= len(pieces[-1]) or left
                    time.sleep(PIECE / receiver.rate)
                return b"".join([*pieces, self.rfile.read(left)])

            do_GET = do_POST

            def log_message(self, *args):
                pass

        return Handler
