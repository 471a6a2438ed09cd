"""A virtual clock: who comes, is offered, answered, passed on or leaves, in the order of time.

Every offer is accepted; the first word comes a while after it. Nothing depends on anything but what is given, so the
same input has the same outcome.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from ...conf import settings
from ...routing.base import Router, load_router
from ...routing.dispatch import Choice, Free, Waiting, choose
from ...routing.estimate import reaches_past
from ...routing.pace import has_room
from .arrivals import Arrival
from .centre import MESSAGE, OVERFLOW, WAIT, Centre, Queue
from .closing import HandleTimes
from .days import Door, Staff
from .line import Line
from .placing import ABANDONED, ANSWERED, OFFERED, OVERFLOWED, WAITING, Chat, Places, Stay, after

AGAIN = timedelta(seconds=30)  # until it is tried once more to pass something on
HOPS_MOST = 3


def simulated(
    centre: Centre,
    arrivals: Iterable[Arrival],
    *,
    start: datetime,
    hours: float,
    answer_seconds: float = 5,
    router: Router | None = None,
) -> list[Stay]:
    """Have all of them come to a centre, and return their times in queues, in the order of entering.

    Args:
        arrivals: In the order of time.
        start, hours: From when, for how long.
        answer_seconds: From an offer to the agent's first word.
        router: Chooses; the one that the settings name by default.
    """
    run = Run(centre, start, timedelta(seconds=answer_seconds), router or load_router())
    return run.until(start + timedelta(hours=hours), arrivals)


class Run:
    """What goes on in a centre."""

    def __init__(self, centre: Centre, start: datetime, answer: timedelta, router: Router) -> None:
        self._centre, self._now, self._answer_after, self._router = centre, start, answer, router
        self._stays: list[Stay] = []
        self._places = Places(centre)
        self._doors = {name: Door(queue, start) for name, queue in centre.queues.items()}
        self._staff = Staff(centre, start)
        self._lines = {part: Line() for part in centre.parts}
        self._put_off: dict[str, dict[int, Chat]] = {name: {} for name in centre.queues}
        self._events: list[tuple[datetime, int, Callable[[Any], None], Any]] = []
        self._planned = 0  # events of one time happen in the order in which they were planned
        self._handle_times = HandleTimes()
        self._stirred: dict[frozenset[str], None] = {}  # the queues where something may be offered now

    def until(self, end: datetime, arrivals: Iterable[Arrival]) -> list[Stay]:
        """Go on until then."""
        for door in self._doors.values():
            self._turn(door)
        self._coming(enumerate(arrivals))
        while self._events and self._events[0][0] <= end:
            self._now = self._events[0][0]
            while self._events and self._events[0][0] == self._now:
                _at, _number, act, what = heapq.heappop(self._events)
                act(what)
            for part in self._stirred:
                self._route(part)
            self._stirred.clear()
        return self._stays

    def _plan(self, at: datetime, act: Callable[[Any], None], what: Any) -> None:
        self._planned += 1
        heapq.heappush(self._events, (at, self._planned, act, what))

    def _stir(self, queue: Queue) -> None:
        self._stirred[self._staff.part_of(queue.name)] = None

    # Customers

    def _coming(self, coming: Iterator[tuple[int, Arrival]]) -> None:
        """Somebody comes next, and then those behind."""
        if (found := next(coming, None)) is not None:
            self._plan(found[1].at, self._arrive, (*found, coming))

    def _arrive(self, what: tuple[int, Arrival, Iterator[tuple[int, Arrival]]]) -> None:
        number, arrival, coming = what
        self._coming(coming)
        queue = self._centre.queues[arrival.queue]
        stay = Stay(number, queue.name, arrival.at, self._now, self._now, kept=False)
        chat = Chat(number, arrival, queue, stay, Waiting("", queue.name, self._now))
        self._enter(chat, queue)
        if not chat.is_put_off and arrival.patience_seconds is not None:
            self._plan(self._now + timedelta(seconds=arrival.patience_seconds), self._leave, chat)
        if chat.is_put_off and queue.when_closed == OVERFLOW:
            self._pass_on(chat)

    def _enter(self, chat: Chat, queue: Queue) -> None:
        is_closed, takes_new = self._doors[queue.name].is_closed, self._takes_new(queue)
        step_due = self._places.enter(
            chat, queue, self._now, is_closed=is_closed, is_closing=not (is_closed or takes_new)
        )
        self._stays.append(chat.stay)
        if chat.is_put_off:
            self._put_off[queue.name][chat.number] = chat
        else:
            self._line_of(queue).add(chat.waiting)
            self._stir(queue)
        if step_due:
            self._plan(step_due, self._step, (chat, chat.stay))
        if queue.max_wait and queue.overflow and not chat.is_follow_up:
            self._plan(after(queue, self._now, queue.max_wait), self._overflow, (chat, chat.stay))
        if not queue.members and queue.when_empty != WAIT and not chat.is_follow_up:
            self._plan(self._now + timedelta(seconds=settings.EMPTY_SECONDS), self._nobody_there, (chat, chat.stay))

    def _takes_new(self, queue: Queue) -> bool:
        """Whether it is open to who comes now: not shortly before closing, when that would wait past it."""
        door = self._doors[queue.name]
        closes_at = None if door.is_closed else door.turns_at
        if closes_at is None or closes_at - self._now > timedelta(seconds=queue.closing):
            return not door.is_closed
        there = self._staff.there_in(self._staff.part_of(queue.name))
        expected = self._handle_times.expected(queue, self._line_of(queue), there, self._now)
        return not reaches_past(expected, self._now, closes_at)

    def _line_of(self, queue: Queue) -> Line:
        return self._lines[self._staff.part_of(queue.name)]

    def _leave(self, chat: Chat) -> None:
        """The customer's patience is over: whoever was told that it is closed, or has an answer, stays."""
        if chat.is_put_off or chat.is_follow_up or chat.stay.state not in (WAITING, OFFERED):
            return
        if chat.agent:
            chat.agent.load -= chat.waiting.share
            chat.agent.first_in_line = True
            self._free(chat)
        else:
            self._line_of(chat.queue).remove(chat.waiting)
        chat.stay.state, chat.stay.left_at = ABANDONED, self._now

    # What a queue does with time

    def _step(self, what: tuple[Chat, Stay]) -> None:
        chat, stay = what
        if not _still_waits(chat, stay) or chat.is_follow_up:
            return
        self._restage(chat)
        self._stir(chat.queue)

    def _restage(self, chat: Chat) -> None:
        if not chat.is_put_off:
            self._line_of(chat.queue).remove(chat.waiting)
        reached = len(chat.waiting.requirements) - 1
        is_closed = self._doors[chat.queue.name].is_closed
        step_due = self._places.stage(chat, self._now, is_closed=is_closed, reached=reached)
        if not chat.is_put_off:
            self._line_of(chat.queue).add(chat.waiting)
        if step_due:
            self._plan(step_due, self._step, (chat, chat.stay))

    def _overflow(self, what: tuple[Chat, Stay]) -> None:
        chat, stay = what
        if _still_waits(chat, stay) and not chat.is_follow_up and not self._pass_on(chat):
            self._plan(self._now + AGAIN, self._overflow, what)

    def _pass_on(self, chat: Chat) -> bool:
        """Have it wait in the first other queue that is open and that it has not been in."""
        untried = (self._centre.queues[name] for name in chat.queue.overflow if name not in chat.been_in)
        others = [queue for queue in untried if self._takes_new(queue)]
        if not others or len(chat.been_in) > HOPS_MOST:
            return False
        self._take_out(chat)
        chat.stay.state, chat.stay.left_at = OVERFLOWED, self._now
        self._enter(chat, others[0])
        return True

    def _take_out(self, chat: Chat) -> None:
        if chat.is_put_off:
            del self._put_off[chat.queue.name][chat.number]
        else:
            self._line_of(chat.queue).remove(chat.waiting)

    def _nobody_there(self, what: tuple[Chat, Stay]) -> None:
        chat, stay = what
        if not _still_waits(chat, stay) or chat.is_follow_up or chat.is_put_off:
            return
        if chat.queue.when_empty == MESSAGE:
            self._line_of(chat.queue).remove(chat.waiting)
            self._places.follow_up(chat, self._now)
            self._line_of(chat.queue).add(chat.waiting)
        elif not self._pass_on(chat):
            self._plan(self._now + AGAIN, self._nobody_there, what)

    def _turn(self, door: Door) -> None:
        """It opens, closes, or stops serving what waited at closing."""
        queue, was_closed, served = door.queue, door.is_closed, door.serves_until
        door.turn(self._now)
        if door.turns_at:
            self._plan(door.turns_at, self._turn, door)
        if was_closed and not door.is_closed:
            kept, self._put_off[queue.name] = self._put_off[queue.name], {}
            for chat in kept.values():
                chat.is_put_off = False
                self._line_of(queue).add(chat.waiting)
                self._restage(chat)
        elif door.is_closed and not door.serves(self._now) and served:
            for waiting in self._line_of(queue).of(queue.name):
                self._line_of(queue).remove(waiting)
                waiting.row.is_put_off = True
                self._put_off[queue.name][waiting.row.number] = waiting.row
        self._staff.come_and_go(self._doors.values(), self._now)
        self._stir(queue)

    # Agents

    def _route(self, part: frozenset[str]) -> None:
        """Make the offers that can be made in queues that share their agents."""
        free = self._staff.free_in(part)
        served = [name for name in part if self._doors[name].serves(self._now)]
        groups = self._lines[part].groups(served) if free else []
        for choice in list(choose(groups, free, router=self._router, now=self._now)):
            if choice.decision.agent_id:
                self._offer(choice)

    def _offer(self, choice: Choice) -> None:
        chat: Chat = choice.waiting.row
        stay, agent_id = chat.stay, choice.decision.agent_id
        self._line_of(chat.queue).remove(chat.waiting)
        chat.agent = self._staff.agents[agent_id]
        self._staff.look_at(chat.agent)
        stay.state, stay.agent, stay.offered_at = OFFERED, agent_id, self._now
        _note_match(stay, choice, chat.agent)
        self._plan(self._now + self._answer_after, self._answer, chat)
        if choice.waiting.gap and has_room(chat.agent.load, chat.agent.capacity, 1):
            self._plan(self._now + timedelta(seconds=choice.waiting.gap), self._stir, chat.queue)

    def _answer(self, chat: Chat) -> None:
        if chat.stay.state != OFFERED or chat.agent is None:
            return  # the customer left
        chat.stay.state, chat.stay.answered_at = ANSWERED, self._now
        chat.agent.idle_since = self._now
        if not chat.waiting.share:
            self._free(chat)  # of what takes no slot the next may be offered
        self._plan(self._now + timedelta(seconds=chat.arrival.handle_seconds), self._end, chat)

    def _end(self, chat: Chat) -> None:
        chat.stay.left_at = self._now
        self._handle_times.note(chat.queue.name, self._now, chat.arrival.handle_seconds)
        if chat.agent:
            chat.agent.load -= chat.waiting.share
            chat.agent.idle_since = self._now
            self._free(chat)

    def _free(self, chat: Chat) -> None:
        """Its agent has room for another one."""
        if chat.agent:
            chat.agent.rings = chat.agent.rings and bool(chat.waiting.share)
            self._staff.look_at(chat.agent)
            self._stir(chat.queue)


def _still_waits(chat: Chat, stay: Stay) -> bool:
    """Whether it waits in the same queue as when something was planned for it."""
    return chat.stay is stay and stay.state == WAITING


def _note_match(stay: Stay, choice: Choice, agent: Free) -> None:
    first = choice.waiting.requirements[0]
    stay.step = len(choice.waiting.requirements) - 1
    stay.earliest = next(each.step for each in choice.candidates if each.agent_id == agent.agent_id)
    stay.asked = len(first.skills) + bool(first.language)
    stay.levels = first.levels(agent.skills, agent.languages)
