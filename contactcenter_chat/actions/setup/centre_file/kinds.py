"""What may stand at a place of the file? Each kind reads a node, says what is wrong with it, and has a JSON Schema.

A kind that is read returns a value as ``standing`` has them too, or MISSING when something was wrong.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ....exceptions import ContactCenterError, Invalid
from ....isolates import unturned
from ....models.language_tags import TAG, checked_tag
from ....storable import check_text, checked_name
from .faults import Fault, Faults, Path, nearest
from .tree import DAY, FALSE, NUMBER, TRUE, WHOLE, Hole, Items, Node, Pairs, Word

Schema = dict[str, Any]
DIGITS_MOST = 15  # of a number; more are out of every range
SHOWN_MOST = 60  # characters of what was written, in a complaint


class Missing:
    """Stands for what could not be read."""


MISSING = Missing()


@dataclass(frozen=True)
class Reference:
    """A name that something else of the contact centre is to have."""

    section: str
    name: str
    path: Path
    line: int


@dataclass
class Reading:
    """What has been found in a file beside its values."""

    faults: Faults = field(default_factory=Faults)
    lines: dict[Path, int] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)

    def fault(self, line: int, path: Path, message: str, hint: str, *, is_to_come: bool = False) -> Missing:
        """Say what is wrong; return MISSING."""
        self.faults.append(Fault(line, path, message, hint, is_to_come))
        return MISSING

    def take(self, other: "Reading", before: Path, path: Path, line: int) -> None:
        """Take over what was found in an item of a list, at a path with its name instead of its number."""
        for each, at in other.lines.items():
            self.lines[(*path, *each[len(before) :])] = at
        self.lines[path] = line
        for found in other.references:
            self.references.append(replace(found, path=(*path, *found.path[len(before) :])))


def shown(node: Node) -> str:
    """What was written, shortened, for a complaint."""
    if isinstance(node, Word):
        text = unturned(" ".join(node.text.split()))
        return f"“{text[:SHOWN_MOST]}…”" if len(text) > SHOWN_MOST else f"“{text}”"
    return _("a list") if isinstance(node, Items) else _("keys with values")


class Kind:
    """What may stand somewhere."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        """Return the value of a node, or MISSING."""
        if isinstance(node, Hole):
            return MISSING
        reading.lines.setdefault(path, node.line)
        return self.value(node, path, reading)

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        """The same for a node that was not refused yet."""
        raise NotImplementedError

    def schema(self) -> Schema:
        """What may stand there, as a JSON Schema."""
        raise NotImplementedError

    def wrong(self, node: Node, path: Path, reading: Reading) -> Missing:
        """Say that this is something else than what may stand here."""
        told = _("This cannot be %(value)s.") % {"value": shown(node)}
        if isinstance(node, Word) and node.is_null:
            told = _("Nothing stands here.")
        return reading.fault(node.line, path, told, self.hint())

    def hint(self) -> str:
        """What may stand here, in a sentence."""
        raise NotImplementedError


@dataclass(frozen=True)
class OrNothing(Kind):
    """The same, or ``null``."""

    kind: Kind

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        return None if isinstance(node, Word) and node.is_null else self.kind.value(node, path, reading)

    def schema(self) -> Schema:
        return {"anyOf": [self.kind.schema(), {"type": "null"}]}


@dataclass(frozen=True)
class Text(Kind):
    """Words, which ``check`` may refuse by raising Invalid; it returns them as they are kept."""

    most: int
    check: Callable[[str], str] | None = None
    empty: bool = True

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, Word) or node.is_null:
            return self.wrong(node, path, reading)
        if not node.is_text:
            told = _("This cannot be %(value)s.") % {"value": shown(node)}
            return reading.fault(node.line, path, told, _("Put it in quotes, so that it is text."))
        return self.of(node, path, reading)

    def of(self, word: Word, path: Path, reading: Reading) -> Any:
        """The text of a word, checked."""
        if len(word.text) > self.most or not (self.empty or word.text.strip()):
            return reading.fault(word.line, path, self.size_told(), self.hint())
        try:
            check_text(word.text, "text")
            return self.check(word.text) if self.check else word.text
        except ContactCenterError as refusal:
            return reading.fault(word.line, path, refusal.translated, self.hint())

    def size_told(self) -> str:
        return _("This is empty or too long.")

    def hint(self) -> str:
        return _("Write text of at most %(most)d characters.") % {"most": self.most}

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": self.most, **({} if self.empty else {"minLength": 1})}


def name_of(text: str, most: int) -> str:
    """Return a name as it is kept. Raises Invalid, also for what turns the direction of writing."""
    name = checked_name(text.strip(), most)
    if name != text.strip():
        raise Invalid(gettext_noop("May not contain characters that turn the direction of writing."))
    return name


@dataclass(frozen=True)
class Name(Text):
    """What something is called; as a key it needs no quotes."""

    section: str = ""  # whose name it is, when that has to be there

    def of(self, word: Word, path: Path, reading: Reading) -> Any:
        try:
            name = name_of(word.text, self.most)
        except ContactCenterError as refusal:
            return reading.fault(word.line, path, refusal.translated, self.hint())
        if self.section:
            reading.references.append(Reference(self.section, name, path, word.line))
        return name

    def hint(self) -> str:
        return _("Write a name of at most %(most)d characters in one line.") % {"most": self.most}

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True)
class Tag(Text):
    """A language, as BCP 47 writes it."""

    most: int = 35

    def of(self, word: Word, path: Path, reading: Reading) -> Any:
        try:
            return checked_tag(word.text)
        except Invalid:
            return self.wrong(word, path, reading)

    def hint(self) -> str:
        return _("Write a language as “es” or “pt-BR”.")

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": self.most, "pattern": f"^(?:{TAG.pattern.replace('a-z', 'A-Za-z')})$"}


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number."""

    least: int
    most: int

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, Word) or not node.plain or not WHOLE.fullmatch(node.text):
            return self.wrong(node, path, reading)
        if len(node.text) > DIGITS_MOST or not self.least <= int(node.text) <= self.most:
            return self.out_of_range(node, path, reading)
        return int(node.text)

    def out_of_range(self, node: Node, path: Path, reading: Reading) -> Missing:
        """Say that it is too small or too large."""
        told = _("%(value)s is out of range.") % {"value": shown(node)}
        return reading.fault(node.line, path, told, self.hint())

    def hint(self) -> str:
        return _("Write a whole number from %(least)d to %(most)d.") % {"least": self.least, "most": self.most}

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class NeverOr(Whole):
    """A whole number, or 0 for never."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        is_never = isinstance(node, Word) and node.plain and node.text == "0"
        return 0 if is_never else super().value(node, path, reading)

    def hint(self) -> str:
        return _("Write 0, or a whole number from %(least)d to %(most)d.") % {"least": self.least, "most": self.most}

    def schema(self) -> Schema:
        return {"anyOf": [{"const": 0}, super().schema()]}


@dataclass(frozen=True)
class Number(Whole):
    """A number that may be a fraction; its value is a whole number where it is one."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, Word) or not node.plain or not NUMBER.fullmatch(node.text):
            return self.wrong(node, path, reading)
        number = float(node.text)
        if not self.least <= number <= self.most:
            return self.out_of_range(node, path, reading)
        return int(number) if number.is_integer() else number

    def hint(self) -> str:
        return _("Write a number from %(least)d to %(most)d.") % {"least": self.least, "most": self.most}

    def schema(self) -> Schema:
        return {**super().schema(), "type": "number"}


@dataclass(frozen=True)
class Flag(Kind):
    """``true`` or ``false``."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, Word) or not node.plain or node.text not in TRUE | FALSE:
            return self.wrong(node, path, reading)
        return node.text in TRUE

    def hint(self) -> str:
        return _("Write true or false.")

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice(Kind):
    """One of some words."""

    words: tuple[str, ...]

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, Word) and node.text in self.words:
            return node.text
        return self.wrong(node, path, reading)

    def hint(self) -> str:
        return _("Write one of: %(words)s.") % {"words": ", ".join(self.words)}

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Day(Kind):
    """A date; its value is text, ``2026-12-24``."""

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        try:
            if isinstance(node, Word) and DAY.fullmatch(node.text):
                return date.fromisoformat(node.text).isoformat()
        except ValueError:
            pass
        return self.wrong(node, path, reading)

    def hint(self) -> str:
        return _("Write a date as 2026-12-24.")

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{DAY.pattern}$"}


@dataclass(frozen=True)
class Listing(Kind):
    """A list of what is all of one kind; nothing may be there twice when ``once``, and a set has no order."""

    kind: Kind
    most: int
    once: bool = False
    is_set: bool = False

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, Items) or len(node.items) > self.most:
            return self.wrong(node, path, reading)
        read = [
            (each, self.kind.read(each, (*path, str(number)), reading)) for number, each in enumerate(node.items, 1)
        ]
        values: list[Any] = []
        for each, value in read:
            if value is not MISSING and self.once and value in values:
                twice(each, (*path, shown(each)), reading)
            elif value is not MISSING:
                values.append(value)
        if len(values) < len(node.items):
            return MISSING
        return sorted(values) if self.is_set else values

    def hint(self) -> str:
        return _("Write a list of at most %(most)d: [one, another].") % {"most": self.most}

    def schema(self) -> Schema:
        once = {"uniqueItems": True} if self.once else {}
        return {"type": "array", "items": self.kind.schema(), "maxItems": self.most, **once}


def twice(node: Node, path: Path, reading: Reading, before: int = 0) -> Missing:
    """Say that something is there for the second time; ``before`` is the line of the first."""
    hint = _("The first is in line %(line)d.") % {"line": before} if before else _("Leave one of them.")
    return reading.fault(node.line, path, _("This is there twice."), hint)


def pairs_of(node: Node, path: Path, reading: Reading, key: Kind) -> Iterator[tuple[str, Word, Any]]:
    """Each key that could be read, as a value, with its word and what stands behind it; complains of doubles."""
    seen: dict[str, int] = {}
    for word, behind in node.pairs if isinstance(node, Pairs) else ():
        there = (*path, word.text)
        name = key.of(word, there, reading) if isinstance(key, Text) else key.read(word, there, reading)
        if name is MISSING:
            continue
        if name in seen:
            twice(word, there, reading, seen[name])
            continue
        seen[name] = word.line
        reading.lines[(*path, name)] = word.line
        yield name, word, behind


@dataclass(frozen=True)
class Table(Kind):
    """Values by names, which is replaced as a whole."""

    key: Kind
    kind: Kind
    most: int = 1000
    example: str = "{name: value}"
    merges = False

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, Pairs) or len(node.pairs) > self.most:
            return self.wrong(node, path, reading)
        values, whole = {}, len(reading.faults)
        for name, _word, behind in pairs_of(node, path, reading, self.key):
            value = self.kind.read(behind, (*path, name), reading)
            if value is not MISSING:
                values[name] = value
        return values if self.merges or len(reading.faults) == whole else MISSING

    def hint(self) -> str:
        return _("Write at most %(most)d as %(example)s.") % {"most": self.most, "example": self.example}

    def schema(self) -> Schema:
        names = self.key.schema()
        return {"type": "object", "propertyNames": names, "additionalProperties": self.kind.schema()}


@dataclass(frozen=True)
class Entries(Table):
    """Values by names, each for itself: those that the file does not name are left alone."""

    most: int = 10_000
    merges = True

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        return {} if isinstance(node, Word) and node.is_null else super().value(node, path, reading)

    def schema(self) -> Schema:
        return {**super().schema(), "type": ["object", "null"]}


@dataclass(frozen=True)
class Record(Kind):
    """Some known keys; ``pattern`` is where it stands, such as ``queues.*``."""

    pattern: str
    keys: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    empty: bool = True  # whether nothing may stand there, which is none of the keys
    not_yet: Collection[str] = ()  # the patterns of keys that are described and not supported yet

    def value(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, Word) and node.is_null and self.empty:
            return {}
        if not isinstance(node, Pairs):
            return self.wrong(node, path, reading)
        values: dict[str, Any] = {}
        named = set()
        for key, word, behind in pairs_of(node, path, reading, Text(10_000)):
            named.add(key)
            if key not in self.keys:
                self._unknown(key, word, path, reading)
                continue
            value = self.keys[key].read(behind, (*path, key), reading)
            if value is not MISSING:
                values[key] = value
        missing = [key for key in self.required if key not in named]
        for key in missing:
            reading.fault(node.line, path, _("“%(key)s” is missing.") % {"key": key}, self.hint())
        return values if set(self.required) <= set(values) else MISSING

    def _unknown(self, key: str, word: Word, path: Path, reading: Reading) -> None:
        if self._pattern(key) in self.not_yet:
            told = _("“%(key)s” is not yet supported.") % {"key": key}
            reading.fault(word.line, path, told, _("Leave it out."), is_to_come=True)
            return
        told = _("Unknown key %(key)s.") % {"key": shown(word)}
        reading.fault(word.line, path, told, nearest(key, self._known()))

    def _pattern(self, key: str) -> str:
        return f"{self.pattern}.{key}" if self.pattern else key

    def _known(self) -> list[str]:
        depth = len(self.pattern.split(".")) if self.pattern else 0
        later = [each.split(".") for each in self.not_yet if each.startswith(self._pattern(""))]
        return [*self.keys, *(parts[depth] for parts in later if len(parts) == depth + 1)]

    def hint(self) -> str:
        return _("Known keys: %(keys)s.") % {"keys": ", ".join(self.keys)}

    def schema(self) -> Schema:
        kind: Any = ["object", "null"] if self.empty else "object"
        keys = {key: kind.schema() for key, kind in self.keys.items()}
        required = {"required": list(self.required)} if self.required else {}
        return {"type": kind, "properties": keys, "additionalProperties": False, **required}
