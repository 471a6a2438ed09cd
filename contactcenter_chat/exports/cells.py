"""How is CSV written so that a spreadsheet shows it and never runs it?

Where a cell would begin like a formula there is an apostrophe, which ``without_apostrophes`` takes off again. Within a
cell nothing begins; but a program that expects another separator minds no quotes in the middle of what it takes for a
cell, and finds cells where there are none. So there is one within a cell, too: before ``=``, and before other signs if
something follows that could do harm, so that "Hello, +34 600" stays as it is. What turns the direction of writing is
left out: in a plain file it would turn the cells behind it, too.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.formats import get_format

from ..isolates import unturned
from ..storable import UNSEEN

# What a spreadsheet takes for the beginning of a formula, and what ends a cell or a line for some program.
SIGNS, EQUALS, ENDS = r"=+\-@＝＋－＠", "=＝", r"\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
# A cell begins where the text does, and for some program after a separator, a quote or a line's end.
BEGINNING = rf"(?:\A|(?<=[;,|；，｜\"{ENDS}]))"
# What may be skipped before a formula. An apostrophe that is there already gets one more, so that taking one off gives
# back what there was. Behind an end another cell begins: so each run is read once, however long.
SKIPPED = rf"(?:(?![{ENDS}])['\x00-\x1f\x7f-\x9f{UNSEEN}])*"
DANGEROUS = re.compile(rf"{BEGINNING}(?={SKIPPED}([{SIGNS}]))|\A(?='*[{ENDS}])")
MADE_SAFE = re.compile(rf"{BEGINNING}'(?={SKIPPED}([{SIGNS}]))|\A'(?='*[{ENDS}])")
LEADING = re.compile(rf"['\x00-\x1f\x7f-\x9f{UNSEEN}]*")  # what may stand before the first, for who trims it
# What a formula needs to do more than to show something: a call, another program, another table. Of a name, its end
# will do: what is looked for at each place must be short, or a long text takes for ever.
HARM = re.compile(r"[^\W\d][\w.]{0,40}\s{0,40}[(（]|[|｜]|[!！][$\w'\[]")


class _Line:
    """Takes what a csv.writer writes and gives it back."""

    def write(self, text):
        return text


def rows_as_csv(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Return lines of CSV (RFC 4180, with a byte order mark so that spreadsheets read UTF-8).

    The separator is the one that spreadsheets expect in the language that is active now.
    """
    return _lines(rows, csv.writer(_Line(), delimiter=separator()))


def separator() -> str:
    """Return a semicolon where the comma separates decimals, as spreadsheets do, else a comma."""
    return ";" if get_format("DECIMAL_SEPARATOR") == "," else ","


def safe(cell: Any) -> Any:
    """Return a cell's value as text that is never a formula. Numbers stay numbers."""
    if isinstance(cell, (int, float)):
        return cell
    return _replaced(DANGEROUS, "'", "" if cell is None else unturned(str(cell)))


def without_apostrophes(text: str) -> str:
    """Undo ``safe``."""
    return _replaced(MADE_SAFE, "", text)


def _replaced(pattern: re.Pattern[str], by: str, text: str) -> str:
    """Replace where a formula would begin for some program, unless none could do harm that begins there."""
    blank = LEADING.match(text)
    first = blank.end() if blank else 0
    harm = max((found.start() for found in HARM.finditer(text)), default=-1)

    def replace(found: re.Match[str]) -> str:
        begins = found.start() <= first or found[1] in EQUALS or found.start() < harm
        return by if begins else found[0]

    return pattern.sub(replace, text)


def _lines(rows, writer):
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])
