"""How is a file of ours sent to a remote centre? In a form, read from the storage piece by piece."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import IO

from urllib3.fields import RequestField

from ..attachments import storing
from ..exceptions import Unavailable
from ..models import Attachment
from ..outbound.connections import Streamed


class FileForm:
    """A form (``multipart/form-data``) with some fields and an attachment's file, opened anew for each request."""

    def __init__(self, attachment: Attachment, file_field: str, fields: Mapping[str, str]) -> None:
        self._attachment = attachment
        # No file has it inside: the id was drawn when the file had come.
        self._boundary = f"contactcenter-{attachment.pk}"
        parts = [self._part(RequestField(name, b""), value.encode()) for name, value in fields.items()]
        file = RequestField(file_field, b"", filename=attachment.name)
        self._head = b"".join(parts) + self._part(file, b"", attachment.content_type)
        self._tail = f"\r\n--{self._boundary}--\r\n".encode()
        self.content_type = f"multipart/form-data; boundary={self._boundary}"

    @contextmanager
    def opened(self) -> Iterator[Streamed]:
        """Give the form as a body to send. Raises Unavailable."""
        size = self._attachment.size
        try:
            file = storing.storage().open(self._attachment.path)
        except Exception as error:  # whatever a storage raises
            raise Unavailable(f"The file {self._attachment.pk} could not be read.") from error
        with file:
            pieces = chain([self._head], _pieces(file, size), [self._tail])
            yield Streamed(len(self._head) + size + len(self._tail), pieces)

    def _part(self, field: RequestField, value: bytes, content_type: str | None = None) -> bytes:
        field.make_multipart(content_type=content_type)
        head = f"--{self._boundary}\r\n{field.render_headers()}".encode()
        return head + value + (b"" if content_type else b"\r\n")


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    try:
        pieces = storing.Pieces(file, size)
        yield from pieces
    except Exception as error:  # whatever a storage raises
        raise OSError("The file could not be read.") from error
    if pieces.left:
        raise OSError("The file is shorter than it was.")
