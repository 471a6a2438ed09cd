"""What is simulated? Queues and agents as plain values, with skills by their names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ...routing.hours import Hours
from ...routing.order import ENOUGH
from ...routing.pace import LIVE, PERCENTS
from ...routing.plan import Plan

WAIT, OVERFLOW, MESSAGE = "wait", "overflow", "message"  # what is done with what a queue does not serve


@dataclass(frozen=True)
class Agent:
    """Who answers, while one of the queues is open: ``capacity`` chats at once."""

    name: str
    capacity: int
    skills: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    """Where interactions wait. Times are seconds, those that clients wait for in open time.

    Args:
        name: Its name.
        members: Agents' names, each with the level as a member.
        plan: What it requires, and its steps.
        hours: None: always open.
        target: To the first word of an agent.
        closed_target: The same for what came while it was closed, and for follow-ups.
        messaging_target, mail_target: The same for chats of these paces; None: the setting's.
        share: What part of all should be answered within the target, 0-1.
        priority: Minutes by which what waits here is due earlier.
        prefer: Which agent first.
        gap: Between two offers to one agent.
        closing: In so many seconds before closing what would wait past that finds it closed.
        grace: For how long it serves after closing what waits then.
        max_wait: Then it overflows; 0 for never.
        overflow: Names of queues, in this order.
        when_closed, when_empty: WAIT, OVERFLOW or MESSAGE.
    """

    name: str
    members: Mapping[str, int]
    plan: Plan = field(default_factory=Plan)
    hours: Hours | None = None
    target: int = 60
    closed_target: int = 14_400
    share: float = PERCENTS[LIVE] / 100
    priority: int = 0
    prefer: str = ENOUGH
    gap: int = 15
    grace: int = 900
    max_wait: int = 0
    overflow: tuple[str, ...] = ()
    when_closed: str = WAIT
    when_empty: str = WAIT
    closing: int = 600
    messaging_target: int | None = None
    mail_target: int | None = None


@dataclass(frozen=True)
class Centre:
    """A contact centre: its queues and agents by their names, the zone of its clocks, and its skills' names."""

    name: str
    queues: Mapping[str, Queue]
    agents: Mapping[str, Agent]
    time_zone: str = "UTC"
    skills: frozenset[str] = frozenset()

    @cached_property
    def parts(self) -> list[frozenset[str]]:
        """The queues that share agents, directly or by others, together: what is offered in one matters to these."""
        parts: list[frozenset[str]] = []
        for queue in self.queues.values():
            shared = [part for part in parts if any(queue.members.keys() & self.queues[name].members for name in part)]
            parts = [part for part in parts if part not in shared]
            parts.append(frozenset({queue.name}).union(*shared))
        return parts

    def spoken_in(self, queue: Queue) -> set[str]:
        """The languages of a queue's members, as tags."""
        return {tag for name in queue.members for tag in self.agents[name].languages}


def check_names(centre: Centre) -> None:
    """Refuse members and overflow queues that are not there. Raises ValueError, for all of them at once."""
    wrong = [*_unknown(centre.queues.values(), centre)]
    if wrong:
        raise ValueError("; ".join(wrong) + ".")


def _unknown(queues: Iterable[Queue], centre: Centre) -> Iterable[str]:
    for queue in queues:
        members = [name for name in queue.members if name not in centre.agents]
        others = [name for name in queue.overflow if name not in centre.queues]
        yield from (f"{queue.name} has a member {name}, who is no agent" for name in members)
        yield from (f"{queue.name} overflows to {name}, which is no queue" for name in others)
