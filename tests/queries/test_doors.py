"""Does a queue take what comes new?"""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_chat.models import Interaction, OpeningHours, Queue
from contactcenter_chat.queries.doors import Door, door_of, for_waiting, standing
from contactcenter_chat.routing.estimate import Estimate

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)  # a Monday
TOMORROW = datetime(2026, 6, 2, 9, tzinfo=UTC)
OFFICE = OpeningHours(name="Office", weekly={str(day): [["09:00", "12:00"]] for day in range(7)})


def queue(**fields):
    return Queue(**{"hours": OFFICE, "turns_at": NOON, **fields})


def minutes(number):
    return NOON - timedelta(minutes=number)


@pytest.mark.parametrize(
    ("before", "seconds", "high", "is_open"),
    [
        (5, None, 6, False),
        (5, None, 5, True),
        (5, None, None, True),
        (10, None, 11, False),
        (11, None, 99, True),
        (11, 900, 99, False),
        (5, 0, 99, True),
    ],
)
def test_shortly_before_closing(before, seconds, high, is_open):
    expected = Estimate(1, high) if high else None
    found = door_of(queue(closing_seconds=seconds), minutes(before), lambda: expected)
    assert found == (Door(True, open_until=NOON) if is_open else Door(False, opens_at=TOMORROW))
    assert found.is_closed is not is_open


def asked_in_vain():
    raise AssertionError("Nobody needs to know.")


def test_at_other_times_nobody_asks_how_long_it_takes():
    assert door_of(queue(), minutes(30), asked_in_vain) == Door(True, open_until=NOON)
    assert door_of(queue(hours=None, turns_at=None), NOON, asked_in_vain) == Door(True)
    closed = queue(is_closed=True, opens_at=TOMORROW, turns_at=TOMORROW)
    assert door_of(closed, minutes(-5), asked_in_vain) == Door(False, opens_at=TOMORROW)


def test_who_waits_already():
    assert standing(queue()) == Door(True, open_until=NOON)
    assert for_waiting(Interaction(queue=queue())) == Door(True, open_until=NOON)
    put_off = Interaction(queue=queue(), is_put_off=True, put_off_until=TOMORROW)
    assert for_waiting(put_off) == Door(False, opens_at=TOMORROW)
