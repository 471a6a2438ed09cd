"""Hours against a walk through time, minute by minute, with the clock on the wall of their zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter_chat.routing.hours import LOOKED_AHEAD, Hours, Period

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Changes at 2:00, at midnight, by half an hour only, backwards over midnight, and of the southern summer.
CHANGES = {
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Africa/Cairo": ("2026-04-24", "2026-10-29"),
    "America/Santiago": ("2026-04-04", "2026-09-06"),
}
AROUND = [(zone, day) for zone, days in CHANGES.items() for day in days]
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)


def minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def periods(*texts):
    return tuple(Period(*map(minutes, text.split("-"))) for text in texts)


def make(zone="UTC", every_day=("9:00-17:00",), **more):
    return Hours(ZoneInfo(zone), dict.fromkeys(range(7), periods(*every_day)), **more)


def shows_open(hours, at):
    """What somebody with the timetable and a clock on the wall would say."""
    wall = at.astimezone(hours.zone)
    minute = wall.hour * 60 + wall.minute
    today, before = (hours.weekly.get(day.weekday(), ()) for day in (wall.date(), wall.date() - DAY))
    late = any(each.end <= each.start and minute < each.end for each in before)
    return late or any(each.start <= minute and (minute < each.end or each.end <= each.start) for each in today)


WEEKS = st.dictionaries(
    st.integers(0, 6),
    st.lists(st.builds(Period, st.integers(0, 1439), st.integers(0, 1440)), max_size=3).map(tuple),
)


@pytest.mark.parametrize(("zone", "day"), AROUND)
@settings(max_examples=6, deadline=None)
@given(weekly=WEEKS, ahead=st.integers(0, 3000))
def test_hours_are_what_the_clock_on_the_wall_says(zone, day, weekly, ahead):
    hours = Hours(ZoneInfo(zone), weekly)
    start = datetime.combine(date.fromisoformat(day), time(), tzinfo=UTC) - DAY
    walk = [start + each * MINUTE for each in range(3 * 24 * 60)]
    shown = [shows_open(hours, at) for at in walk]
    assert [hours.is_open(at) for at in walk] == shown
    assert hours.open_between(walk[0], walk[-1] + MINUTE) == sum(shown) * MINUTE
    change = next((at for at, (was, now) in zip(walk[1:], pairwise(shown), strict=False) if was != now), None)
    assert change is None or hours.next_change(walk[0]) == change
    if ahead < sum(shown):
        opened = [at for at, is_open in zip(walk, shown, strict=True) if is_open]
        assert hours.moved(walk[0], ahead * MINUTE) == (opened[ahead - 1] + MINUTE if ahead else walk[0])
        assert hours.moved(walk[-1] + MINUTE, -ahead * MINUTE) == (opened[-ahead] if ahead else walk[-1] + MINUTE)


@pytest.mark.parametrize(
    ("at", "is_open", "change"),
    [
        ("08:59", False, "09:00"),
        ("09:00", True, "12:30"),
        ("12:30", False, "13:30"),
        ("16:59", True, "17:00"),
        ("17:00", False, "33:00"),
    ],
)
def test_several_periods_a_day(at, is_open, change):
    hours = make(every_day=("9:00-12:30", "13:30-17:00"))
    now = MONDAY + minutes(at) * MINUTE
    assert (hours.is_open(now), hours.next_change(now)) == (is_open, MONDAY + minutes(change) * MINUTE)


def test_over_midnight_and_periods_that_overlap():
    hours = make(every_day=("22:00-2:00", "1:00-3:00"))
    assert hours.next_change(MONDAY + 22 * 60 * MINUTE) == MONDAY + 27 * 60 * MINUTE
    assert hours.open_between(MONDAY, MONDAY + DAY) == timedelta(hours=5)


def test_always_and_never():
    always, never = make(every_day=("0:00-24:00",)), make(every_day=())
    assert (always.is_open(MONDAY), always.next_change(MONDAY)) == (True, None)
    assert (never.is_open(MONDAY), never.next_change(MONDAY)) == (False, None)
    hour = timedelta(hours=1)
    assert (always.moved(MONDAY, hour), always.moved(MONDAY, -hour)) == (MONDAY + hour, MONDAY - hour)
    assert never.moved(MONDAY, hour) == MONDAY + LOOKED_AHEAD + hour
    assert never.moved(MONDAY, -hour) == MONDAY - LOOKED_AHEAD - hour


def test_holidays_are_closed_and_exceptions_come_before_them():
    tuesday, wednesday = date(2026, 6, 2), date(2026, 6, 3)
    hours = make(holidays={tuesday, wednesday}, exceptions={wednesday: periods("10:00-11:00"), date(2026, 6, 4): ()})
    assert hours.open_between(MONDAY, MONDAY + DAY) == timedelta(hours=8)
    assert hours.open_between(MONDAY + DAY, MONDAY + 2 * DAY) == timedelta()
    assert hours.open_between(MONDAY + 2 * DAY, MONDAY + 4 * DAY) == timedelta(hours=1)
    assert hours.next_change(MONDAY + 2 * DAY + 11 * 60 * MINUTE) == MONDAY + 4 * DAY + 9 * 60 * MINUTE


def test_what_was_left_overnight_is_due_after_its_open_time():
    hours = make("Europe/London", ("9:00-17:00",))
    evening = datetime(2026, 6, 1, 20, tzinfo=UTC)
    assert hours.moved(evening, timedelta(hours=4)) == datetime(2026, 6, 2, 12, tzinfo=UTC)
    assert hours.moved(datetime(2026, 6, 2, 8, 5, tzinfo=UTC), -timedelta(minutes=10)) == datetime(
        2026, 6, 1, 15, 55, tzinfo=UTC
    )
