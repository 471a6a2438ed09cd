"""What is found in a text that must not leave, and what stands in its place?"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..storable import IGNORABLE
from . import cards, contacts, iban

Span = tuple[int, int]

OWN = "number"  # what a contact centre's own patterns find
# What is looked for, the surest first: where two find the same place, the first has it.
DETECTORS: dict[str, Callable[[str], Iterable[Span]]] = {
    "iban": iban.spans,
    "card": cards.spans,
    "email": contacts.email_spans,
    "phone": contacts.phone_spans,
}
MARKS = ("Mn", "Me")  # kinds of characters that are put over others
STANDS_FOR = re.compile(r"\[\s*(\w+)\s+(\d{1,6})\s*\]")


class Match(NamedTuple):
    """A place in a text: what is there, from where to where."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Rules:
    """What a contact centre says beside what is known: its ``patterns`` are masked, its ``references`` never."""

    patterns: Sequence[re.Pattern[str]] = ()
    references: Sequence[re.Pattern[str]] = ()


def matches(text: str, rules: Rules = Rules()) -> list[Match]:
    """Return what is found, in the order of the text; none is inside of another, or of a reference.

    It is looked for in the text as it would be read, and in the text as it stands.
    """
    taken, found, readings = bytearray(len(text)), [], _readings(text)
    for start, end in _in_each(readings, lambda text: _spans(rules.references, text)):
        taken[start:end] = b"1" * (end - start)
    for kind, find in [(OWN, lambda text: _spans(rules.patterns, text)), *DETECTORS.items()]:
        for start, end in _in_each(readings, find):
            if not any(taken[start:end]):
                taken[start:end] = b"1" * (end - start)
                found.append(Match(kind, start, end))
    return sorted(found, key=lambda each: each.start)


def replaced(text: str, instead: Callable[[str, str], str], rules: Rules = Rules()) -> str:
    """Return the text with ``instead(kind, value)`` for each thing that is found."""
    pieces, at = [], 0
    for kind, start, end in matches(text, rules):
        pieces += [text[at:start], instead(kind, text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


@dataclass
class Pseudonyms:
    """What stands for what was found: ``[email 1]``, the same for the same value, and the way back.

    For texts that go to a service whose answer should name the values again.
    """

    rules: Rules = field(default_factory=Rules)
    _values: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """Return the text with what stands for the values that are found in it."""
        return replaced(text, self._instead, self.rules)

    def show(self, text: str) -> str:
        """Return the text with the values again; what stands for none stays."""
        return STANDS_FOR.sub(lambda found: self._values.get(f"[{found[1]} {int(found[2])}]", found[0]), text)

    def _instead(self, kind: str, value: str) -> str:
        for name, known in self._values.items():
            if known == value:
                return name
        self._counts[kind] = self._counts.get(kind, 0) + 1
        name = f"[{kind} {self._counts[kind]}]"
        self._values[name] = value
        return name


class _Reading(NamedTuple):
    """A text to look in, and where each character of it stands in the text that was given."""

    text: str
    places: Sequence[int]


def _readings(text: str) -> list[_Reading]:
    """The text as somebody would read it, and, where that is something else, the text itself.

    Letters and digits are plain ones, whatever their width and script; what nobody sees, or stands over another
    character, is not there.
    """
    itself = _Reading(text, range(len(text)))
    if text.isascii():
        return [itself]
    read = [(plain, at) for at, sign in enumerate(text) for plain in _as_read(sign)]
    return [_Reading("".join(plain for plain, _at in read), [at for _plain, at in read]), itself]


def _as_read(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if IGNORABLE.match(sign) or unicodedata.category(sign) in MARKS:
        return ""
    return unicodedata.normalize("NFKC", sign)


def _in_each(readings: Iterable[_Reading], find: Callable[[str], Iterable[Span]]) -> Iterator[Span]:
    for text, places in readings:
        for start, end in find(text):
            yield places[start], places[end - 1] + 1


def _spans(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[Span]:
    return (found.span() for pattern in patterns for found in pattern.finditer(text))
