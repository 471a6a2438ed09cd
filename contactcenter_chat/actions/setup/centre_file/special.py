"""The kinds that only one place has: a list of names, hours of a day and a week, steps, codes under codes, responses.

What they read is as simple to compare as all else: values by names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext as _

from ....exceptions import Invalid
from ....models import TransactionCode
from ....models.base import max_length
from ....models.hours import IsEmpty, overlapping, read_period
from ..codes import check_short_code
from .faults import Path
from .kinds import MISSING, Kind, Listing, Name, Reading, Record, Schema, Text, pairs_of, twice
from .tree import Items, Node, Pairs, Word

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Names(Kind):
    """A list of names, each an entry of its own; its value is a dict without values."""

    name: Name
    most: int

    merges = True

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, Word) and node.is_null:
            return {}
        if not isinstance(node, Items) or len(node.items) > self.most:
            return self.wrong(node, path, reading)
        names: dict[str, None] = {}
        for each in node.items:
            there = (*path, each.text) if isinstance(each, Word) else path
            name = self.name.read(each, there, reading)
            if name is not MISSING and name in names:
                twice(each, there, reading, reading.lines[(*path, name)])
            elif name is not MISSING:
                names[name] = None
                reading.lines[(*path, name)] = each.line
        return names

    def hint(self) -> str:
        return _("Write a list of names: [one, another].")

    def schema(self) -> Schema:
        names = {"type": "array", "items": self.name.schema(), "maxItems": self.most, "uniqueItems": True}
        return {"anyOf": [names, {"type": "null"}]}


@dataclass(frozen=True)
class Period(Kind):
    """From one time of a day to another; its value is text as ``09:00-12:30``."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        try:
            return "-".join(read_period(node.text if isinstance(node, Word) else ""))
        except IsEmpty:
            hint = _("Write a whole day as “00:00-24:00”.")
            return reading.fault(node.line, path, _("This ends when it begins."), hint)
        except ValueError:
            return self.wrong(node, path, reading)

    def hint(self) -> str:
        return _("Write a period as “09:00-12:30”; an end before its beginning is on the next day.")

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"^\s*[0-9]{1,2}(:[0-9]{2})?\s*[-–]\s*[0-9]{1,2}(:[0-9]{2})?\s*$"}


@dataclass(frozen=True)
class Periods(Listing):
    """The periods of a day, of which no two overlap."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        periods = super().value(node, path, reading)
        if periods is MISSING or not (two := overlapping(period.split("-") for period in periods)):
            return periods
        told = _("%(one)s and %(other)s overlap.") % {"one": two[0], "other": two[1]}
        return reading.fault(node.line, path, told, _("Join them, or have one end before the other begins."))


@dataclass(frozen=True)
class Days(Text):
    """A day of the week, or from one to another: ``fri``, ``mon-thu``. Its value is these days, parted by blanks."""

    most: int = 7

    def of(self, word: Word, path: Path, reading: Reading) -> Any:
        first, _dash, last = word.text.lower().partition("-")
        days = [DAYS.index(each) for each in (first, last or first) if each in DAYS]
        if len(days) < 2 or days[0] > days[1] or word.text.endswith("-"):
            return self.wrong(word, path, reading)
        return " ".join(DAYS[days[0] : days[1] + 1])

    def hint(self) -> str:
        return _("Write days as mon, tue, wed, thu, fri, sat, sun or mon-fri.")

    def schema(self) -> Schema:
        day = "|".join(DAYS)
        return {"type": "string", "pattern": f"^(?:{day})(?:-(?:{day}))?$"}


@dataclass(frozen=True)
class Weekly(Kind):
    """Periods by days of the week, replaced as a whole. Its value has single days in their order."""

    periods: Listing

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, Pairs):
            return self.wrong(node, path, reading)
        found: dict[str, Any] = {}
        whole = len(reading.faults)
        for days, word, behind in pairs_of(node, path, reading, Days()):
            periods = self.periods.read(behind, (*path, word.text), reading)
            for day in days.split():
                if day in found:
                    twice(word, (*path, word.text), reading)
                found[day] = periods
        if len(reading.faults) > whole:
            return MISSING
        return {day: found[day] for day in DAYS if found.get(day)}

    def hint(self) -> str:
        return _("Write periods by days: {mon-fri: [“09:00-17:00”]}.")

    def schema(self) -> Schema:
        periods = self.periods.schema()
        return {"type": "object", "propertyNames": Days().schema(), "additionalProperties": periods}


@dataclass(frozen=True)
class Steps(Listing):
    """Steps of a plan, each later than the one before."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        steps = super().value(node, path, reading)
        before = 0
        for number, step in enumerate(steps if steps is not MISSING else [], 1):
            if step["after"] <= before:
                there = (*path, str(number), "after")
                told = _("This is not later than the step before.")
                reading.fault(reading.lines[there], there, told, _("Write the steps in the order of their times."))
            before = step["after"]
        return steps


class Code(NamedTuple):
    """A code of a list, while the tree is walked."""

    node: Node
    under: str | None


@dataclass(frozen=True)
class Codes(Kind):
    """Codes of a list, with codes under them. Its value is all of them by short codes, headings before what is under
    them; ``under`` is the short code of the heading."""

    record: Record
    most: int
    depth: int

    merges = True

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        codes: dict[str, Any] = {}
        lines: dict[str, int] = {}
        self._walk(node, None, path, reading, codes, lines)
        return codes

    def _walk(
        self, node: Node, under: str | None, path: Path, reading: Reading, codes: dict[str, Any], lines: dict[str, int]
    ) -> None:
        if not isinstance(node, Items) or len(node.items) > self.most:
            self.wrong(node, path, reading)
            return
        for number, each in enumerate(node.items, 1):
            place = (*path, str(number))
            own, below = _parted(each)
            own_reading = Reading(reading.faults)
            code = self._code(own, place, own_reading)
            if code is MISSING:
                continue
            short_code = code.pop("code")
            if short_code in lines:
                twice(each, (*path, short_code), reading, lines[short_code])
                continue
            lines[short_code] = each.line
            codes[short_code] = {**code, "under": under, "retired": False}
            reading.take(own_reading, place, (*path[:3], short_code), each.line)
            if below is not None:
                self._walk(below, short_code, path, reading, codes, lines)

    def _code(self, node: Node, path: Path, reading: Reading) -> Any:
        """What one code says of itself, its short code among it."""
        if isinstance(node, Word):
            label = self.record.keys["label"].read(node, path, reading)
            code = {"label": label} if label is not MISSING else MISSING
        else:
            code = self.record.read(node, path, reading)
        if code is MISSING:
            return MISSING
        code.setdefault("code", slugify(code["label"])[: max_length(TransactionCode, "short_code")])
        try:
            check_short_code(code["code"])
        except Invalid as refusal:
            return reading.fault(node.line, path, refusal.translated, self.hint())
        if not code["code"]:
            return reading.fault(node.line, path, _("There is no short code in this label."), self.hint())
        if (code.get("to") or "9999") < (code.get("from") or ""):
            return reading.fault(node.line, path, _("It ends before it begins."), self.hint())
        return code

    def hint(self) -> str:
        return _("Write codes as a list: [{code: fees, label: Fees, codes: [Refund]}, Other].")

    def schema(self) -> Schema:
        return {"$ref": "#/$defs/codes"}

    def definition(self) -> Schema:
        """What the reference leads to; it leads to itself for codes under codes."""
        record = self.record.schema()
        record["properties"]["codes"] = self.schema()
        code = {"anyOf": [self.record.keys["label"].schema(), record]}
        return {"type": "array", "maxItems": self.most, "items": code}


def _parted(node: Node) -> tuple[Node, Node | None]:
    """A code without the codes under it, and those."""
    if not isinstance(node, Pairs):
        return node, None
    below = [behind for word, behind in node.pairs if word.text == "codes"]
    own = [(word, behind) for word, behind in node.pairs if word.text != "codes" or behind is not below[0]]
    return Pairs(node.line, own), below[0] if below else None


def _acts_kept(acts: Mapping[str, Any]) -> dict[str, Any]:
    """Acts as they are kept: no codes of a list, and no minutes, are nothing."""
    kept = dict(acts)
    if "codes" in kept:
        kept["codes"] = {name: short_codes for name, short_codes in kept["codes"].items() if short_codes}
    if "priority" in kept:
        kept["priority"] = kept["priority"] or None
    return kept


class Response(NamedTuple):
    """What a prepared response is known by: its short code with small letters, else its title.

    ``queue`` is None for all queues.
    """

    queue: str | None
    language: str
    title: str
    short_code: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Response":
        """What one with these values is known by."""
        short_code = values.get("short_code", "").lower()
        return cls(values["queue"], values["language"], "" if short_code else values["title"], short_code)

    def __str__(self) -> str:
        name = f"/{self.short_code}" if self.short_code else self.title
        return f"{name} ({', '.join(filter(None, (self.language, self.queue)))})"


@dataclass(frozen=True)
class Listed(Kind):
    """A list of entries that no name tells apart. Its value is each of them by what it is known by."""

    record: Record
    most: int

    merges = True

    def entry(self, values: dict[str, Any], node: Node, path: Path, reading: Reading) -> Any:
        """Return what an entry is known by, and its values with what follows from those; MISSING when it is wrong."""
        raise NotImplementedError

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, Word) and node.is_null:
            return {}
        if not isinstance(node, Items) or len(node.items) > self.most:
            return self.wrong(node, path, reading)
        entries: dict[Any, Any] = {}
        for number, each in enumerate(node.items, 1):
            place = (*path, str(number))
            own_reading = Reading(reading.faults)
            values = self.record.read(each, place, own_reading)
            entry: Any = MISSING if values is MISSING else self.entry(values, each, place, own_reading)
            if entry is MISSING:
                continue
            key, whole = entry
            if key in entries:
                twice(each, (*path, key), reading, reading.lines[(*path, key)])
                continue
            reading.take(own_reading, place, (*path, key), each.line)
            entries[key] = whole
        return entries

    def schema(self) -> Schema:
        listed = {"type": "array", "items": self.record.schema(), "maxItems": self.most}
        return {"anyOf": [listed, {"type": "null"}]}


class Responses(Listed):
    """A list of prepared responses."""

    def entry(self, values: dict[str, Any], node: Node, path: Path, reading: Reading) -> Any:
        whole = {"queue": None, "language": "en", **values}
        if "acts" in whole:
            whole["acts"] = _acts_kept(whole["acts"])
        return Response.of(whole), whole

    def hint(self) -> str:
        return _("Write a list: [{title: Greeting, short_code: hello, language: en, text: “Hello”}].")
