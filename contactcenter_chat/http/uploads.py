"""How is a file received that a request brings? Within limits, whatever the server, as the body or in a form."""

from contextlib import contextmanager, suppress
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_noop as _

from ..attachments.storing import Received, too_large
from ..conf import settings
from ..exceptions import Invalid, TooLarge
from .requests import CHUNK, EPILOGUE_BYTES, Body, Watched, cut_off, drain

AROUND_BYTES = 65_536 + EPILOGUE_BYTES  # what may stand around a file in a form
DRAINED_BYTES = 4 * 1024 * 1024  # read and thrown away after a refusal: who is still sending would not read the answer


@contextmanager
def received(request):
    """Receive the file that a request's body is; gives the ``attachments.storing.Received``. Raises TooLarge."""
    with _bounded(request, 0) as body, Received() as file:
        while chunk := body.read(CHUNK):
            file.write(chunk)
        yield file


@contextmanager
def received_in_form(request, name):
    """Receive the file in this field of a form (``multipart/form-data``).

    Gives the ``attachments.storing.Received``, the file's name and the other fields. Raises Invalid, TooLarge.
    """
    with _bounded(request, AROUND_BYTES) as body, Received() as file:
        handler = OneFile(name, file)
        # The parser asks whether there is a body at all, by its length; of one in chunks nobody knows it.
        meta = {**request.META, "CONTENT_LENGTH": request.headers.get("content-length") or "1"}
        try:
            form: Any = Watched(body, _boundary(request.headers.get("content-type", "")))
            fields, _files = MultiPartParser(meta, form, [handler]).parse()
        except MultiPartParserError as error:
            raise Invalid(_("The body must be multipart/form-data with a file."), field=name) from error
        if not form.is_whole:
            raise cut_off()
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
    stream = Body(request)
    try:
        if (stream.length or 0) > most:
            raise too_large()
        yield Bounded(stream, most)
    except TooLarge:
        with suppress(Invalid):  # whether the rest comes makes no difference
            drain(stream, DRAINED_BYTES)
        raise


def _boundary(content_type):
    return parse_header_parameters(content_type)[1].get("boundary", "").encode()  # without one, the parser refuses it
