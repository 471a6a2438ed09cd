"""What is a router asked, and what does it answer?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string

from ..conf import settings
from .order import ENOUGH
from .plan import Requirement


@dataclass(frozen=True)
class Candidate:
    """An agent who could take one more chat now, and has what is required.

    ``load`` is counted in chats, as ``capacity`` is. A chat on a channel of the pace ``messaging`` counts as a third,
    one of ``mail`` as nothing: where there are only live ones, it is a whole number, an ``int``. There is always room
    for the chat in question: whoever has none is no candidate.
    """

    agent_id: str
    level: int  # 1-5 (best) as a member of the queue; 0: not a member, something is kept for this agent
    load: float
    capacity: int
    idle_since: datetime  # last accepted or finished
    first_in_line: bool = False  # its last offer was abandoned by the customer
    skills: Mapping[str, int] = field(default_factory=dict)  # ids, each with the agent's level
    languages: Mapping[str, int] = field(default_factory=dict)  # tags, each with the agent's level
    step: int = 0  # the earliest one whose requirement the agent meets; 0: what the queue requires at first
    skill: int = 0  # the sum of the agent's levels in what is required


@dataclass(frozen=True)
class Request:
    """One interaction that waits."""

    interaction_id: str
    only_agent_id: str = ""  # kept for this agent
    asked_agent_ids: frozenset[str] = frozenset()  # they said no in this round
    required: Requirement = field(default_factory=Requirement)  # all candidates have it
    prefer: str = ENOUGH


@dataclass(frozen=True)
class Decision:
    """Who is asked (empty: nobody), and what ruled the others out: agent id to a word."""

    agent_id: str
    ruled_out: dict[str, str]


class Router:
    """Chooses an agent; subclasses write ``choose``.

    ``looks_at_each`` says whether two requests that differ in nothing but their interaction may be answered
    differently. A class for which that is not so says False, itself: it is not inherited. What waits behind one that
    nobody can take is then found at once, however much of the same kind is between them.
    """

    looks_at_each = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.looks_at_each = vars(cls).get("looks_at_each", True)

    def choose(self, request: Request, candidates: Sequence[Candidate]) -> Decision:
        """Return a Decision for a Request, given the Candidates."""
        raise NotImplementedError


def load_router() -> Router:
    """Return the router that the setting ``ROUTER`` names."""
    router: Router = import_string(settings.ROUTER)()
    return router
