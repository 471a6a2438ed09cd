"""How long would who comes shortly before closing wait? In slots, whatever the paces of what is had and what waits."""

from datetime import timedelta

import pytest

from contactcenter_chat.routing.dispatch import Free, Waiting
from contactcenter_chat.routing.estimate import Estimate
from contactcenter_chat.simulation.what_if.closing import HandleTimes
from contactcenter_chat.simulation.what_if.line import Line

from .days import at, queue

NOW = at("11:55")
FEES = queue()


@pytest.fixture
def times():
    """Ten minutes each."""
    known = HandleTimes()
    for _ in range(20):
        known.note("fees", NOW, 600)
    return known


def ada(load):
    return Free("ada", {"fees": 3}, load, 3, NOW)


def line_of(*shares):
    line = Line()
    for number, share in enumerate(shares):
        line.add(Waiting(f"{number}", "fees", NOW + timedelta(seconds=number), share=share))
    return line


@pytest.mark.parametrize(("load", "minutes"), [(0, 1), (3, 1), (6, 1), (7, 2), (9, 4), (10, 4)])
def test_a_load_is_one_of_thirds(times, load, minutes):
    """With three slots of ten minutes, all taken, the next one is free after a third of that."""
    assert times.expected(FEES, line_of(), [ada(load)], NOW) == Estimate(minutes, minutes)


@pytest.mark.parametrize(
    ("shares", "slots"),
    [((), 0), ((3,), 1), ((1,), 1 / 3), ((3, 1, 1, 1, 0), 2), ((0, 0), 0), ((3, 3, 1, 1), 2 + 2 / 3)],
)
def test_what_is_ahead_is_counted_by_its_share(shares, slots):
    line = line_of(*shares)
    asked = Waiting("", "fees", NOW).requirements[-1]
    assert line.ahead("fees", asked) == pytest.approx(slots)


def test_three_messaging_chats_are_waited_for_as_one_live(times):
    busy = [ada(9)]
    found = [times.expected(FEES, line_of(*shares), busy, NOW) for shares in ((3,), (1, 1, 1), (1,), (0,))]
    assert found == [Estimate(7, 7), Estimate(7, 7), Estimate(5, 5), Estimate(4, 4)]
