"""What does the form of a grid of levels say: what was typed where, and what stood there when the page was made?"""

from ..models.skills import LEVEL
from ..queries.skills import Cell
from . import conflicts

NEW_LANGUAGE, ADD_LANGUAGE, REASON = "new_language", "add_language", "reason"
PREFIX = "level"  # of the fields that hold levels
NONE = ("", "0")  # what is typed for no level
NUMBERS = {str(level): level for level in range(LEVEL[0], LEVEL[1] + 1)}


def name_of(cell):
    """What the field of a cell is called."""
    return ":".join((PREFIX, *cell))


def carried(levels):
    """A field that is not shown: what the cells of the page hold."""
    return conflicts.hidden(conflicts.SEEN, {name_of(cell): level for cell, level in levels.items() if level})


class Sent:
    """A form that was sent."""

    def __init__(self, data):
        self.typed = {cell: text.strip() for name, text in data.items() if (cell := _cell_of(name))}
        held = conflicts.read(data.get(conflicts.SEEN, "")).get("values", {})
        self.seen = {cell: held.get(name_of(cell)) for cell in self.typed}
        self.changed = {cell: text for cell, text in self.typed.items() if _level(text) != self.seen[cell]}
        self.wrong = {cell for cell, text in self.changed.items() if _level(text) is False}
        self.reason = data.get(REASON, "").strip()
        self.new_language = data.get(NEW_LANGUAGE, "").strip()
        self.only_adds = ADD_LANGUAGE in data

    @property
    def levels(self):
        """What is to be written, when nothing is wrong."""
        return {cell: _level(text) for cell, text in self.changed.items()}


def _cell_of(name):
    """The cell whose field is called so; None when it is another field."""
    prefix, *parts = name.split(":")
    if prefix != PREFIX or len(parts) != len(Cell._fields):
        return None
    cell = Cell(*parts)
    return cell if cell.agent_id and bool(cell.skill_id) != bool(cell.language) else None


def _level(text):
    """The level that was typed, None for none, False when it is no level."""
    return None if text in NONE else NUMBERS.get(text, False)
