"""How long will it be until an agent takes a chat? A range, from how long agents have had the ones before.

Source: handle time × what is ahead that no free agent takes at once / chats that agents can have at once. All of it is
counted in slots: a chat of the pace messaging is a third of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

SAMPLES_LEAST = 10
RISES_BY = 1.25  # what was said before stands until it is wrong by more than that
MINUTE = 60


@dataclass(frozen=True)
class HandleTimes:
    """How long agents have a chat, from accepting to finishing it.

    Args:
        median: Seconds.
        long: Seconds that four of five chats do not exceed.
        is_rough: Whether these are chats of earlier weeks.
    """

    median: float
    long: float
    is_rough: bool = False


@dataclass(frozen=True)
class Slots:
    """How many chats agents can have at once, those shared with other queues in part, and how many more now."""

    all: float = 0
    free: float = 0


@dataclass(frozen=True)
class Estimate:
    """From ``low`` to ``high`` whole minutes, at least 1; rough when it is from earlier weeks."""

    low: int
    high: int
    is_rough: bool = False


def handle_times(samples: Sequence[float], *, is_rough: bool = False) -> HandleTimes | None:
    """Return how long chats take, by how many seconds each of some took; None when these are too few."""
    if len(samples) < SAMPLES_LEAST:
        return None
    known = sorted(samples)
    return HandleTimes(_share_of(known, 0.5), _share_of(known, 0.8), is_rough)


def estimate(times: HandleTimes | None, slots: Slots, *, ahead: float, own: float = 1) -> Estimate | None:
    """Return how long who has so many slots ahead, and takes ``own`` itself, will wait; None when that cannot be said.

    What takes no slot waits for none.
    """
    if times is None or slots.all <= 0 or not own:
        return None
    turns = max(0.0, ahead - slots.free + own) / slots.all
    return Estimate(_minutes(times.median * turns), _minutes(times.long * turns), times.is_rough)


def told_after(before: Estimate | None, now: Estimate | None) -> Estimate | None:
    """Return what is told to who was told something before: it falls as it falls, and rises only when it must."""
    if before is None or now is None:
        return now
    high = _told(before.high, now.high)
    return Estimate(min(_told(before.low, now.low), high), high, now.is_rough)


def reaches_past(expected: Estimate | None, now: datetime, until: datetime) -> bool:
    """Return whether who comes now may still wait at that time; of what nobody knows it is not said."""
    return expected is not None and now + timedelta(minutes=expected.high) > until


def _told(before: int, now: int) -> int:
    return before if before < now <= before * RISES_BY else now


def _share_of(known: Sequence[float], share: float) -> float:
    return known[ceil(share * len(known)) - 1]


def _minutes(seconds: float) -> int:
    return max(1, ceil(seconds / MINUTE))
