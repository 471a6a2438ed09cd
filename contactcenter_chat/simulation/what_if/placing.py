"""Where does a chat stand in its queue: when is it due, what does it require now, and when something else?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...routing import order
from ...routing.dispatch import Free, Waiting
from ...routing.pace import MAIL, MESSAGING, SHARES, Pace, pace_of
from ...routing.plan import Requirement, Wish, requirement_of, serves, stage_of
from .arrivals import Arrival
from .centre import MESSAGE, Centre, Queue

WAITING, OFFERED, ANSWERED, ABANDONED, OVERFLOWED = "waiting", "offered", "answered", "abandoned", "overflowed"


@dataclass(slots=True)
class Stay:
    """An interaction's time in one queue.

    Args:
        number: The interaction's; those that came first have the lowest.
        came_at: When it came to its first queue.
        since: When it came to this one.
        kept: Whether it came while the queue was closed, became a follow-up, or is of another pace than live: due by
            hours.
        state: WAITING or OFFERED when the time was over before it was answered.
        step: The one that it was in at the offer.
        earliest: The earliest step whose requirement the chosen agent meets.
        asked: How much the queue required at first: skills, and a language.
        levels: The sum of the chosen agent's levels in that.
    """

    number: int
    queue: str
    came_at: datetime
    since: datetime
    due_at: datetime
    kept: bool
    state: str = WAITING
    agent: str = ""
    offered_at: datetime | None = None
    answered_at: datetime | None = None
    left_at: datetime | None = None  # its work was done, or it was passed on, or gone
    step: int = 0
    earliest: int = 0
    asked: int = 0
    levels: int = 0


@dataclass(slots=True, eq=False)
class Chat:
    """One interaction as it goes on; ``waiting`` is what the router is asked of it."""

    number: int
    arrival: Arrival
    queue: Queue
    stay: Stay
    waiting: Waiting
    wish: Wish = field(default_factory=Wish)
    is_put_off: bool = False  # until its queue opens
    is_follow_up: bool = False
    been_in: tuple[str, ...] = ()
    agent: Free | None = None


class Places:
    """What queues make of who waits there."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._spoken = {name: centre.spoken_in(queue) for name, queue in centre.queues.items()}
        self._met: dict[Any, bool] = {}
        self._wishes: dict[Any, Wish] = {}
        self._required: dict[Any, tuple[Requirement, ...]] = {}

    def enter(self, chat: Chat, queue: Queue, now: datetime, *, is_closed: bool, is_closing: bool) -> datetime | None:
        """Give it its place in a queue that it enters now; return when its next step is due.

        A queue is closing when it is open to who waits there, and closed to who comes now.
        """
        chat.queue, chat.wish = queue, self._wish(chat.arrival, queue)
        chat.been_in = (*chat.been_in, queue.name)
        chat.is_put_off = is_closed or is_closing
        chat.is_follow_up = chat.is_put_off and queue.when_closed == MESSAGE
        came_at = chat.arrival.at
        later = pace_of(chat.arrival.pace).in_open_hours or chat.is_follow_up or is_closing
        kept = later or (queue.hours is not None and not queue.hours.is_open(came_at))
        chat.stay = Stay(chat.number, queue.name, came_at, now, due_at(chat, kept=kept), kept)
        return self.stage(chat, now, is_closed=is_closed, reached=0)

    def follow_up(self, chat: Chat, now: datetime) -> None:
        """Nobody expects an answer at once any more."""
        chat.is_follow_up = chat.stay.kept = True
        chat.stay.due_at = due_at(chat, kept=True)
        self.stage(chat, now, is_closed=True, reached=0)

    def stage(self, chat: Chat, now: datetime, *, is_closed: bool, reached: int) -> datetime | None:
        """Have it require what it does now; return when its next step is due."""
        queue, plan, since = chat.queue, chat.queue.plan, chat.stay.since
        required, step, next_after = self._all_required(queue, chat.wish), 0, None
        if plan.steps:
            span = queue.hours.open_between(since, now) if queue.hours else now - since
            waited = 0 if chat.is_follow_up else span.total_seconds()
            can_be_met = self._somebody_of(queue, is_closed=is_closed)
            stage = stage_of(plan, chat.wish, waited, reached=reached, can_be_met=can_be_met)
            step, next_after = stage.step, None if chat.is_follow_up else stage.next_after
        chat.waiting = Waiting(
            f"{chat.number:09}",
            queue.name,
            chat.stay.due_at,
            required[: step + 1],
            prefer=queue.prefer,
            gap=queue.gap,
            row=chat,
            share=SHARES[chat.arrival.pace],
        )
        return None if next_after is None else after(queue, since, next_after)

    def _wish(self, arrival: Arrival, queue: Queue) -> Wish:
        key = queue.name, arrival.language, tuple(arrival.skills.items())
        if key not in self._wishes:
            speaks = any(serves(tag, arrival.language) for tag in self._spoken[queue.name])
            self._wishes[key] = Wish(arrival.language if arrival.language and speaks else "", arrival.skills)
        return self._wishes[key]

    def _all_required(self, queue: Queue, wish: Wish) -> tuple[Requirement, ...]:
        """What is required before the first step, and in each."""
        key = queue.name, wish.language, tuple(wish.skills.items())
        if key not in self._required:
            steps = range(len(queue.plan.steps) + 1)
            self._required[key] = tuple(requirement_of(queue.plan, wish, step) for step in steps)
        return self._required[key]

    def _somebody_of(self, queue: Queue, *, is_closed: bool) -> Callable[[Requirement], bool]:
        """Whether a member has what is required; of a closed queue nobody knows who will be there."""

        def can_be_met(requirement: Requirement) -> bool:
            key = queue.name, tuple(requirement.skills.items()), requirement.language
            if key not in self._met:
                members = [self._centre.agents[name] for name in queue.members]
                self._met[key] = not members or any(
                    requirement.is_met(each.skills, each.languages) for each in members
                )
            return self._met[key]

        return (lambda requirement: True) if is_closed else can_be_met


def due_at(chat: Chat, *, kept: bool) -> datetime:
    """When it is to be answered."""
    queue = chat.queue
    pace = pace_of(chat.arrival.pace)
    of_queue = queue.closed_target if kept else queue.target
    target = timedelta(seconds=_open_target(queue, pace) if pace.in_open_hours else of_queue)
    priority = queue.priority + chat.arrival.priority
    return order.due_at(chat.arrival.at, target=target, priority=priority, hours=queue.hours)


def _open_target(queue: Queue, pace: Pace) -> int:
    of_queue = {MESSAGING: queue.messaging_target, MAIL: queue.mail_target}[pace.name]
    return pace.target if of_queue is None else of_queue


def after(queue: Queue, since: datetime, seconds: float) -> datetime:
    """So many seconds of a queue's open time later."""
    by = timedelta(seconds=seconds)
    return queue.hours.moved(since, by) if queue.hours else since + by
