"""Which files of Markdown are in a folder, or in a packed one? Read with limits, and never written anywhere."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from django.utils.translation import gettext_noop

from .table_reading import Unreadable

ENDING = ".md"
README = "readme.md"  # is about the folder
FILES_MOST = 5_000
FILE_BYTES_MOST = 200_000
BYTES_MOST = 20_000_000  # of all files
AT_ONCE = 64 * 1024


class TextFile(NamedTuple):
    """A file by its path in the folder, with ``/`` between its parts."""

    name: str
    content: bytes


# What is raised of a zip that is damaged, packed in another way, or locked; ValueError of names that are no text, too.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError),
    *(RuntimeError, OSError, ValueError, OverflowError),
)


def read_packed(content: bytes) -> list[TextFile]:
    """Return the files of a zip. Raises Unreadable for what is none, is too much, or leads out of the folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = [each for each in archive.infolist() if _is_wanted(each.filename)]
            _check_count(len(wanted))
            return _within_limits((each.filename, _unpacked(archive, each)) for each in wanted)
    except BROKEN as error:
        raise Unreadable(gettext_noop("This is no zip that can be read, or one with a password.")) from error


def read_folder(folder: Path) -> list[TextFile]:
    """Return the files of a folder and of those in it. Raises Unreadable for too much, or what leads out of it."""
    root = folder.resolve()
    paths = sorted(path for path in root.rglob(f"*{ENDING}") if path.is_file())
    names = [(path.relative_to(root).as_posix(), path) for path in paths]
    wanted = [(name, path) for name, path in names if _is_wanted(name)]
    _check_count(len(wanted))
    for name, path in wanted:
        if not path.resolve().is_relative_to(root):
            raise Unreadable(gettext_noop("%(name)s leads out of the folder."), name=name)
    return _within_limits((name, _of_disk(path)) for name, path in wanted)


def _is_wanted(name: str) -> bool:
    """Whether it is a file of Markdown, and none that a system has put there. Raises Unreadable."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
        raise Unreadable(gettext_noop("%(name)s leads out of the folder."), name=name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return name.lower().endswith(ENDING) and path.name.lower() != README and not hidden


def _check_count(count: int) -> None:
    if count > FILES_MOST:
        raise Unreadable(gettext_noop("There are more than %(count)d files."), count=FILES_MOST)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Piece by piece: what the head says of a file's size need not be true."""
    with archive.open(entry) as opened:
        while piece := opened.read(AT_ONCE):
            yield piece


def _of_disk(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        yield opened.read(FILE_BYTES_MOST + 1)


def _within_limits(files: Iterator[tuple[str, Iterator[bytes]]]) -> list[TextFile]:
    found, total = [], 0
    for name, pieces in files:
        content = b""
        for piece in pieces:
            content += piece
            total += len(piece)
            if len(content) > FILE_BYTES_MOST:
                raise Unreadable(
                    gettext_noop("%(name)s is larger than %(bytes)d bytes."), name=name, bytes=FILE_BYTES_MOST
                )
            if total > BYTES_MOST:
                raise Unreadable(gettext_noop("The files are larger than %(bytes)d bytes."), bytes=BYTES_MOST)
        found.append(TextFile(name.replace("\\", "/"), content))
    return sorted(found)
