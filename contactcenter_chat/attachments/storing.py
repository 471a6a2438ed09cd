"""How is a file that somebody sends received, and where is it kept?

It is never in memory as a whole: what arrives goes to a temporary file, where its size, its hash and its type are
found, and from there to the storage.
"""

import codecs
import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Self

import puremagic
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext_noop as _

from ..conf import settings
from ..exceptions import TooLarge, Unavailable
from ..models import Attachment
from ..models.base import max_length

logger = logging.getLogger(__name__)

CHUNK = 65_536
HEAD_BYTES = 8_192  # of a file, enough to tell its type
SIGNATURE_BYTES = 3  # a match of fewer bytes says nothing
TEXT = "text/plain"
TYPE_MAX = max_length(Attachment, "content_type")
BYTES = "application/octet-stream"


class Received:
    """What has been received of a file, which ``add_attachment`` takes. Write to it, and ``close`` it in the end.

    It closes itself at the end of a ``with``. ``size`` is in bytes.
    """

    def __init__(self) -> None:
        with _room():
            self.file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)
        self.size = 0
        self._head = b""
        self._hash = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """Take more of the file. Raises TooLarge as soon as it is, Unavailable where it has no room."""
        self.size += len(chunk)
        if self.size > settings.ATTACHMENT_MAX_BYTES:
            raise too_large()
        self._head += chunk[: HEAD_BYTES - len(self._head)]
        self._hash.update(chunk)
        with _room():
            self.file.write(chunk)

    @property
    def sha256(self) -> str:
        """The hash of what was written, in hexadecimal digits."""
        return self._hash.hexdigest()

    def content_type(self, name: str) -> str:
        """Return the type that the file's first bytes show; its name decides only among those that fit them."""
        return content_type_of(self._head, name, whole=self.size <= HEAD_BYTES)

    def close(self) -> None:
        """Throw it away; whoever stores it does so before."""
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@contextmanager
def _room() -> Iterator[None]:
    """The folder for temporary files may be full, or not there."""
    try:
        yield
    except OSError as error:
        logger.exception("A file that is received could not be written down")
        raise not_stored() from error


def not_stored() -> Unavailable:
    """The exception for a file that there is no room for."""
    return Unavailable(_("The file could not be stored. Please try again."))


def too_large() -> TooLarge:
    """The exception for a file that is."""
    return TooLarge(_("A file may not be larger than %(most)s bytes."), most=settings.ATTACHMENT_MAX_BYTES)


def content_type_of(head: bytes, name: str = "", *, whole: bool = False) -> str:
    """Return the type that the first bytes of a file show.

    The name decides only among the types that fit the bytes, as a .docx and a .zip do. ``whole`` says that there are
    no more bytes.
    """
    for match in _matches(head, name):
        if len(match.byte_match) >= SIGNATURE_BYTES and match.mime_type:
            return str(match.mime_type)[:TYPE_MAX]
    return TEXT if _is_text(head, whole) else BYTES


def seconds_on_the_way(size: int) -> float:
    """How much longer than other requests one may take that brings so many bytes to or from a remote centre."""
    return size / settings.FILE_MIN_BYTES_PER_SECOND


def storage() -> Storage:
    """The storage of attachments."""
    return storages[settings.ATTACHMENT_STORAGE]


def keep(path: str, file: IO[bytes]) -> str:
    """Store a file, and return the path under which the storage has it."""
    file.seek(0)
    return storage().save(path, File(file))


class Pieces:
    """So many bytes of an open file from where it stands, piece by piece. ``close`` closes the file, begun or not.

    The first piece is read at once: many a storage opens a file only then, and a refusal can still be told.
    """

    def __init__(self, file: Any, size: int) -> None:
        self.left = size
        self.close = file.close
        self._read = file.read
        self._next = self._piece()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        chunk, self._next = self._next, b""
        if not chunk and self.left > 0:
            chunk = self._piece()
        if not chunk:
            self.close()
            raise StopIteration
        self.left -= len(chunk)
        return chunk

    def _piece(self) -> bytes:
        return self._read(min(CHUNK, self.left)) if self.left > 0 else b""


def _matches(head: bytes, name: str) -> list[Any]:
    try:
        return puremagic.magic_string(head, name)
    except (puremagic.PureError, ValueError):  # nothing is known of such bytes, or there are none
        return []


def _is_text(head: bytes, whole: bool) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character.isspace() for character in text)
