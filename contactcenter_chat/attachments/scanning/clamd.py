"""How does ClamAV's daemon look at a file? It is sent in pieces over a socket (INSTREAM) and answers in one line.

Its ``StreamMaxLength`` must not be below ATTACHMENT_MAX_BYTES: it refuses to judge what is larger.
"""

import socket
from typing import IO

from ...conf import settings
from .base import Scanner

TIMEOUT = 60.0  # seconds without a sign of life
CHUNK = 65_536
ANSWER_MAX_BYTES = 4_096
CLEAN = "OK"
FOUND = " FOUND"


class ClamdError(Exception):
    """The daemon could not judge the file."""


class Clamd(Scanner):
    """Asks the daemon at CLAMD_ADDRESS."""

    def scan(self, file: IO[bytes]) -> str:
        with _connected(settings.CLAMD_ADDRESS) as connection:
            connection.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
            connection.sendall(bytes(4))
            return _verdict(_answer(connection))


def _connected(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(TIMEOUT)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_MAX_BYTES and (more := connection.recv(CHUNK)):
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace")


def _verdict(answer: str) -> str:
    told = answer.removeprefix("stream: ")
    if told == CLEAN:
        return ""
    if told.endswith(FOUND):
        return told.removesuffix(FOUND)
    raise ClamdError(answer or "no answer")
