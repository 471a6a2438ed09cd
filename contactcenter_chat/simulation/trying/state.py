"""What has a dialogue come to that is only tried, and what came of a turn? JSON, which whoever tries it keeps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from ...models import Queue, Tenant
from ...wire.levels import Level

HANDED_OVER, ENDED = "handed_over", "ended"


@dataclass(frozen=True)
class Place:
    """Where a dialogue is: who is asked for, and whether it matters that nobody is there."""

    tenant: Tenant
    queue: Queue | None
    looks: bool


@dataclass
class Answer:
    """What came of a turn, as JSON has it.

    ``lines`` are what was said, each with its ``options``; ``misses`` those of this turn; ``found`` the articles that
    the bot was given, with their scores, ``articles`` those of them that it answers from, by their ids; ``called`` the
    tools, ``calls`` the same with what was given, as ``calling`` notes it, ``after`` so many of the lines;
    ``handed_over`` the brief with its reason, ``left_out`` what the bot has named there and cannot be obeyed;
    ``ended`` the code; ``failure`` what the bot has raised.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    thinks: float = 0
    misses: list[str] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    handed_over: dict[str, Any] | None = None
    left_out: list[str] = field(default_factory=list)
    ended: str | None = None
    failed: str = ""
    failure: str = ""
    seconds: float = 0


@dataclass
class Dialogue:
    """What it has come to. ``options`` are those of what the bot said last, ``lines`` (author type, text).

    ``asked_digest`` is of what was asked last; ``choosing`` that the customer is to say what to do while nobody is
    there, and ``brief`` of that handover; ``over`` that an agent has it, or the bot has ended it.
    """

    bot: str
    language: str = ""
    identity: str = Level.NONE
    customer: dict[str, Any] = field(default_factory=dict)
    lines: list[list[str]] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    number: int = 0
    turns: int = 0
    misses: list[str] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)
    asked_digest: str = ""
    disclosed: bool = False
    choosing: bool = False
    brief: dict[str, Any] = field(default_factory=dict)
    over: str = ""

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the dialogue that ``as_json`` has kept."""
        return cls(**kept)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    def begin_anew(self) -> None:
        """The bot has ended it, and the customer writes again: the bot gets it as one that is new."""
        new = type(self)(self.bot)
        for name in ("turns", "misses", "memory", "asked_digest", "disclosed", "choosing", "brief", "over"):
            setattr(self, name, getattr(new, name))
