"""How is a file sent while it is being made?"""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

END = object()


def download(request, chunks, filename, content_type):
    """Return an answer that sends the iterator ``chunks`` of text as a file, without holding it."""
    chunks = _asynchronous(chunks) if isinstance(request, ASGIRequest) else chunks
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _asynchronous(chunks):
    chunks = iter(chunks)
    while (chunk := await sync_to_async(next)(chunks, END)) is not END:
        yield chunk
