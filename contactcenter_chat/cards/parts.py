"""What is a card made of, ready to be shown? A few plain parts, whatever kind of card they come from."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """One part: ``kind`` says which of the subclasses."""

    @property
    def kind(self):
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Text(Part):
    text: str
    heading: bool = False
    subtle: bool = False


@dataclass(frozen=True)
class Image(Part):
    url: str
    text: str = ""  # what it shows


@dataclass(frozen=True)
class Facts(Part):
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Group(Part):
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Columns(Part):
    parts: tuple[Group, ...]


@dataclass(frozen=True)
class Link(Part):
    url: str
    text: str


@dataclass(frozen=True)
class Button(Part):
    """Answers the card; ``number`` counts the buttons of the card from 0, ``data`` goes with the answer."""

    text: str
    number: int = 0
    data: Any = None
    executes: bool = False


@dataclass(frozen=True)
class Input(Part):
    """Something to fill in; ``type`` is text, area, number, date, time, toggle, choice or choices."""

    name: str
    type: str
    label: str = ""
    value: str = ""
    placeholder: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()  # title and value
    on: str = "true"
    off: str = "false"
    least: str = ""
    most: str = ""
    max_length: int | None = None

    @property
    def values(self):
        """The values of several choices."""
        return [each for each in self.value.split(",") if each]


def flat(parts):
    """Yield all parts in the order in which they are read, those inside of others too."""
    for part in parts:
        yield part
        if isinstance(part, Group | Columns):
            yield from flat(part.parts)
