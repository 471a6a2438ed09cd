"""When do queues open and close, and who is there?

Agents are there while one of their queues is open, or serves what waited at closing; who has chats then ends them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ...routing.dispatch import Free
from ...routing.pace import has_room
from .centre import Agent, Centre, Queue


class Door:
    """Whether a queue is open now, and until when it serves what waited at closing."""

    def __init__(self, queue: Queue, now: datetime) -> None:
        self.queue = queue
        self.is_closed = queue.hours is not None and not queue.hours.is_open(now)
        self.serves_until: datetime | None = None
        self.turns_at: datetime | None = None

    def turn(self, now: datetime) -> None:
        """Be open or closed as the hours say."""
        hours, was_closed = self.queue.hours, self.is_closed
        change = hours.next_change(now) if hours else None
        self.is_closed = hours is not None and not hours.is_open(now)
        if not self.is_closed or (self.serves_until and self.serves_until <= now):
            self.serves_until = None
        elif not was_closed:
            self.serves_until = now + timedelta(seconds=self.queue.grace)
        self.turns_at = min((at for at in (change, self.serves_until) if at), default=None)

    def serves(self, now: datetime) -> bool:
        """Whether what waits here is offered."""
        return not self.is_closed or (self.serves_until is not None and self.serves_until > now)


class Staff:
    """The agents, and who of them is free."""

    def __init__(self, centre: Centre, now: datetime) -> None:
        self._centre = centre
        self.agents = {name: _free(agent, centre, now) for name, agent in centre.agents.items()}
        self._there: set[str] = set()
        self._part_of = {queue: part for part in centre.parts for queue in part}
        self._free: dict[frozenset[str], dict[str, Free]] = {part: {} for part in centre.parts}

    def come_and_go(self, doors: Iterable[Door], now: datetime) -> None:
        """Have those be there who are, as the queues are open now."""
        self._there = {name for door in doors if door.serves(now) for name in door.queue.members}
        for agent in self.agents.values():
            self.look_at(agent)

    def look_at(self, agent: Free) -> None:
        """An agent has another load, or came or went."""
        for part in {self._part_of[queue] for queue in agent.levels}:
            if agent.agent_id in self._there and has_room(agent.load, agent.capacity, 1):
                self._free[part][agent.agent_id] = agent
            else:
                self._free[part].pop(agent.agent_id, None)

    def free_in(self, part: frozenset[str]) -> list[Free]:
        """Who could take one more chat of these queues, which share their agents."""
        return list(self._free[part].values())

    def there_in(self, part: frozenset[str]) -> list[Free]:
        """Who is there of these queues, which share their agents, free or not."""
        here = (self.agents[name] for name in sorted(self._there))
        return [agent for agent in here if part & agent.levels.keys()]

    def part_of(self, queue: str) -> frozenset[str]:
        """The queues that share agents with this one."""
        return self._part_of[queue]


def _free(agent: Agent, centre: Centre, now: datetime) -> Free:
    levels = {queue.name: queue.members[agent.name] for queue in centre.queues.values() if agent.name in queue.members}
    return Free(agent.name, levels, 0, agent.capacity, now, skills=dict(agent.skills), languages=dict(agent.languages))
