"""What does a FIQL expression say? From text to a tree, with no word of what the names mean.

``;`` (and) binds tighter than ``,`` (or), parentheses bind tightest. Names and values may be percent-encoded; what
means nothing in FIQL may as well be written as it is. There are limits, so that no text costs more than a moment.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

from ..exceptions import Invalid

MAX_LENGTH = 1024  # characters
MAX_TERMS = 20
MAX_DEPTH = 5  # parentheses in one another

ENCODED = "%[0-9A-Fa-f]{2}"
NAME = rf"(?:[^()=!;,*'$:%]|{ENCODED})+"
VALUE = rf"(?:[^();,%]|{ENCODED})+"
TERM = re.compile(rf"(?P<name>{NAME})(?:(?P<comparison>=[A-Za-z]*=|[!$'*]=)(?P<value>{VALUE}))?")


class Term(NamedTuple):
    """One comparison; both the comparison and the value are empty where a name stands alone."""

    name: str
    comparison: str = ""
    value: str = ""


class Group(NamedTuple):
    """Two parts or more, all of which (AND) or one of which (OR) must hold."""

    operator: str
    parts: list


def parse(text):
    """Return the tree of an expression, a ``Term`` or a ``Group`` of trees. Raises Invalid, with the position."""
    if len(text) > MAX_LENGTH:
        raise refusal(f"May not be longer than {MAX_LENGTH} characters.")
    return _Descent(text).expression()


def refusal(message):
    """The exception for a filter that is refused."""
    return Invalid(message, field="filter")


class _Descent:
    """Reads a text from left to right; ``at`` is where it has come to."""

    def __init__(self, text):
        self.text = text
        self.at = self.depth = self.terms = 0

    def expression(self):
        tree = self._alternatives()
        if self.at < len(self.text):
            raise self._not_fiql()
        return tree

    def _alternatives(self):
        return self._joined("OR", ",", self._conjunction)

    def _conjunction(self):
        return self._joined("AND", ";", self._part)

    def _joined(self, operator, sign, part):
        parts = [part()]
        while self._passed(sign):
            parts.append(part())
        return Group(operator, parts) if len(parts) > 1 else parts[0]

    def _part(self):
        if not self._passed("("):
            return self._term()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise refusal(f"May not be nested deeper than {MAX_DEPTH}.")
        inside = self._alternatives()
        if not self._passed(")"):
            raise self._not_fiql()
        self.depth -= 1
        return inside

    def _term(self):
        found = TERM.match(self.text, self.at)
        if found is None:
            raise self._not_fiql()
        self.at = found.end()
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise refusal(f"May not have more than {MAX_TERMS} terms.")
        return Term(unquote(found["name"]), found["comparison"] or "", unquote(found["value"] or ""))

    def _passed(self, sign):
        there = self.text.startswith(sign, self.at)
        self.at += there
        return there

    def _not_fiql(self):
        return refusal(f"This is not a valid FIQL expression (see character {self.at + 1}).")
