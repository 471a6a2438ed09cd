"""What do imports of tables share? A plan that can be looked at, and applied if all is still as it was."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from ...exceptions import Conflict
from ...exports.table_reading import Complaint, Row, Unreadable, read_table, text_of

ADD, CHANGE, SAME = "add", "change", "same"

Errors = list[Complaint]


@dataclass(kw_only=True)
class PlannedLine:
    """What becomes of one line of a file."""

    number: int  # in the file
    kind: str = SAME
    changes: list[str] = field(default_factory=list)  # what changes, in words


Line = TypeVar("Line", bound=PlannedLine)


@dataclass
class Plan(Generic[Line]):
    """What an import would do; it can be applied when there are no errors."""

    lines: list[Line]
    errors: Errors
    fingerprint: str = ""  # of the file, of the language it was read in, and of what it was planned for

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.kind != SAME]

    def check(self, fingerprint: str) -> None:
        """Raises Conflict when the file has errors, or when this is not the plan that was looked at."""
        if self.errors:
            raise Conflict(gettext_noop("The file has errors."))
        if self.fingerprint != fingerprint:
            raise Conflict(gettext_noop("The list was changed meanwhile: look at the changes once more."))


def rows_of(
    content: bytes, known: Callable[[str], str | None], required: Collection[str], errors: Errors
) -> list[Row]:
    """Read a file (bytes) into rows; what cannot be read is added to ``errors``."""
    try:
        text = text_of(content)
    except Unreadable as refusal:
        errors.append(Complaint(refusal.line, "", refusal.translated))
        return []
    columns, rows = read_table(text, known, errors)
    missing = [] if errors and not columns else [each for each in required if each not in columns]
    for column in missing:
        errors.append(Complaint(1, column, _("The column %(column)s is missing.") % {"column": column}))
    return [] if missing else rows


def fingerprint_of(content: bytes, state: Iterable[str]) -> str:
    """Return what is the same for the same file and the same rows."""
    # The same file has other dates in another language.
    return hashlib.sha256(content + "".join([*sorted(state), str(get_language())]).encode()).hexdigest()
