"""How long from a message's commit to the agent's open desk, against a bare ASGI stream with one LISTEN?

STREAMS desks are open, RATE messages a second are committed by another process; then the same with rows of one table
and a NOTIFY in each transaction. Both run on uvicorn with one process and the same PostgreSQL.
``python -m benchmarks live``
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager

from .base import Row

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
os.environ.setdefault("CELERY_BROKER_URL", "memory://")

STREAMS = 200
RATE = 100  # messages a second
SECONDS = 20
WRITERS = 4  # threads
GOAL = 10  # times the floor's p99, at most
PATIENCE = 60  # seconds until everybody is there


def prepare():
    """Make STREAMS agents, each in a chat and logged in; return [(conversation id, cookie)]."""
    from django.conf import settings
    from django.test import Client

    from contactcenter_chat.models import Queue
    from tests.factories import accepted, make_agent, make_center, start_conversation

    center = make_center(f"bench{uuid.uuid4().hex[:8]}")
    Queue.objects.filter(pk=center.queue.pk).update(ring_seconds=300)
    desks = []
    for _ in range(STREAMS):
        agent = make_agent(center.tenant, center.queue, capacity=1, username=uuid.uuid4().hex)
        interaction = accepted(start_conversation(center.channel))
        client = Client()
        client.force_login(agent.user)
        name = settings.SESSION_COOKIE_NAME
        desks.append((interaction.conversation_id, f"{name}={client.cookies[name].value}"))
    return desks


@contextmanager
def uvicorn(application):
    """Serve an ASGI application in a process of its own; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", application, f"--port={port}", "--log-level=critical"]
    server = subprocess.Popen([*command, "--timeout-graceful-shutdown=1"])
    try:
        yield port
    finally:
        server.terminate()
        server.wait(30)


class Streams:
    """All open streams; notes when each event came."""

    def __init__(self, port):
        self.port = port
        self.came = {}  # "key number" -> seconds
        self.tasks = []

    async def open(self, path, cookie):
        reader, writer = await self._connect()
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
        writer.write(request.encode())
        await reader.readuntil(b"event: reload")
        self.tasks.append(asyncio.create_task(self._read(reader, writer)))

    async def _connect(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)

    async def _read(self, reader, writer):
        event = b""
        while line := await reader.readline():
            if line.startswith(b"event: "):
                event = line[7:].strip()
            elif event == b"chat" and line.startswith(b"data: "):
                self.came.setdefault(line[6:].strip().decode(), time.monotonic())


def measure(application, kind, paths):
    """Return the sorted waits, in milliseconds, from commit to stream."""
    with uvicorn(application) as port:
        return asyncio.run(_measure(port, kind, paths))


async def _measure(port, kind, paths):
    streams = Streams(port)
    await asyncio.gather(*(streams.open(path, cookie) for _key, path, cookie in paths))
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.live", kind),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    keys = "\n".join(key for key, _path, _cookie in paths)
    out, _err = await writer.communicate(keys.encode())
    await asyncio.sleep(3)  # what is late comes now, or by looking
    return sorted(_waits(json.loads(out), streams.came))


def _waits(committed, came):
    """How long each message took, in milliseconds. A later number of its conversation tells of it as well."""
    told = {}
    for event, at in came.items():
        key, number = event.split(" ")
        told.setdefault(key, []).append((int(number), at))
    for event, at in committed.items():
        key, number = event.split(" ")
        times = [came_at for newest, came_at in told.get(key, ()) if newest >= int(number)]
        if not times:
            raise RuntimeError(f"{event} was never told.")
        yield (min(times) - at) * 1000


def write(say):
    """Call ``say(key)``, which commits and returns the number, RATE times a second; print when each was committed."""
    from concurrent.futures import ThreadPoolExecutor

    keys, committed = sys.stdin.read().split(), {}

    def one(key):
        number = say(key)
        committed[f"{key} {number}"] = time.monotonic()

    started = time.monotonic()
    with ThreadPoolExecutor(WRITERS) as pool:
        for n in range(RATE * SECONDS):
            time.sleep(max(0, started + n / RATE - time.monotonic()))
            pool.submit(one, keys[n * 7 % len(keys)])
    json.dump(committed, sys.stdout)


def write_messages():
    import django

    django.setup()
    from contactcenter_chat.actions.messages import add_message

    write(lambda key: add_message(conversation_id=key, author_type="user", text="When does it begin?").number)


def write_rows():
    import itertools

    from psycopg_pool import ConnectionPool

    from benchmarks.bare.stream import CHANNEL

    numbers = itertools.count(1)
    with ConnectionPool(os.environ["DATABASE_URL"], min_size=WRITERS) as pool:

        def say(key):
            number = next(numbers)
            with pool.connection() as connection:
                connection.execute("INSERT INTO bare_line (key, number) VALUES (%s, %s)", [key, number])
                connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{key} {number}"])
            return number

        write(say)


def run():
    """Return the rows for the time from commit to an open desk."""
    import django
    import psycopg
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare_line (key text, number integer)")
    desks = prepare()
    bare = [(key, f"/{key}", "") for key, _cookie in desks]
    ours = [(key, "/desk/events/", cookie) for key, cookie in desks]
    floor = measure("benchmarks.bare.stream:application", "rows", bare)
    desk = measure("example_project.asgi:application", "messages", ours)
    what = f"commit to open desk, {STREAMS} streams, {RATE} messages/s"
    for name, share, goal in (("p50", 0.5, ""), ("p99", 0.99, f"≤ {GOAL}")):
        own, other = (waits[int(len(waits) * share)] for waits in (desk, floor))
        yield Row(f"{what}, {name}", own, "ms", f"bare stream, one LISTEN: {other:.1f} ms", own / other, goal)


if __name__ == "__main__":
    {"rows": write_rows, "messages": write_messages}[sys.argv[1]]()
