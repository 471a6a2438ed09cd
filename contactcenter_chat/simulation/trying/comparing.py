"""What is different between two runs? What got better, what got worse, what changed, what is new, what is gone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .runs import Result, Run

BETTER, WORSE, CHANGED, NEW, GONE = "better", "worse", "changed", "new", "gone"

Key = tuple[str, str, str, str, int]


@dataclass(frozen=True)
class Change:
    """A question with which something is different. ``before`` is None of one that is new, ``now`` of one gone."""

    kind: str
    before: Result | None
    now: Result | None

    @property
    def result(self) -> Result:
        """The newer of the two."""
        result = self.now or self.before
        assert result is not None  # noqa: S101  (one of them is there)
        return result


@dataclass(frozen=True)
class Difference:
    """All that is different, and by how much the hits are."""

    before: Run
    now: Run
    changes: Sequence[Change]

    def of(self, kind: str) -> list[Change]:
        """The changes of one kind."""
        return [each for each in self.changes if each.kind == kind]

    @property
    def points(self) -> float:
        """By how many points the percentage is higher than before."""
        return round(self.now.percent - self.before.percent, 1)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        changes = [
            {"change": each.kind, "before": _as_json(each.before), "now": _as_json(each.now)} for each in self.changes
        ]
        return {"percent_before": self.before.percent, "points": self.points, "changes": changes}


def difference(before: Run, now: Run) -> Difference:
    """Compare two runs, question by question: the same one in the same language, of the same customer."""
    old, new = _by_key(before), _by_key(now)
    changes = [_change(old.get(key), result) for key, result in new.items()]
    changes += [Change(GONE, result, None) for key, result in old.items() if key not in new]
    return Difference(before, now, [each for each in changes if each])


def _change(before: Result | None, now: Result) -> Change | None:
    if before is None:
        return Change(NEW, None, now)
    if before.hit != now.hit:
        return Change(BETTER if now.hit else WORSE, before, now)
    return Change(CHANGED, before, now) if before.came != now.came else None


def _by_key(run: Run) -> dict[Key, Result]:
    """The results by what was asked; the same thing asked twice is told apart by its turn."""
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[Key, Result] = {}
    for each in run.results:
        asked = (each.conversation, each.question, each.language, each.identity)
        seen[asked] += 1
        found[(*asked, seen[asked])] = each
    return found


def _as_json(result: Result | None) -> dict[str, Any] | None:
    return asdict(result) if result else None
