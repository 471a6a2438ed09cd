"""How is what a request brings read, to the end that it promised, and can it be stored?

WSGI servers do not say that the sender is gone, and Django takes what came of a form for all of it. By the time that a
view runs, Django has read the form, to see whether it is forged: who wants to know how it ended must watch it being
read, which ``watched`` does.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.utils.translation import gettext_noop as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ..exceptions import Invalid, NotFound
from ..storable import NUL, check_text

CHUNK = 65_536  # bytes
EPILOGUE_BYTES = 65_536  # what may follow a form's last boundary
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


def promised_length(request: HttpRequest) -> int | None:
    """How many bytes the body of a request is to have; None when it does not say so."""
    length = request.headers.get("content-length") or ""
    return int(length) if length.isascii() and length.isdecimal() else None


def cut_off() -> Invalid:
    """The exception for a body that was not sent to its end."""
    return Invalid(_("The request was cut off before its end."), field="body")


class Body:
    """A request's body, to be read. Raises Invalid where it ends before its end."""

    def __init__(self, request: HttpRequest) -> None:
        self.length = promised_length(request)
        # Django takes a body without a length (sent in chunks) for an empty one on WSGI, where the server says that it
        # knows the end.
        in_chunks = request.META.get("wsgi.input_terminated") and not request.headers.get("content-length")
        self._stream: Any = request.META["wsgi.input"] if in_chunks else request
        self._missing = self.length or 0

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, none only at the end."""
        try:
            chunk: bytes = self._stream.read(size)
        except OSError as error:  # servers' own errors are some of these
            raise cut_off() from error
        self._missing -= len(chunk)
        if not chunk and size and self._missing > 0:  # WSGI servers do not say that the sender is gone
            raise cut_off()
        return chunk


class Watched:
    """A form in parts as its parser reads it: to its last boundary, ``is_whole`` when that came.

    Django's parser does not mind when it is missing, and takes what follows it (RFC 2046: an epilogue, to be ignored)
    for one more part. That is read here and forgotten; with more than EPILOGUE_BYTES of it a form is not whole.
    """

    def __init__(self, stream: Any, boundary: bytes) -> None:
        self._stream = stream
        self._last = b"\r\n--" + boundary + b"--"
        self._before = b"\r\n"  # the end of what was read; the first boundary needs no line before it
        self._has_ended = False
        self.count = 0  # bytes read
        self.is_whole = False

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, none only at the end."""
        if self._has_ended:
            return b""
        chunk = self._take(size)
        seen = self._before + chunk
        found = seen.find(self._last)
        if found < 0:
            self._before = seen[1 - len(self._last) :]
            return chunk
        self._has_ended = True
        end = found + len(self._last) - len(self._before)
        self._forget_the_rest(EPILOGUE_BYTES - len(chunk[end:]))
        return chunk[:end]

    def _take(self, size: int) -> bytes:
        chunk: bytes = self._stream.read(size)
        self.count += len(chunk)
        return chunk

    def _forget_the_rest(self, most: int) -> None:
        while most >= 0 and (chunk := self._take(most + 1)):
            most -= len(chunk)
        self.is_whole = most >= 0


def drain(stream: Any, most: int) -> None:
    """Read what comes, at most so many bytes, and forget it."""
    while most > 0 and (chunk := stream.read(CHUNK)):
        most -= len(chunk)


def watched(view: Callable[..., Any]) -> Any:
    """A view of which ``check_request`` knows how far its forms were read.

    It sees to it by itself that a form is not forged, as views do that choose their own upload handlers: Django's
    middleware would read the form before. What a middleware of the project reads before all is not watched.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def watching(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and request.content_type == MULTIPART:
            _watch(request)
        return protected(request, *args, **kwargs)

    return watching


def check_request(request: HttpRequest, path: Mapping[str, str]) -> None:
    """Refuse what people ask with words that cannot be stored, and half of a form.

    ``path`` is {name: what stands in the address}. Raises NotFound for it, Invalid for a field of the query or of the
    form, as programs are told it, too.
    """
    for name, value in path.items():
        if NUL in value:
            raise NotFound(name, value)
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            check_text("".join((name, *values)), name)
    check_whole(request)


def check_whole(request: HttpRequest) -> None:
    """Refuse a form that ended before its end. Raises Invalid."""
    promised = promised_length(request) or 0
    if request.method != "POST" or not promised:
        return
    if request.content_type == URLENCODED and len(request.body) < promised:
        raise cut_off()
    if request.content_type == MULTIPART:
        request.POST  # noqa: B018  (is read now, unless it was)
        watching = getattr(request, "contactcenter_form", None)
        if watching is not None and not watching.saw_the_end_after(promised):
            raise cut_off()


class Watching(FileUploadHandler):
    """Has a form in parts read by Django as ever, by all other handlers, and watches."""

    request: Any

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.body: Watched | None = None

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        body: Any = Watched(input_data, boundary)
        self.body = body
        others = [each for each in self.request.upload_handlers if each is not self]
        return MultiPartParser(META, body, others, encoding).parse()

    def receive_data_chunk(self, raw_data, start):
        raise NotImplementedError  # the others have received all

    def file_complete(self, file_size):
        raise NotImplementedError

    def saw_the_end_after(self, promised: int) -> bool:
        """Whether so many bytes came, and the last boundary among them; true of what was never read."""
        return self.body is None or (self.body.count >= promised and self.body.is_whole)


def _watch(request: Any) -> None:
    watching = Watching(request)
    try:
        request.upload_handlers.insert(0, watching)
    except AttributeError:  # it has been read
        return
    request.contactcenter_form = watching
