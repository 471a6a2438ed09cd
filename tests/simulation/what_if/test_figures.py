"""What is counted, and how."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contactcenter_chat.simulation.what_if.centre import Agent, Centre
from contactcenter_chat.simulation.what_if.figures import (
    Figures,
    Wait,
    customers_of,
    figures_of,
    percentile,
    service_level,
    waiting_at,
)
from contactcenter_chat.simulation.what_if.placing import Stay

from .days import OFFICE, at, queue

CENTRE = Centre("c", {"fees": queue("fees", hours=OFFICE), "general": queue("general", target=10)}, {})


def stay(number, name, since, until=None, state="answered", *, kept=False, came=None, due="17:00", **about):
    answered = at(until) if state == "answered" else None
    left = at(until) if until and state != "answered" else None
    return Stay(
        number, name, at(came or since), at(since), at(due), kept, state, answered_at=answered, left_at=left, **about
    )


@pytest.mark.parametrize(
    ("values", "percent", "value"),
    [([], 50, None), ([7], 99, 7), ([1, 2], 50, 1), ([1, 2, 3], 50, 2), (range(1, 101), 90, 90), (range(101), 99, 99)],
)
def test_percentiles(values, percent, value):
    assert percentile(list(values), percent) == value


def test_service_level():
    waits = [
        *(Wait(60, 60, "answered"), Wait(61, 60, "answered")),
        *(Wait(5, 60, "abandoned"), Wait(4.9, 60, "abandoned")),  # the second one left at once: it does not count
        *(Wait(61, 60, "waiting"), Wait(60, 60, "waiting"), Wait(60, 60, "offered")),
        *(Wait(61, 60, "overflowed"), Wait(60, 60, "overflowed")),
    ]
    assert service_level(waits) == 1 / 5
    assert service_level([]) is None


def test_of_a_queue_and_of_the_customers():
    stays = [
        stay(0, "fees", "09:00", "09:00:30", offered_at=at("09:00:25"), asked=2, levels=5),
        stay(1, "fees", "11:59:00", "13:01:00", offered_at=at("13:00:55"), asked=1, levels=1, earliest=1),
        stay(2, "fees", "09:10", "09:15", "overflowed"),
        stay(2, "general", "09:15", "09:15:05", came="09:10", offered_at=at("09:15")),
        stay(3, "fees", "09:20", "09:20:04", "abandoned"),
        stay(4, "fees", "09:30", "09:40", "abandoned"),
        stay(5, "fees", "08:00", "11:00", kept=True, due="13:00"),
        stay(6, "fees", "08:00", "14:00", kept=True, due="13:00"),
        stay(7, "fees", "16:59", state="waiting"),
    ]
    found = figures_of(stays, CENTRE, at("17:00"))
    assert found["fees"] == Figures(
        entered=8,
        answered=4,
        abandoned=1,
        short_abandoned=1,
        overflowed=1,
        waiting=1,
        waits={50: 30.0, 90: 120.0, 99: 120.0},  # from 11:59 to noon, and from one to 13:01
        service_level=1 / 4,
        goal=0.8,
        goals=1,
        goals_met=0,
        kept=2,
        kept_in_time=1,
        matched=1 / 2,
        level=7 / 4,
        most_waiting=1,
    )
    assert found["general"].waits[50] == 5
    assert (found["general"].entered, found["general"].service_level, found["general"].level) == (1, 1.0, None)
    everybody = found[""]
    assert (everybody.entered, everybody.answered, everybody.overflowed, everybody.waiting) == (8, 5, 1, 1)
    assert everybody.waits == {50: 120.0, 90: 305.0, 99: 305.0}  # the third one since it came to the first queue
    assert everybody.service_level == 1 / 4
    assert (everybody.goal, everybody.goals, everybody.goals_met) == (None, 2, 1)


@pytest.mark.parametrize(("share", "is_met"), [(0.5, True), (0.51, False)])
def test_a_goal_is_met_when_as_many_were_answered_in_time(share, is_met):
    centre = Centre("c", {"fees": queue("fees", share=share)}, {})
    stays = [stay(0, "fees", "09:00", "09:01"), stay(1, "fees", "09:00", "09:02")]
    found = figures_of(stays, centre, at("17:00"))["fees"]
    assert (found.service_level, found.goal, found.goals, found.goals_met) == (0.5, share, 1, int(is_met))


def test_whoever_came_while_it_was_closed_stays_one_of_those():
    stays = [
        stay(0, "fees", "08:00", "08:00", "overflowed", kept=True, due="13:00"),
        stay(0, "general", "08:00", "08:20", came="08:00"),
    ]
    (whole,) = customers_of(stays)
    assert (whole.queue, whole.kept, whole.since, whole.answered_at) == ("fees", True, at("08:00"), at("08:20"))
    everybody = figures_of(stays, CENTRE, at("17:00"))[""]
    assert (everybody.kept, everybody.kept_in_time, everybody.service_level) == (1, 1, None)


def test_of_nothing_nothing_is_said():
    found = figures_of([], Centre("c", {"fees": queue()}, {"ada": Agent("ada", 1)}), at("17:00"))
    assert found[""] == replace(found["fees"], goal=None)
    assert (found[""].entered, found[""].service_level, found[""].waits[50], found[""].matched) == (
        0,
        None,
        None,
        None,
    )


def test_how_many_wait_as_time_goes_on():
    stays = [
        stay(0, "fees", "09:00", "09:20"),
        stay(1, "fees", "09:05", "09:10"),
        stay(2, "fees", "09:10", state="waiting"),
        stay(3, "fees", "09:00", "12:00", kept=True),
    ]
    assert waiting_at(stays, at("09:00"), at("09:00") + timedelta(minutes=40), 5) == [1, 2, 1, 1, 1]
