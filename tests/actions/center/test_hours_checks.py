"""What are opening hours, and what are none."""

import pytest

from contactcenter_chat.actions.center import hours_checks, opening
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.models import OpeningHours
from tests.facts import refused


def test_hours(center):
    weekly = {"0": [["13:30", "17:00"], ["09:00", "12:30"]], "4": [["12:00", "22:00"], ["22:00", "12:00"]], "6": []}
    exceptions = {"2026-12-24": [["09:00", "24:00"]], "2026-12-31": []}
    hours = OpeningHours(tenant=center.tenant, name="Office", time_zone="Europe/London", holidays="GB-ENG")
    hours.weekly, hours.exceptions = weekly, exceptions
    opening.save_hours(hours)
    stored = OpeningHours.objects.get()
    assert (stored.name, stored.weekly, stored.exceptions) == ("Office", weekly, exceptions)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekly", []),
        ("weekly", {"x": []}),
        ("weekly", {"7": []}),
        ("weekly", {"0": 5}),
        ("weekly", {"0": [5]}),
        ("weekly", {"0": [["09:00"]]}),
        ("weekly", {"0": [["09:00", "09:00"]]}),
        ("weekly", {"0": [["09:00", "12:30"], ["12:00", "17:00"]]}),
        ("weekly", {"0": [["13:00", "17:00"], ["09:00", "13:01"]]}),
        ("exceptions", {"2026-12-24": [["22:00", "06:00"], ["23:00", "23:30"]]}),
        ("weekly", {"0": [["22:00", "06:00"]], "1": [["05:59", "12:00"]]}),
        ("weekly", {"6": [["22:00", "06:00"]], "0": [["09:00", "12:00"], ["00:00", "02:00"]]}),
        ("exceptions", {"2026-12-31": [["22:00", "02:00"]], "2027-01-01": [["01:00", "05:00"]]}),
        ("weekly", {"0": [["25:00", "26:00"]]}),
        ("weekly", {"0": [["09:00", "17:00"]] * 11}),
        ("weekly", {"0": [["nine", "ten"]]}),
        ("exceptions", {"2026-13-01": []}),
        ("exceptions", {"2026-12-01": None}),
        ("time_zone", "Nowhere/Town"),
        ("time_zone", "../etc/passwd"),
        ("time_zone", ""),
        ("holidays", "XX"),
        ("holidays", "GB-XX"),
        ("name", " "),
    ],
)
def test_what_are_none(center, field, value):
    hours = OpeningHours(tenant=center.tenant, **{"name": "Office", field: value})
    with refused(Invalid, field=field):
        opening.save_hours(hours)


def test_a_period_over_midnight_may_end_when_that_of_the_next_day_begins(center):
    weekly = {str(day): [["06:00", "22:00"], ["22:00", "06:00"]] for day in range(7)}
    exceptions = {
        "2026-12-31": [["22:00", "02:00"]],
        "2027-01-01": [["02:00", "05:00"]],
        "9999-12-31": [["22:00", "02:00"]],
    }
    opening.save_hours(OpeningHours(tenant=center.tenant, name="Always", weekly=weekly, exceptions=exceptions))
    assert OpeningHours.objects.get().weekly == weekly


def test_one_that_lasts_longer_is_told_with_its_day(center):
    hours = OpeningHours(tenant=center.tenant, name="Office")
    hours.weekly = {"6": [["22:00", "06:00"]], "0": [["05:00", "12:00"]]}
    told = "22:00-06:00 of Sunday lasts until after 05:00-12:00 of the next day has begun."
    with refused(Invalid, field="weekly", message=told):
        opening.save_hours(hours)


def test_without_the_package_of_holidays(center, monkeypatch):
    def missing(place):
        raise ImportError(place)

    monkeypatch.setattr(hours_checks, "holidays_of", missing)
    with refused(Invalid, field="holidays", message="Holidays need the package “holidays”."):
        opening.save_hours(OpeningHours(tenant=center.tenant, name="Office", holidays="GB"))
