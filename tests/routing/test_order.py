"""Which interaction is due first, and which agent is asked first."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contactcenter_chat.routing.base import Candidate
from contactcenter_chat.routing.hours import Hours, Period
from contactcenter_chat.routing.order import BEST, ENOUGH, due_at, rank, used

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICE = Hours(ZoneInfo("UTC"), dict.fromkeys(range(7), (Period(9 * 60, 17 * 60),)))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("entered_at", "target", "priority", "due"),
    [
        (NOON, MINUTE, 0, NOON + MINUTE),
        (NOON, MINUTE, 10, NOON - 9 * MINUTE),
        (NOON, MINUTE, -10, NOON + 11 * MINUTE),
        (NOON + 5 * 60 * MINUTE, MINUTE, 0, NOON + 21 * 60 * MINUTE + MINUTE),  # just after closing
        (NOON - 179 * MINUTE, MINUTE, 10, NOON - 19 * 60 * MINUTE - 8 * MINUTE),  # into the day before
    ],
)
def test_due(entered_at, target, priority, due):
    assert due_at(entered_at, target=target, priority=priority, hours=OFFICE) == due


def test_due_where_it_is_always_open():
    assert due_at(NOON, target=MINUTE, priority=30, hours=None) == NOON - 29 * MINUTE


def agent(agent_id, *, idle=0, level=3, load=0, capacity=3, first_in_line=False, step=0, skill=0):
    idle_since = NOON - idle * MINUTE
    return Candidate(agent_id, level, load, capacity, idle_since, first_in_line, step=step, skill=skill)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"step": 0, "load": 2}, {"step": 1}),
        ({"step": 1, "first_in_line": True, "load": 2}, {"step": 1}),
        ({"load": 1, "capacity": 4}, {"load": 1, "level": 5}),
        ({"level": 4}, {"level": 3, "idle": 9}),
        ({"idle": 2}, {"idle": 1, "skill": 9}),
        ({"agent_id": "a"}, {"agent_id": "b"}),
    ],
)
def test_chats_are_shared_out_evenly(first, second):
    assert of(first, ENOUGH) < of(second, ENOUGH)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"skill": 9, "load": 2}, {"skill": 5}),
        ({"step": 0, "skill": 1}, {"step": 1, "skill": 9}),
        ({"skill": 5, "idle": 2}, {"skill": 5, "idle": 1}),
    ],
)
def test_or_go_to_who_can_do_it_best(first, second):
    assert of(first, BEST) < of(second, BEST)


def of(about, prefer):
    return rank(agent(**{"agent_id": "x", **about}), prefer=prefer)


def test_shares_are_compared_in_thirds():
    """What is the same part of a capacity counts as the same, whatever floats make of it."""
    assert used(5 / 3, 5) == used(1, 3) == used(1 / 3, 1) == 1 / 3
