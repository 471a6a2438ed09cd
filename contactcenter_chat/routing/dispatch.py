"""Who is offered what, when several wait for several?

Told what waits and who is free, it says what to offer, the one due first before all others, across queues: whoever
answers several gets what is due first in any of them.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .base import Candidate, Decision, Request, Router
from .order import ENOUGH
from .pace import SLOT, has_room, in_slots
from .plan import Requirement

RESTS = "rests"  # was offered something else a moment ago
NO_ROOM = "no_room"  # has room for less than this takes
KEPT_FREE = "kept_free"  # what is due before this needs the room that there is


@dataclass(frozen=True)
class Waiting:
    """One interaction that waits.

    Args:
        queue_id: Where.
        due_at: When it is to be answered.
        requirements: What its queue's plan requires in each step, until the one it is in, which is the last.
        asked: Agents who said no in this round.
        only_agent_id: For whom it is kept, whatever is required.
        prefer: What the queue prefers.
        gap: Seconds between two offers of this queue to one agent.
        share: Thirds of a slot that it takes of its agent.
        row: What whoever asks wants to know it by.
    """

    interaction_id: str
    queue_id: str
    due_at: datetime
    requirements: tuple[Requirement, ...] = (Requirement(),)
    asked: frozenset[str] = frozenset()
    only_agent_id: str = ""
    prefer: str = ENOUGH
    gap: float = 0
    row: Any = None
    share: int = SLOT

    @property
    def required(self) -> Requirement:
        """What it requires of whoever gets it."""
        return Requirement() if self.only_agent_id else self.requirements[-1]


@dataclass
class Free:
    """An agent who could take one more chat.

    ``levels`` are those as a member, by queue; 0 where something is kept for the agent. ``load`` is in thirds of a
    slot, ``capacity`` in slots.
    """

    agent_id: str
    levels: Mapping[str, int]
    load: int
    capacity: int
    idle_since: datetime
    first_in_line: bool = False
    skills: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    rested_at: datetime | None = None  # before that, one who has something already is offered only what is due
    offers: int = 0  # that were chosen for it here
    rings: bool = False  # with something that takes no slot, which is offered one at a time
    is_kept_free: bool = False  # for something that is due before all that is looked at from now on


@dataclass(frozen=True)
class Choice:
    """What is to be done with one that waits: offer it, or, when all who are free said no, ask again later."""

    waiting: Waiting
    request: Request
    decision: Decision
    candidates: tuple[Candidate, ...]  # those the router was given
    ruled_out: Mapping[str, str]  # the others who are free, and why

    @property
    def all_said_no(self) -> bool:
        """Whether all who are free and have what is required said no in this round."""
        if self.decision.agent_id or self.request.only_agent_id:
            return False
        free = {each.agent_id for each in self.candidates if each.level}
        rests = RESTS in self.ruled_out.values()
        return bool(free) and not rests and free <= self.request.asked_agent_ids


class Unroutable(Exception):
    """The router failed with one that waits; the cause is why."""

    def __init__(self, waiting: Waiting) -> None:
        super().__init__(waiting.interaction_id)
        self.waiting = waiting


def choose(
    groups: Iterable[Iterator[Waiting]], free: Iterable[Free], *, router: Router, now: datetime
) -> Iterator[Choice]:
    """Yield what is to be done, in the order of what is due, until nobody is free or nothing is left.

    Args:
        groups: What waits, those together that the same agents may be offered, each in the order of what is due. One
            is read only as far as needed.
        free: Who could take one more chat.
        router: Chooses.
        now: The time.

    Raises Unroutable.
    """
    agents = Agents(free)
    heads = []
    for group in groups:
        if head := next(group, None):
            heads.append((head.due_at, head.interaction_id, head, group, View(agents, now)))
    heapq.heapify(heads)
    while heads and agents.by_id:
        _due, _id, waiting, group, view = heapq.heappop(heads)
        choice = _look_at(waiting, view, router)
        if choice.decision.agent_id:
            _take(agents, choice, now)
        if choice.decision.agent_id or choice.all_said_no:
            yield choice
        else:
            _keep_room(agents, choice)
            if not router.looks_at_each:
                continue  # nobody takes what is behind it either
        if following := next(group, None):
            heapq.heappush(heads, (following.due_at, following.interaction_id, following, group, view))


class Agents:
    """Who is free, by id, and who has changed since, so that nobody else need be looked at again."""

    def __init__(self, free: Iterable[Free]) -> None:
        self.by_id = {each.agent_id: each for each in free}
        self.changed: list[str] = []  # ids, the last one last
        for each in self.by_id.values():
            each.is_kept_free = False


class View:
    """Who could take what waits in a group, and who not, as far as it was asked about."""

    def __init__(self, agents: Agents, now: datetime) -> None:
        self._agents = agents
        self._now = now
        self._asked_about: Any = None
        self._seen = 0  # of what has changed
        self._candidates: dict[str, Candidate] = {}
        self._ruled_out: dict[str, str] = {}

    def of(self, waiting: Waiting) -> tuple[tuple[Candidate, ...], dict[str, str]]:
        """Who could take this one, and for the others who answer its queue, why not."""
        is_due = waiting.due_at <= self._now
        about = (waiting.queue_id, waiting.requirements, waiting.only_agent_id, waiting.share, is_due)
        if about == self._asked_about:
            changed = dict.fromkeys(self._agents.changed[self._seen :])
        else:  # nobody else of the group, as a rule, is asked about in another way
            self._asked_about, changed = about, dict.fromkeys(self._agents.by_id)
            self._candidates, self._ruled_out = {}, {}
        self._seen = len(self._agents.changed)
        for agent_id in changed:
            self._look_again(waiting, agent_id)
        return tuple(self._candidates.values()), dict(self._ruled_out)

    def _look_again(self, waiting: Waiting, agent_id: str) -> None:
        agent, required = self._agents.by_id.get(agent_id), waiting.required
        if agent and waiting.queue_id not in agent.levels:
            return
        reason = _rules_out(waiting, required, agent, self._now) if agent else ""
        if agent and not reason:
            self._ruled_out.pop(agent_id, None)
            self._candidates[agent_id] = _candidate(waiting, required, agent)
            return
        self._candidates.pop(agent_id, None)
        self._ruled_out.pop(agent_id, None)
        if reason:
            self._ruled_out[agent_id] = reason


def _look_at(waiting: Waiting, view: View, router: Router) -> Choice:
    asked, prefer = waiting.asked, waiting.prefer
    request = Request(waiting.interaction_id, waiting.only_agent_id, asked, waiting.required, prefer)
    candidates, ruled_out = view.of(waiting)
    try:
        decision = _asked(router, request, candidates)
    except Exception as error:  # whatever the project's router brings about
        raise Unroutable(waiting) from error
    return Choice(waiting, request, decision, candidates, ruled_out)


def _asked(router: Router, request: Request, candidates: Sequence[Candidate]) -> Decision:
    if not candidates:
        return Decision("", {})
    answer = router.choose(request, list(candidates))
    decision = Decision(answer.agent_id, dict(answer.ruled_out))  # the project's code may go on with its own
    if decision.agent_id and decision.agent_id not in {each.agent_id for each in candidates}:
        raise ValueError(f"{name_of(router)} chose {decision.agent_id!r}, who is no candidate.")
    return decision


def _rules_out(waiting: Waiting, required: Requirement, agent: Free, now: datetime) -> str:
    if lacking := required.lacking(agent.skills, agent.languages):
        return lacking
    if not has_room(agent.load, agent.capacity, waiting.share):
        return NO_ROOM
    if agent.is_kept_free and waiting.share:
        return KEPT_FREE
    if not waiting.share and agent.rings:
        return RESTS
    # Whoever has nothing to do is kept from nobody who waits; of what takes no slot, nobody knows.
    is_busy = agent.load > 0 or not waiting.share
    rests = is_busy and agent.rested_at is not None and agent.rested_at > now and waiting.due_at > now
    return RESTS if rests and not waiting.only_agent_id else ""


def _keep_room(agents: Agents, choice: Choice) -> None:
    """Where only room lacks, what is due later must not take it: keep that of the agent who has the most."""
    queue_id, request = choice.waiting.queue_id, choice.request
    short = [agents.by_id[each] for each, reason in choice.ruled_out.items() if reason == NO_ROOM]
    if request.only_agent_id:
        able = [each for each in short if each.agent_id == request.only_agent_id]
    else:
        able = [each for each in short if each.levels[queue_id] and each.agent_id not in request.asked_agent_ids]
    if able := [each for each in able if not each.is_kept_free]:
        roomiest = min(able, key=lambda each: (each.load - SLOT * each.capacity, each.agent_id))
        roomiest.is_kept_free = True
        agents.changed.append(roomiest.agent_id)


def _candidate(waiting: Waiting, required: Requirement, agent: Free) -> Candidate:
    earliest = next(
        (step for step, each in enumerate(waiting.requirements) if each.is_met(agent.skills, agent.languages)), 0
    )
    return Candidate(
        agent.agent_id,
        agent.levels[waiting.queue_id],
        in_slots(agent.load),
        agent.capacity,
        agent.idle_since,
        agent.first_in_line,
        {name: agent.skills[name] for name in required.skills},
        dict(agent.languages) if required.language else {},
        earliest,
        required.levels(agent.skills, agent.languages),
    )


def _take(agents: Agents, choice: Choice, now: datetime) -> None:
    """Count the chat among those that the agent has."""
    agent = agents.by_id[choice.decision.agent_id]
    agents.changed.append(agent.agent_id)
    agent.load += choice.waiting.share
    agent.offers += 1
    agent.rings = agent.rings or not choice.waiting.share
    agent.first_in_line = False
    if choice.waiting.gap:
        agent.rested_at = now + timedelta(seconds=choice.waiting.gap)
    if not has_room(agent.load, agent.capacity, 1):
        del agents.by_id[agent.agent_id]


def name_of(router: Router) -> str:
    """The dotted path of a router."""
    return f"{type(router).__module__}.{type(router).__qualname__}"
