"""What does a table hold that a spreadsheet has saved, whichever way it does that?

UTF-8, or UTF-16 as "Unicode text"; separated by commas, semicolons or tabs, as a first line ``sep=;`` says or the
header shows; with columns and rows behind the last that are empty.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..exceptions import ContactCenterError
from ..storable import NUL
from .cells import without_apostrophes

MAX_BYTES = 1_000_000
MAX_LINES = 5_000
MAX_COLUMNS = 200
SEPARATORS = ",;\t"
SAYS_SEPARATOR = re.compile(rf'"?sep=([{SEPARATORS}])"?\r?\n', re.IGNORECASE)
LINE_END = re.compile(r"\r\n?|\n")


class Complaint(NamedTuple):
    """What is wrong, and where: the number of the line, and the column's name unless it is the whole line."""

    line: int
    column: str
    message: str


class Unreadable(ContactCenterError):
    """The file cannot be read."""

    def __init__(self, message: str, *, line: int = 1, **places: Any) -> None:
        super().__init__(message, **places)
        self.line = line


class Row(NamedTuple):
    """A line's cells by the names of their columns; ``number`` is that of the line in which it begins."""

    number: int
    cells: dict[str, str]


def text_of(content: bytes) -> str:
    """Return what a file says. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(gettext_noop("The file is larger than %(bytes)d bytes."), bytes=MAX_BYTES)
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_wide else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "ignore")
        raise Unreadable(
            gettext_noop("This is neither UTF-8 nor UTF-16: save it as “CSV UTF-8”."), line=_line_after(before)
        ) from error
    if NUL in text:
        raise Unreadable(gettext_noop("There is a character U+0000."), line=_line_after(text.partition(NUL)[0]))
    return text


def read_table(
    text: str, known: Callable[[str], str | None], complaints: list[Complaint]
) -> tuple[list[str], list[Row]]:
    """Return the names of the columns and the rows; what is wrong with them is added to ``complaints``.

    ``known`` returns what a column is called whose name is spelt in some way, None for an unknown one.
    """
    said = SAYS_SEPARATOR.match(text)
    passed = 1 if said else 0
    text = text[said.end() :] if said else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=said[1] if said else _separator(text), strict=True)
    rows = _numbered(reader, passed)
    try:
        number, header = next(rows, (1, []))
        while header and not header[-1]:
            header.pop()
        if len(header) > MAX_COLUMNS:
            told = _("There are more than %(count)d columns.") % {"count": MAX_COLUMNS}
            complaints.append(Complaint(number, "", told))
            return [], []
        columns = _columns(number, header, known, complaints)
        return columns, list(_rows(rows, columns, complaints))
    except csv.Error as error:
        told = _("This is not CSV: %(why)s.") % {"why": error}
        complaints.append(Complaint(passed + reader.line_num, "", told))
        return [], []


def _line_after(text: str) -> int:
    return len(LINE_END.findall(text)) + 1


def _separator(text: str) -> str:
    header = LINE_END.split(text, maxsplit=1)[0]
    return max(SEPARATORS, key=header.count)


def _numbered(reader: Any, passed: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something with the number of the line in which they begin."""
    begins = passed + 1
    for cells in reader:
        cells = [without_apostrophes(cell).strip() for cell in cells]
        if any(cells):
            yield begins, cells
        begins = passed + reader.line_num + 1


def _columns(
    number: int, header: list[str], known: Callable[[str], str | None], complaints: list[Complaint]
) -> list[str]:
    """Return what the columns are called; a column without a name is called as spreadsheets do, "D"."""
    columns: list[str] = []
    for place, name in enumerate(header):
        column = known(name) if name else None
        if column is None:
            shown = name or _("without a name")
            told = _("Unknown column %(column)s.") % {"column": shown}
            complaints.append(Complaint(number, name or _letters(place), told))
        elif column in columns:
            told = _("The column %(column)s stands there twice.") % {"column": column}
            complaints.append(Complaint(number, name, told))
        columns.append(column or name)
    return columns


def _rows(rows: Iterable[tuple[int, list[str]]], columns: list[str], complaints: list[Complaint]) -> Iterator[Row]:
    for count, (number, cells) in enumerate(rows):
        if count == MAX_LINES:
            told = _("There are more than %(count)d lines.") % {"count": MAX_LINES}
            complaints.append(Complaint(number, "", told))
            return
        beyond = next((place for place in range(len(columns), len(cells)) if cells[place]), None)
        if beyond is not None:
            complaints.append(Complaint(number, _letters(beyond), _("There are more cells than columns.")))
        yield Row(number, dict(zip(columns, cells, strict=False)))


def _letters(place: int) -> str:
    """What spreadsheets call the column at a place, counted from 0: A, B, … Z, AA, …"""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
