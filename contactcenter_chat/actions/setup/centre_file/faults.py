"""What is wrong with a file, and where?"""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from ....exceptions import Invalid

Path = tuple[Any, ...]  # where something stands: the keys that lead to it
NAMED_MOST = 10  # names that a hint tells
TOLD_MOST = 100  # faults that are told
FOUND_MOST = 1000  # faults that are looked for: who has so many looks at the first ones
BETWEEN = " / "


class Fault(NamedTuple):
    """One thing that is wrong; ``line`` counts from 1, 0 is the file as a whole."""

    line: int
    path: Path
    message: str
    hint: str
    is_to_come: bool = False  # it is right, and not yet supported

    @property
    def place(self) -> str:
        """Where it is, as people read it."""
        return BETWEEN.join(map(str, self.path))

    @property
    def told(self) -> str:
        """All of it in one line."""
        where = _("line %(line)d") % {"line": self.line} if self.line else ""
        return ": ".join(filter(None, (where, self.place, f"{self.message} {self.hint}".strip())))


class Enough(Exception):
    """So many faults have been found that no more are looked for."""


class Faults(list[Fault]):
    """What is wrong with a file, up to FOUND_MOST; whoever adds one more than that is stopped by Enough."""

    def append(self, fault: Fault) -> None:
        if self.is_full:
            raise Enough
        super().append(fault)

    @property
    def is_full(self) -> bool:
        """Whether there may be more than these."""
        return len(self) >= FOUND_MOST

    def fill(self, faults: Iterable[Fault]) -> None:
        """Add as many of these as are still looked for."""
        self.extend(islice(faults, FOUND_MOST - len(self)))


class FileRefused(Invalid):
    """The file has errors; nothing was applied.

    ``told`` are the first of the ``faults``, ``more`` is how many others were found, ``is_all`` whether those are all.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__(gettext_noop("The file has errors; nothing was applied."), field="file")
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.place, fault.message))
        self.told, self.more = self.faults[:TOLD_MOST], max(len(self.faults) - TOLD_MOST, 0)
        self.is_all = len(self.faults) < FOUND_MOST

    @property
    def more_told(self) -> str:
        """How many are not told, in a sentence; empty when all are."""
        if not self.more:
            return ""
        if self.is_all:
            return ngettext("and %(more)s more error", "and %(more)s more errors", self.more) % {"more": self.more}
        return _("and %(more)s more errors, and there may be others: no more were looked for") % {"more": self.more}


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for a word that is unknown: the nearest known one, else which there are."""
    known = sorted(known)
    lowered = {each.lower(): each for each in known}
    if close := get_close_matches(word.lower(), lowered, n=1):
        return _("Did you mean “%(name)s”?") % {"name": lowered[close[0]]}
    if not known:
        return _("Make it first, or leave it out.")
    named = ", ".join([*known[:NAMED_MOST], *(["…"] if len(known) > NAMED_MOST else [])])
    return _("There are: %(names)s.") % {"names": named}
