"""How is a file sent while it is being made?"""

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

END = object()


def download(request, chunks, filename, content_type):
    """Return an answer that sends the iterator ``chunks`` of text as a file, without holding it."""
    response = StreamingHttpResponse(as_sent(request, chunks), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def as_sent(request, chunks):
    """Return the iterator as the server of this request takes it: an ASGI server would read a plain one as a whole."""
    return Asynchronous(chunks) if isinstance(request, ASGIRequest) else chunks


class Asynchronous:
    """An iterator read in a thread, piece by piece; closed with the answer, begun or not."""

    def __init__(self, chunks):
        self._chunks: Any = iter(chunks)

    def __aiter__(self):
        return self

    async def __anext__(self):
        chunk = await sync_to_async(self._next)()
        if chunk is END:
            raise StopAsyncIteration
        return chunk

    def close(self):
        self._chunks.close()

    def _next(self):
        return next(self._chunks, END)
