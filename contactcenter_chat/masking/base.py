"""What is found in a text that must not leave, and what stands in its place?"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

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
    """Return what is found, in the order of the text; none is inside of another, or of a reference."""
    taken, found = bytearray(len(text)), []
    for start, end in _spans(rules.references, text):
        taken[start:end] = b"1" * (end - start)
    for kind, spans in [
        (OWN, _spans(rules.patterns, text)),
        *((kind, find(text)) for kind, find in DETECTORS.items()),
    ]:
        for start, end in spans:
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


def _spans(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[Span]:
    return (found.span() for pattern in patterns for found in pattern.finditer(text))
