"""What waits, those together that the same agents may be offered, each in the order of what is due."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from ...routing.dispatch import Waiting
from ...routing.pace import SHARES, SLOT, in_slots
from ...routing.plan import Requirement

Key = tuple[str, tuple[tuple[str, int], ...], str, int]


def key_of(queue: str, required: Requirement, share: int = SLOT) -> Key:
    """What those have in common that the same agents may be offered."""
    return queue, tuple(sorted(required.skills.items())), required.language, share


class Line:
    """What waits in some queues."""

    def __init__(self) -> None:
        self._groups: dict[Key, list[tuple[object, str, Waiting]]] = {}

    def add(self, waiting: Waiting) -> None:
        """Somebody waits."""
        group = self._groups.setdefault(_key(waiting), [])
        insort(group, _entry(waiting))

    def remove(self, waiting: Waiting) -> None:
        """Somebody waits no longer."""
        group = self._groups[_key(waiting)]
        del group[bisect_left(group, _entry(waiting)[:2])]
        if not group:
            del self._groups[_key(waiting)]

    def groups(self, served: Iterable[str]) -> list[Iterator[Waiting]]:
        """What waits in queues that are served, to be read while nothing is added or removed."""
        served = set(served)
        return [_waiting(group) for key, group in self._groups.items() if key[0] in served]

    def ahead(self, queue: str, required: Requirement) -> float:
        """How many slots is taken by what waits in a queue and requires the same, at whatever pace."""
        groups = ((share, self._groups.get(key_of(queue, required, share), ())) for share in SHARES.values())
        return in_slots(sum(share * len(group) for share, group in groups))

    def of(self, queue: str) -> list[Waiting]:
        """All that waits in one queue."""
        return [each[2] for key, group in self._groups.items() if key[0] == queue for each in group]


def _key(waiting: Waiting) -> Key:
    return key_of(waiting.queue_id, waiting.requirements[-1], waiting.share)


def _entry(waiting: Waiting) -> tuple[object, str, Waiting]:
    return waiting.due_at, waiting.interaction_id, waiting


def _waiting(group: list[tuple[object, str, Waiting]]) -> Iterator[Waiting]:
    return (each[2] for each in group)
