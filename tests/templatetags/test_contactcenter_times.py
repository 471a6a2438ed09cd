"""Are the two hours told apart that a clock shows when it is put back?"""

from datetime import UTC, datetime

import pytest
from django.template import engines
from django.utils import timezone

TEMPLATE = '{% load contactcenter_times %}{{ at|date:"H:i" }}{{ at|offset_where_ambiguous }}'


def shown(zone, *moment):
    with timezone.override(zone):
        return engines["django"].from_string(TEMPLATE).render({"at": datetime(*moment, tzinfo=UTC)})


@pytest.mark.parametrize(
    ("zone", "hour", "expected"),
    [
        ("Europe/Berlin", 0, "02:30 UTC+0200"),
        ("Europe/Berlin", 1, "02:30 UTC+0100"),
        ("Europe/Berlin", 2, "03:30"),
        ("Europe/London", 0, "01:30 UTC+0100"),
        ("Europe/London", 1, "01:30 UTC+0000"),
        ("UTC", 1, "01:30"),
    ],
)
def test_an_offset_stands_where_a_time_comes_twice(zone, hour, expected):
    assert shown(zone, 2026, 10, 25, hour, 30) == expected


def test_the_hour_that_is_left_out_in_spring_is_no_doubt():
    assert shown("Europe/Berlin", 2026, 3, 29, 1, 30) == "03:30"
