"""How long would who comes now wait, shortly before a queue closes? By the chats that have ended here so far.

As in ``queries.estimates``, but for earlier weeks, of which a simulation has none: before ten have ended nobody knows.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from ...routing.dispatch import Free
from ...routing.estimate import Estimate, Slots, estimate, handle_times
from ...routing.pace import has_room, in_slots
from ...routing.plan import Requirement, Wish, stage_of
from .centre import Queue
from .line import Line

RECENT = timedelta(hours=4)
SAMPLES_MOST = 200


class HandleTimes:
    """How long chats took, by their queues."""

    def __init__(self) -> None:
        self._ended: dict[str, list[tuple[datetime, float]]] = defaultdict(list)

    def note(self, queue: str, now: datetime, seconds: float) -> None:
        """One has ended."""
        self._ended[queue].append((now, seconds))

    def expected(self, queue: Queue, line: Line, there: Iterable[Free], now: datetime) -> Estimate | None:
        """Return how long who comes now to a queue would wait; ``there`` are the agents of its part who are."""
        ended = [seconds for at, seconds in self._ended[queue.name][-SAMPLES_MOST:] if at >= now - RECENT]
        members = [each for each in there if queue.name in each.levels]
        asked = _asked_first(queue, members)
        able = [(each, _share(each, line)) for each in members if asked.is_met(each.skills, each.languages)]
        slots = Slots(
            sum(each.capacity / share for each, share in able),
            sum(
                (each.capacity - in_slots(each.load)) / share
                for each, share in able
                if has_room(each.load, each.capacity, 1)
            ),
        )
        return estimate(handle_times(ended), slots, ahead=line.ahead(queue.name, asked))


def _asked_first(queue: Queue, members: list[Free]) -> Requirement:
    def can_be_met(required: Requirement) -> bool:
        return not members or any(required.is_met(each.skills, each.languages) for each in members)

    return stage_of(queue.plan, Wish(), 0, can_be_met=can_be_met).requirement


def _share(agent: Free, line: Line) -> int:
    """In how many of an agent's queues something waits."""
    return max(1, sum(bool(line.of(queue)) for queue in agent.levels))
