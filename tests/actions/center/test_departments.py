"""How departments are kept: their queues, the one through which they are entered, hours, supervisors."""

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connections, transaction

from contactcenter_chat.actions.center import departments, opening, queues, releasing
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Department, DepartmentQueue, OpeningHours
from tests import factories
from tests.facts import nothing_written, refused


@pytest.fixture
def fees(center):
    return factories.make_queue(center.tenant, "Fees")


@pytest.fixture
def stranger_center(db):
    return factories.make_center()


def make(center, name="Finance", *, queues=(), entry=None, **more):
    department = Department(tenant=center.tenant, name=name, hours=more.pop("hours", None))
    all_queues = [center.queue, *queues]
    departments.save_department(department, queues=all_queues, entry=entry or center.queue, **more)
    return department


def rows(department):
    return sorted(department.rows.values_list("queue__name", "is_entry"))


def test_made_and_changed(center, agent, fees):
    hours = OpeningHours(tenant=center.tenant, name="Office")
    opening.save_hours(hours)
    department = make(center, "Finance", queues=[fees], supervisors=[agent], hours=hours)
    assert (department.name, department.hours) == ("Finance", hours)
    assert rows(department) == [(center.queue.name, True), ("Fees", False)]
    assert list(department.supervisors.all()) == [agent]
    departments.save_department(department, queues=[fees, center.queue], entry=fees)
    assert rows(department) == [(center.queue.name, False), ("Fees", True)]
    assert list(department.supervisors.all()) == []
    departments.save_department(department, queues=[fees], entry=fees)
    assert rows(department) == [("Fees", True)]


def test_deleted_and_its_queues_stay(center, fees):
    departments.delete_department(make(center, queues=[fees]))
    assert not Department.objects.exists()
    assert not DepartmentQueue.objects.exists()
    assert center.tenant.queues.count() == 2


def test_the_entry_queue_is_one_of_its_queues(center, fees):
    with nothing_written(), refused(Invalid, field="entry", value=fees.pk):
        make(center, entry=fees)


def test_a_queue_is_in_one_department(center, fees):
    department = make(center, queues=[fees])
    other = factories.make_queue(center.tenant, "Other")
    second = Department(tenant=center.tenant, name="Second")
    told = "The queue Fees is in the department Finance."
    with nothing_written(), refused(Invalid, field="queues", message=told):
        departments.save_department(second, queues=[other, fees], entry=other)
    departments.clear_queues([department])
    departments.save_department(second, queues=[other, fees], entry=other)
    assert rows(second) == [("Fees", False), ("Other", True)]


def test_the_tables_know_that_too(center, fees):
    department = make(center, queues=[fees])
    second = Department.objects.create(tenant=center.tenant, name="Second")
    for broken in (
        lambda: DepartmentQueue.objects.create(queue=fees, department=second),
        lambda: department.rows.update(is_entry=True),
        lambda: Department.objects.create(tenant=center.tenant, name="Finance"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()


def test_nothing_of_another_contact_centre(center, agent, stranger_center):
    stranger = factories.make_agent(stranger_center.tenant, stranger_center.queue)
    theirs = OpeningHours(tenant=stranger_center.tenant, name="Office")
    opening.save_hours(theirs)
    for field, given in (
        ("queues", {"queues": [stranger_center.queue]}),
        ("hours", {"hours": theirs}),
        ("supervisors", {"supervisors": [agent, stranger]}),
    ):
        with nothing_written(), refused(Invalid, field=field):
            make(center, **given)


def test_who_was_released_supervises_nothing(center, agent):
    department = make(center, supervisors=[agent])
    releasing.release_agent(agent_id=agent.pk)
    assert list(department.supervisors.all()) == []
    with nothing_written(), refused(Invalid, field="supervisors"):
        departments.save_department(department, queues=[center.queue], entry=center.queue, supervisors=[agent])


def test_what_a_department_names_stays(center, fees):
    hours = OpeningHours(tenant=center.tenant, name="Office")
    opening.save_hours(hours)
    department = make(center, queues=[fees], hours=hours)
    with nothing_written(), refused(Conflict):
        opening.delete_hours(hours)
    with nothing_written(), refused(Conflict):
        queues.delete_queue(fees)
    departments.delete_department(department)
    queues.delete_queue(fees)
    opening.delete_hours(hours)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_of_two_who_take_a_queue_at_once_one_gets_it():
    center = factories.make_center()
    fees = factories.make_queue(center.tenant, "Fees")
    start, came_of = Barrier(2, timeout=30), {}

    def take(name, own):
        department = Department(tenant=center.tenant, name=name)
        try:
            start.wait()
            departments.save_department(department, queues=[own, fees], entry=own)
            came_of[name] = "made"
        except Invalid as refusal:
            came_of[name] = refusal.field
        finally:
            connections.close_all()

    for number in range(5):
        came_of.clear()
        own = [factories.make_queue(center.tenant, f"{name} {number}") for name in ("A", "B")]
        threads = [Thread(target=take, args=each) for each in zip(("A", "B"), own, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(came_of.values()) == ["made", "queues"]
        assert DepartmentQueue.objects.filter(queue=fees).count() == 1
        Department.objects.all().delete()
