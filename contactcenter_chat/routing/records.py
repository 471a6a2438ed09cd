"""How is what a router was asked kept, and would it answer the same once more?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string

from .base import Candidate, Decision, Request, Router
from .plan import Requirement

GONE = "gone"  # who was a candidate, and is none any more
SELDOM = ("first_in_line", "skills", "languages", "step", "skill")


def told_request(request: Request) -> dict[str, Any]:
    """What is kept of what was asked, but for the interaction."""
    return {
        "required": asdict(request.required),
        "only_agent": request.only_agent_id,
        "asked": sorted(request.asked_agent_ids),
        "prefer": request.prefer,
    }


def told_candidate(candidate: Candidate, ruled_out: str) -> dict[str, Any]:
    """What is kept of one; what nearly everybody has in the same way, only where it is otherwise."""
    kept = {
        "agent": candidate.agent_id,
        "level": candidate.level,
        "load": candidate.load,
        "capacity": candidate.capacity,
        "idle_since": candidate.idle_since.isoformat(),
        "ruled_out": ruled_out,
    }
    others = {name: getattr(candidate, name) for name in SELDOM}
    return kept | {name: value for name, value in others.items() if value}


def differing(
    others: Iterable[Mapping[str, Any]], base: Mapping[str, Mapping[str, Any]], gone: Iterable[str]
) -> list[dict[str, Any]]:
    """What is to be kept of candidates beside those kept already: ``merged`` makes them of both.

    Args:
        others: Those of whom something else is to be told, as ``told_candidate`` says it, or who come at the end.
        base: What is kept of each already, by agent's id.
        gone: The ids of those who are none any more.
    """
    changed = [_changes(each, base.get(each["agent"], {})) for each in others]
    return changed + [{"agent": agent_id, GONE: True} for agent_id in gone]


def _changes(told: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for name in {**before, **told} if told.get(name) != before.get(name)]
    return {"agent": told["agent"]} | {name: told.get(name) for name in names}


def merged(base: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The candidates of which only what differs from ``base`` was kept."""
    found = {each["agent"]: each for each in base}
    for each in changes:
        whole = {**found.get(each["agent"], {}), **each}
        found[each["agent"]] = {name: value for name, value in whole.items() if value is not None}
    return [each for each in found.values() if not each.get(GONE)]


@dataclass(frozen=True)
class Record:
    """What is kept of one choice, as JSON gives it.

    Args:
        router: The dotted path of its class.
        request: As ``told_request`` says it; empty when it was not kept yet.
        considered: As ``told_candidate`` says them; those without a level were not shown to the router.
        agent_id: Who was chosen.
    """

    interaction_id: str
    router: str
    request: Mapping[str, Any]
    considered: Sequence[Mapping[str, Any]]
    agent_id: str

    def asked(self) -> Request:
        """What the router was asked."""
        kept = self.request
        return Request(
            self.interaction_id,
            kept["only_agent"],
            frozenset(kept["asked"]),
            Requirement(**kept["required"]),
            kept["prefer"],
        )

    def candidates(self) -> list[Candidate]:
        """Whom the router was shown, in the same order."""
        return [_candidate(each) for each in self.considered if "level" in each]

    def answer(self) -> Decision:
        """What the router answered."""
        shown = [each for each in self.considered if "level" in each]
        return Decision(self.agent_id, {each["agent"]: each["ruled_out"] for each in shown if each["ruled_out"]})


def _candidate(kept: Mapping[str, Any]) -> Candidate:
    return Candidate(
        kept["agent"],
        kept["level"],
        kept["load"],
        kept["capacity"],
        datetime.fromisoformat(kept["idle_since"]),
        **{name: kept[name] for name in SELDOM if name in kept},
    )


@dataclass(frozen=True)
class Replay:
    """What came of asking once more: the answer, or what the router raised.

    ``same`` says whether it is the kept one; None: it cannot be said, since something was not kept, or is gone.
    """

    same: bool | None
    answer: Decision = field(default_factory=lambda: Decision("", {}))
    error: str = ""


def replayed(record: Record) -> Replay:
    """Ask the router of a record once more.

    A router of a project's that looks at more than it is given (a clock, a table, what it answered before) may differ.
    """
    if not record.agent_id:
        return Replay(None)
    try:
        request, candidates = record.asked(), record.candidates()
    except (KeyError, TypeError, ValueError):  # of a time when less was kept
        return Replay(None)
    try:
        router: Router = import_string(record.router)()
    except Exception as error:  # the project's class is gone, or wants something
        return Replay(None, error=_named(error))
    try:
        answer = router.choose(request, candidates)
    except Exception as error:  # whatever the project's router brings about
        return Replay(False, error=_named(error))
    shown = {each.agent_id for each in candidates}
    reasons = {agent_id: reason for agent_id, reason in answer.ruled_out.items() if agent_id in shown and reason}
    return Replay(Decision(answer.agent_id, reasons) == record.answer(), answer)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
