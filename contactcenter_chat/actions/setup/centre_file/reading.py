"""What does a centre's file say? Its values by sections, and all that is wrong with it, said at once."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .faults import Enough, Faults, Path
from .keys import CENTRE
from .kinds import MISSING, Reading, Reference
from .tree import Word, read_tree


@dataclass
class CentreFile:
    """What was read. With ``faults`` the values are those that could be read."""

    values: dict[str, Any]
    lines: dict[Path, int]
    references: list[Reference]
    faults: Faults

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest around it; 0 where there is none."""
        return next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), 0)


def read_file(content: bytes) -> CentreFile:
    """Read the bytes of a file. Raises Unavailable without the extra ``centre``.

    With so many faults that it is not read on, it has no values.
    """
    reading = Reading()
    try:
        values = _values(content, reading)
    except Enough:
        values = {}
    return CentreFile(values, reading.lines, reading.references, reading.faults)


def _values(content: bytes, reading: Reading) -> dict[str, Any]:
    tree = read_tree(content, reading.faults)
    values: Any = {}
    if tree is None or (isinstance(tree, Word) and tree.is_null):
        if not reading.faults:
            reading.fault(0, (), _("The file is empty."), CENTRE.hint())
    else:
        values = CENTRE.read(tree, (), reading)
    values = {} if values is MISSING else dict(values)
    values.pop("version", None)
    for code_list in values.get("codes", {}).values():
        code_list["active"] = True  # whoever names a list wants it
    return dict(values)
