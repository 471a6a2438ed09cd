"""The least that can stream: an ASGI application with one LISTEN, which hands each notice to the stream it names."""

import asyncio
import contextlib
import os

import psycopg

CHANNEL = "bare_stream"
streams = {}  # key -> queue


async def application(scope, receive, send):
    """``/<key>`` is a stream of what is notified as ``<key> <text>``."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    queue = streams[scope["path"].strip("/")] = asyncio.Queue()
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"event: reload\ndata: -\n\n", "more_body": True})
    while True:
        body = f"event: chat\ndata: {await queue.get()}\n\n".encode()
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _live(receive, send):
    await receive()
    listening = asyncio.create_task(_listen())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    await send({"type": "lifespan.shutdown.complete"})


async def _listen():
    connection = await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True)
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for notice in connection.notifies():
            queue = streams.get(notice.payload.partition(" ")[0])
            if queue is not None:
                queue.put_nowait(notice.payload)
