"""What is a router asked, and what does it answer?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.module_loading import import_string

from ..conf import settings


@dataclass(frozen=True)
class Candidate:
    """An agent who could take one more chat now."""

    agent_id: str
    level: int  # 1-5 (best) as a member of the queue; 0: not a member, something is kept for this agent
    load: int
    capacity: int
    idle_since: datetime  # last accepted or finished
    first_in_line: bool = False  # its last offer was abandoned by the customer


@dataclass(frozen=True)
class Request:
    """One interaction that waits."""

    interaction_id: str
    only_agent_id: str = ""  # kept for this agent
    asked_agent_ids: frozenset[str] = frozenset()  # they said no in this round


@dataclass(frozen=True)
class Decision:
    """Who is asked (empty: nobody), and what ruled the others out: agent id to a word."""

    agent_id: str
    ruled_out: dict[str, str]


class Router:
    """Chooses an agent; subclasses write ``choose``."""

    def choose(self, request: Request, candidates: Sequence[Candidate]) -> Decision:
        """Return a Decision for a Request, given the Candidates."""
        raise NotImplementedError


def load_router() -> Router:
    """Return the router that the setting ``ROUTER`` names."""
    router: Router = import_string(settings.ROUTER)()
    return router
