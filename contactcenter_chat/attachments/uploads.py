"""How is a large body of a request read? Piece by piece, no further than it is wanted."""

from contextlib import contextmanager

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext_noop as _

from ..conf import settings
from ..exceptions import Invalid, TooLarge
from .storing import CHUNK, Received, too_large

AROUND_BYTES = 65_536  # what may stand around a file in a form
DRAINED_BYTES = 4 * 1024 * 1024  # read and thrown away after a refusal: who is still sending would not read the answer


def body_of(request):
    """The request's body, to be read."""
    # Django takes a body without a length (sent in chunks) for an empty one on WSGI, where the server says that it
    # knows the end.
    if request.META.get("wsgi.input_terminated") and not request.headers.get("content-length"):
        return request.META["wsgi.input"]
    return request


def drain(stream, most):
    """Read what comes, at most so many bytes, and forget it."""
    while most > 0 and (chunk := stream.read(CHUNK)):
        most -= len(chunk)


@contextmanager
def received(request):
    """Receive the file that a request's body is; gives the ``storing.Received``. Raises TooLarge."""
    with _bounded(request, 0) as body, Received() as file:
        while chunk := body.read(CHUNK):
            file.write(chunk)
        yield file


@contextmanager
def received_in_form(request, name):
    """Receive the file in this field of a form (``multipart/form-data``).

    Gives the ``storing.Received``, the file's name and the other fields. Raises Invalid, TooLarge.
    """
    with _bounded(request, AROUND_BYTES) as body, Received() as file:
        handler = OneFile(name, file)
        # The parser asks whether there is a body at all, by its length; of one in chunks nobody knows it.
        meta = {**request.META, "CONTENT_LENGTH": request.headers.get("content-length") or "1"}
        try:
            fields, _files = MultiPartParser(meta, body, [handler]).parse()
        except MultiPartParserError as error:
            raise Invalid(_("The body must be multipart/form-data with a file."), field=name) from error
        if handler.taken is None:
            raise Invalid(_("May not be empty."), field=name, code="required")
        yield file, handler.taken, fields


class OneFile(FileUploadHandler):
    """Takes the first file of one field, and no other."""

    chunk_size = CHUNK

    def __init__(self, wanted, received):
        super().__init__()
        self.wanted = wanted
        self.received = received
        self.taken = None  # the file's name

    def new_file(self, field_name, file_name, *args, **kwargs):
        super().new_file(field_name, file_name, *args, **kwargs)
        if field_name != self.wanted or self.taken is not None:
            raise SkipFile()
        self.taken = file_name

    def receive_data_chunk(self, raw_data, start):
        self.received.write(raw_data)

    def file_complete(self, file_size):
        return None


class Bounded:
    """A stream that refuses to be read further than so many bytes."""

    def __init__(self, stream, most):
        self._stream = stream
        self._left = most

    def read(self, size):
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise too_large()
        return chunk


@contextmanager
def _bounded(request, around):
    most = settings.ATTACHMENT_MAX_BYTES + around
    stream = body_of(request)
    try:
        if int(request.headers.get("content-length") or 0) > most:
            raise too_large()
        yield Bounded(stream, most)
    except TooLarge:
        drain(stream, DRAINED_BYTES)
        raise
