"""Which interaction comes first, and which agent?"""

from datetime import datetime, timedelta
from typing import Protocol

from .hours import Hours
from .pace import SLOT

ENOUGH, BEST = "enough", "best"


class Available(Protocol):
    """What is compared of an agent."""

    @property
    def agent_id(self) -> str: ...

    @property
    def level(self) -> int: ...

    @property
    def load(self) -> float: ...

    @property
    def capacity(self) -> int: ...

    @property
    def idle_since(self) -> datetime: ...

    @property
    def first_in_line(self) -> bool: ...

    @property
    def step(self) -> int: ...

    @property
    def skill(self) -> int: ...


def due_at(entered_at: datetime, *, target: timedelta, priority: int, hours: Hours | None) -> datetime:
    """When an interaction is to be answered: what is due first is offered first.

    Args:
        entered_at: When it was first queued, also in another queue.
        target: The queue's, or what holds for what came while it was closed.
        priority: Minutes by which it is due earlier, -10 to 30.
        hours: The queue's; None where it is always open. Target and priority are open time.
    """
    by = target - timedelta(minutes=priority)
    return hours.moved(entered_at, by) if hours else entered_at + by


def used(load: float, capacity: int) -> float:
    """Which part of a capacity is used by so many chats; the same for what is the same in thirds."""
    return round(load * SLOT) / (SLOT * capacity)  # asked about every agent for every chat: without another call


def rank(agent: Available, *, prefer: str = ENOUGH) -> tuple[object, ...]:
    """What agents are sorted by, the first one first.

    Args:
        agent: A Candidate: ``step`` is the earliest one whose requirement it meets, ``skill`` the sum of its levels in
            what is asked for.
        prefer: ENOUGH shares chats out evenly among those who can; BEST asks who can do it best.
    """
    evenly = (used(agent.load, agent.capacity), -agent.level, agent.idle_since, agent.agent_id)
    best = (-agent.skill,) if prefer == BEST else ()
    return (agent.step, not agent.first_in_line, *best, *evenly)
