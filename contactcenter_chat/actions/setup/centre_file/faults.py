"""What is wrong with a file, and where?"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ....exceptions import Invalid

Path = tuple[Any, ...]  # where something stands: the keys that lead to it
NAMED_MOST = 10  # names that a hint tells
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


class FileRefused(Invalid):
    """The file has errors; nothing was applied."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__(gettext_noop("The file has errors; nothing was applied."), field="file")
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.place, fault.message))


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
