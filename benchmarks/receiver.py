"""A receiver that costs little: counts what it gets, and how long ago that was recorded.

python -m benchmarks.receiver [dribbles|hangs]; ``GET /`` gives what was counted since the last time, as JSON. One that
dribbles says 200 at once and then a byte of its body a second; one that hangs says nothing.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
RECORDED_AT = re.compile(rb'"timestamp":(\d+)')  # milliseconds


class Counts:
    def __init__(self):
        self.times = []  # of each arrival
        self.waits = []  # milliseconds since the event was recorded


class Protocol(asyncio.Protocol):
    counts = Counts()

    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(HEAD_END)) >= 0:
            head = self.buffer[:end]
            length = LENGTH.search(head)
            stop = end + len(HEAD_END) + (int(length[1]) if length else 0)
            if len(self.buffer) < stop:
                return
            body, self.buffer = self.buffer[end:stop], self.buffer[stop:]
            self.answer(head, body)

    def answer(self, head, body):
        said = b"ok"
        if head.startswith(b"GET"):
            said, Protocol.counts = json.dumps(vars(self.counts)).encode(), Counts()
        else:
            self.count(body)
        closes = b"connection: close" in head.lower()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s"
            % (len(said), b"Connection: close\r\n" if closes else b"", said)
        )
        if closes:
            self.transport.close()

    def count(self, body):
        now = time.time()
        self.counts.times.append(now)
        if recorded := RECORDED_AT.search(body):
            self.counts.waits.append(now * 1000 - int(recorded[1]))


class Dribbling(Protocol):
    def answer(self, head, body):
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        self.dribble()

    def dribble(self):
        if not self.transport.is_closing():
            self.transport.write(b"x")
            asyncio.get_running_loop().call_later(1, self.dribble)


class Hanging(Protocol):
    def answer(self, head, body):
        pass


PROTOCOLS = {"": Protocol, "dribbles": Dribbling, "hangs": Hanging}


class Receiver:
    """What a benchmark knows of a receiver that runs."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/callbacks"

    def counts(self):
        """Return the times of arrival and the waits since the last call."""
        with urllib.request.urlopen(self.url, timeout=10) as answer:  # noqa: S310
            counts = json.load(answer)
        return counts["times"], counts["waits"]


@contextmanager
def receiver(manner=""):
    """Run a receiver in a process of its own; ``manner`` is one of PROTOCOLS."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.receiver", manner], stdout=subprocess.PIPE)
    try:
        yield Receiver(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def main(manner=""):
    server = await asyncio.get_running_loop().create_server(PROTOCOLS[manner], "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
