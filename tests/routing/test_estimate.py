"""How long will it be until an agent takes a chat?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_chat.routing.estimate import Estimate, HandleTimes, Slots, estimate, handle_times, told_after

TIMES = HandleTimes(median=300, long=600)


@pytest.mark.parametrize(
    ("samples", "found"),
    [(range(10, 0, -1), HandleTimes(5, 8)), (range(10, 130, 10), HandleTimes(60, 100)), (range(9), None), ((), None)],
)
def test_how_long_chats_take_is_known_from_ten_of_them(samples, found):
    assert handle_times(list(samples)) == found


@pytest.mark.parametrize(
    ("slots", "ahead", "found"),
    [
        (Slots(3, 0), 0, Estimate(2, 4)),  # one turn of three: 100 s and 200 s
        (Slots(3, 0), 5, Estimate(10, 20)),
        (Slots(3, 1), 0, Estimate(1, 1)),  # somebody is free
        (Slots(3, 2), 4, Estimate(5, 10)),
        (Slots(1.5, 0), 2, Estimate(10, 20)),  # half of a capacity of three
        (Slots(0, 0), 0, None),
    ],
)
def test_an_estimate_is_turns_of_a_chat_in_whole_minutes(slots, ahead, found):
    assert estimate(TIMES, slots, ahead=ahead) == found


def test_without_knowing_how_long_chats_take_there_is_none():
    assert estimate(None, Slots(3, 3), ahead=0) is None


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (None, Estimate(4, 8), Estimate(4, 8)),
        (Estimate(4, 8), None, None),
        (Estimate(4, 8), Estimate(3, 7), Estimate(3, 7)),
        (Estimate(4, 8), Estimate(5, 10), Estimate(4, 8)),
        (Estimate(4, 8), Estimate(5, 11), Estimate(4, 11)),
        (Estimate(4, 8), Estimate(6, 11), Estimate(6, 11)),
        (Estimate(4, 8), Estimate(9, 9), Estimate(8, 8)),
        (Estimate(4, 8, is_rough=True), Estimate(4, 8), Estimate(4, 8)),
    ],
)
def test_what_is_told_falls_freely_and_rises_only_when_it_must(before, now, told):
    assert told_after(before, now) == told


minutes = st.integers(1, 500)
estimates = st.tuples(minutes, minutes).map(lambda pair: Estimate(*sorted(pair)))


@given(estimates, estimates)
def test_what_is_told_is_a_range_that_never_rises_by_less_than_a_quarter(before, now):
    told = told_after(before, now)
    assert 1 <= told.low <= told.high
    assert told.high in (before.high, now.high)
    assert not before.high < told.high <= before.high * 1.25


def test_all_of_it_is_counted_in_slots():
    """A third behind five thirds, two slots in all and half of one free."""
    times = HandleTimes(600, 1200)
    assert estimate(times, Slots(2, 0.5), ahead=5 / 3, own=1 / 3) == Estimate(8, 15)
    assert estimate(times, Slots(2, 0.5), ahead=5, own=0) is None
