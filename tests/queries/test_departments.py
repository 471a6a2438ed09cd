"""How is a department found?"""

from datetime import UTC, datetime

import pytest

from contactcenter_chat.actions.center import departments, opening
from contactcenter_chat.models import Department, OpeningHours
from contactcenter_chat.queries.departments import department_door, departments_of, entry_of
from contactcenter_chat.queries.doors import Door
from tests import factories


@pytest.fixture
def center(db):
    return factories.make_center()


@pytest.fixture
def department(center):
    hours = OpeningHours(tenant=center.tenant, name="Office", weekly={"0": [["09:00", "17:00"]]})
    opening.save_hours(hours)
    made = Department(tenant=center.tenant, name="Finance", hours=hours)
    departments.save_department(made, queues=[center.queue], entry=center.queue)
    return made


def at(hour):
    return datetime(2026, 6, 1, hour, tzinfo=UTC)  # a Monday


def test_by_hours_of_its_own(department):
    entry = Door(False, opens_at=at(23))
    assert department_door(department, entry, at(10)) == Door(True, open_until=at(17))
    assert department_door(department, entry, at(8)) == Door(False, opens_at=at(9))


def test_without_them_as_its_entry_queue(department):
    department.hours = None
    entry = Door(False, opens_at=at(23))
    assert department_door(department, entry, at(10)) == entry


def test_those_of_a_contact_centre(center, department):
    other = factories.make_center()
    assert [(each, each.entry_rows[0].queue) for each in departments_of(center.tenant.pk)] == [
        (department, center.queue)
    ]
    assert list(departments_of(other.tenant.pk)) == []
    assert entry_of(department) == center.queue
    departments.clear_queues([department])
    assert entry_of(department) is None
