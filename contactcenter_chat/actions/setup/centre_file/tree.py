"""What does a file of YAML hold? Words, lists and pairs that know their lines; nothing is built from them here.

The events of the parser become a tree without a call for each level, so that no depth breaks it. Whoever can write a
file can write one that is to do harm: names for parts and references to them, types, and what is too much are faults.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ....exceptions import Unavailable
from .faults import Fault

MAX_BYTES = 1_000_000
MAX_VALUES = 100_000  # words, lists and pairs in all
MAX_DEPTH = 20
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUE, FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WHOLE = re.compile(r"[-+]?[0-9]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Word:
    """A word or a text; ``plain`` when it stands there without quotes."""

    line: int
    text: str
    plain: bool

    @property
    def is_null(self) -> bool:
        """Whether it stands for nothing."""
        return self.plain and self.text in NULLS

    @property
    def is_text(self) -> bool:
        """Whether YAML takes it for text: quoted, or neither nothing nor a truth value, a number, a date."""
        other = self.text in NULLS | TRUE | FALSE or NUMBER.fullmatch(self.text) or DAY.fullmatch(self.text)
        return not (self.plain and other)


@dataclass(frozen=True)
class Items:
    """A list."""

    line: int
    items: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Pairs:
    """Keys with what stands behind each, in their order; a key may be there twice."""

    line: int
    pairs: list[tuple[Word, Any]] = field(default_factory=list)
    keys: list[Word] = field(default_factory=list)  # the one that waits for what stands behind it


@dataclass(frozen=True)
class Hole:
    """Where something stood that was refused."""

    line: int


Node = Word | Items | Pairs | Hole


def read_tree(content: bytes, faults: list[Fault]) -> Node | None:
    """Return the tree of a file; None when it is empty, or cannot be read: then ``faults`` has been told.

    Raises Unavailable without the extra ``centre``.
    """
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
        from ruamel.yaml.reader import ReaderError
    except ImportError as error:
        raise Unavailable(gettext_noop("A centre's file needs the extra “centre”, which is not installed.")) from error
    text = _text_of(content, faults)
    try:
        return _built(YAML(typ="rt").parse(text), faults) if text else None
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        faults.append(Fault(line, (), _("There is a character that YAML does not take."), _("Take it out.")))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        told = _("This is not YAML: %(problem)s.") % {"problem": error.problem or error.context}
        hint = _("Look at indents, quotes, colons and brackets, here and in the line before.")
        faults.append(Fault(mark.line + 1 if mark else 0, (), told, hint))
    except (YAMLError, ValueError) as error:
        told = _("This is not YAML: %(problem)s.") % {"problem": error}
        faults.append(Fault(0, (), told, _("Look at indents, quotes, colons and brackets.")))
    return None


def _text_of(content: bytes, faults: list[Fault]) -> str:
    if len(content) > MAX_BYTES:
        told = _("The file is larger than %(bytes)d bytes.") % {"bytes": MAX_BYTES}
        faults.append(Fault(0, (), told, _("Divide it: what a file does not name is left alone.")))
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        faults.append(Fault(line, (), _("This is not UTF-8."), _("Save the file as UTF-8.")))
        return ""


def _built(events: Iterator[Any], faults: list[Fault]) -> Node | None:
    """The tree of the one document that there is."""
    root: list[Any] = []
    open_ones: list[Any] = [Items(0, root)]
    documents = 0
    for number, event in enumerate(events):
        kind, line = type(event).__name__, event.start_mark.line + 1
        documents += kind == "DocumentStartEvent"
        if documents > 1 or number > MAX_VALUES or len(open_ones) > MAX_DEPTH:
            faults.append(_too_much(line, documents, len(open_ones)))
            return None
        if kind.endswith("EndEvent") and kind[:-8] in ("Mapping", "Sequence"):
            open_ones.pop()
        elif node := _node(event, kind, line, faults):
            _put(open_ones[-1], node, faults)
            if isinstance(node, Items | Pairs):
                open_ones.append(node)
    return root[0] if root else None


def _too_much(line: int, documents: int, depth: int) -> Fault:
    if documents > 1:
        return Fault(line, (), _("A second document begins here."), _("Take out the line “---”."))
    told = _("This is nested too deeply.") if depth > MAX_DEPTH else _("There is too much in this file.")
    return Fault(line, (), told, _("Divide it: what a file does not name is left alone."))


def _node(event: Any, kind: str, line: int, faults: list[Fault]) -> Node | None:
    """What an event begins or is; None for those of the document."""
    if getattr(event, "anchor", None) is not None:
        faults.append(Fault(line, (), _("Names for parts (&, *) are not taken."), _("Write it out at each place.")))
    if getattr(event, "tag", None) is not None:
        faults.append(Fault(line, (), _("Types (!) are not taken."), _("Take it out.")))
    match kind:
        case "ScalarEvent":
            return _word(event, line, faults)
        case "SequenceStartEvent":
            return Items(line)
        case "MappingStartEvent":
            return Pairs(line)
        case "AliasEvent":
            return Hole(line)
    return None


def _word(event: Any, line: int, faults: list[Fault]) -> Node:
    """A word; escapes as JSON writes them, two for a character beyond U+FFFF, are that character."""
    try:
        text = event.value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        faults.append(Fault(line, (), _("There is half a character."), _("Take it out.")))
        return Hole(line)
    return Word(line, text, event.style is None)


def _put(container: Any, node: Any, faults: list[Fault]) -> None:
    """Put a node where the parser is: into a list, as a key, or behind the key that waits."""
    if isinstance(container, Items):
        container.items.append(node)
    elif container.keys:
        container.pairs.append((container.keys.pop(), node))
    elif isinstance(node, Word):
        container.keys.append(node)
    else:
        faults.append(Fault(node.line, (), _("A key is a word."), _("Write it as “key: value”.")))
        container.keys.append(Word(node.line, "", False))
