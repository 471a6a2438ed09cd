"""What came of it? Waits, service level, match and overflow, of each queue and of the whole centre.

Of a queue they are about its segments, of the whole about customers: from their first entry, through all overflows.
Waits are open time of the queue (of the whole: of the first one).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...conf import settings
from .centre import Centre, Queue
from .placing import ABANDONED, ANSWERED, OVERFLOWED, Stay

PERCENTILES = (50, 90, 99)


@dataclass(frozen=True)
class Wait:
    """How one that expected an answer soon waited, and what became of it."""

    seconds: float
    target: float
    state: str


@dataclass(frozen=True)
class Figures:
    """What came of one queue, or of all.

    Args:
        entered: All who came; the next five are parts of it, but for what overflowed out of a queue.
        answered: Got an agent's word.
        abandoned: Left after 5 seconds or later; short_abandoned: sooner.
        overflowed: Passed on to another queue; of the whole centre: how often that happened.
        waiting: Were still there at the end.
        waits: By percentile, seconds to the first word of those who came while it was open; None without any.
        service_level: Answered within the target / (answered + abandoned + waiting or overflowed for longer than the
            target), of those who came while it was open; None without any.
        goal: The share that should be, 0-1; None of the whole, since each queue has its own.
        goals: How many queues have a service level; goals_met: of those, how many have their goal.
        kept: Who came while it was closed, or became follow-ups; kept_in_time: of those, answered until they were due.
        matched: The share of offers to agents who have what the queue required at first; None without any.
        level: The mean level of chosen agents in what was required at first, 0 for what they lack; None where nothing
            was.
        most_waiting: At one time, of those who came while it was open.
    """

    entered: int
    answered: int
    abandoned: int
    short_abandoned: int
    overflowed: int
    waiting: int
    waits: dict[int, float | None]
    service_level: float | None
    goal: float | None
    goals: int
    goals_met: int
    kept: int
    kept_in_time: int
    matched: float | None
    level: float | None
    most_waiting: int


def figures_of(stays: Sequence[Stay], centre: Centre, end: datetime) -> dict[str, Figures]:
    """The figures of each queue by its name, and those of the whole by the name ''."""
    by_queue: dict[str, list[Stay]] = {name: [] for name in centre.queues}
    for stay in stays:
        by_queue[stay.queue].append(stay)
    overflowed = sum(each.state == OVERFLOWED for each in stays)
    queues = {name: _with_goal(_figures(its, centre, end), centre.queues[name]) for name, its in by_queue.items()}
    met = {name: sum(getattr(figures, name) for figures in queues.values()) for name in ("goals", "goals_met")}
    return {"": replace(_figures(customers_of(stays), centre, end), overflowed=overflowed, **met), **queues}


def _with_goal(figures: Figures, queue: Queue) -> Figures:
    level = figures.service_level
    is_met = level is not None and level >= queue.share
    return replace(figures, goal=queue.share, goals=int(level is not None), goals_met=int(is_met))


def customers_of(stays: Iterable[Stay]) -> list[Stay]:
    """One time for each customer, whatever queues it was in."""
    by_chat: dict[int, list[Stay]] = {}
    for stay in stays:
        by_chat.setdefault(stay.number, []).append(stay)
    return [_whole(times) for times in by_chat.values()]


def _whole(times: list[Stay]) -> Stay:
    """A customer's way through several queues as if it had been one time in the first of them."""
    first = times[0]
    if len(times) == 1:
        return first
    of_first = {name: getattr(first, name) for name in ("queue", "since", "due_at", "kept")}
    return replace(times[-1], **of_first)


def _wait(stay: Stay, queue: Queue, end: datetime) -> Wait:
    until = stay.answered_at or stay.left_at or end
    return Wait(_open(queue, stay.since, until), queue.target, stay.state)


def _open(queue: Queue, start: datetime, end: datetime) -> float:
    return (queue.hours.open_between(start, end) if queue.hours else end - start).total_seconds()


def _figures(stays: list[Stay], centre: Centre, end: datetime) -> Figures:
    all_waits = [_wait(stay, centre.queues[stay.queue], end) for stay in stays]
    live = [wait for stay, wait in zip(stays, all_waits, strict=True) if not stay.kept]
    answered = [stay for stay in stays if stay.answered_at]
    abandoned = [wait.seconds for wait in all_waits if wait.state == ABANDONED]
    short = sum(seconds < settings.SHORT_ABANDON_SECONDS for seconds in abandoned)
    kept = [stay for stay in stays if stay.kept]
    offered = [stay for stay in stays if stay.offered_at]
    asked = [stay.levels / stay.asked for stay in offered if stay.asked]
    left = sum(stay.state == OVERFLOWED for stay in stays)
    seconds = sorted(wait.seconds for wait in live if wait.state == ANSWERED)
    return Figures(
        entered=len(stays),
        answered=len(answered),
        abandoned=len(abandoned) - short,
        short_abandoned=short,
        overflowed=left,
        waiting=len(stays) - len(answered) - len(abandoned) - left,
        waits={percent: percentile(seconds, percent) for percent in PERCENTILES},
        service_level=service_level(live),
        goal=None,
        goals=0,
        goals_met=0,
        kept=len(kept),
        kept_in_time=sum(stay.answered_at is not None and stay.answered_at <= stay.due_at for stay in kept),
        matched=_mean([stay.earliest == 0 for stay in offered]),
        level=_mean(asked),
        most_waiting=_most(stays, end),
    )


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The least value that so many percent do not exceed; None of nothing."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else None


def service_level(waits: Iterable[Wait]) -> float | None:
    """The share that was answered within the target; see Figures."""
    within = of = 0
    for wait in waits:
        if wait.state == ANSWERED:
            within += wait.seconds <= wait.target
            of += 1
        elif wait.state == ABANDONED:
            of += wait.seconds >= settings.SHORT_ABANDON_SECONDS
        else:
            of += wait.seconds > wait.target
    return within / of if of else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _most(stays: Iterable[Stay], end: datetime) -> int:
    changes = [
        change
        for stay in stays
        if not stay.kept
        for change in ((stay.since, 1), (stay.answered_at or stay.left_at or end, -1))
    ]
    now = most = 0
    for _at, change in sorted(changes):  # who leaves comes before who enters at the same time
        now += change
        most = max(most, now)
    return most


def waiting_at(stays: Iterable[Stay], start: datetime, end: datetime, points: int) -> list[int]:
    """How many wait, without those kept for later, at so many times from the start to the end."""
    apart = (end - start) / (points - 1)
    change = [0] * (points + 1)
    for stay in stays:
        if not stay.kept:
            until = stay.answered_at or stay.left_at or end + apart
            change[_point_from(stay.since - start, apart)] += 1
            change[min(points, _point_from(until - start, apart))] -= 1
    total, found = 0, []
    for each in change[:points]:
        total += each
        found.append(total)
    return found


def _point_from(since_start: timedelta, apart: timedelta) -> int:
    """The first of the times that is not before this one."""
    return -(-since_start // apart)
