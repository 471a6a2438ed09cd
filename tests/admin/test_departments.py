"""Departments in the admin."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission

from contactcenter_chat.actions.center.departments import save_department
from contactcenter_chat.models import Department
from tests.factories import make_agent, make_queue, make_user

from .conftest import address, logged_in
from .test_conflicts import SAVED, opened

ADD, LIST = "department_add", "department_changelist"


def errors(answer):
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


@pytest.fixture
def finance(center):
    department = Department(tenant=center.tenant, name="Finance")
    save_department(department, queues=[center.queue], entry=center.queue)
    return department


def rows(department):
    return sorted(department.rows.values_list("queue__name", "is_entry"))


def test_made_changed_and_deleted(staff, center):
    fees, agent = make_queue(center.tenant, "Fees"), make_agent(center.tenant)
    data = {"tenant": center.tenant.pk, "name": "Finance", "queues": [fees.pk, center.queue.pk], "entry": fees.pk}
    assert staff.post(address(ADD), {**data, "supervisors": [agent.pk]}).status_code == SAVED
    department = Department.objects.get()
    assert (department.tenant, list(department.supervisors.all())) == (center.tenant, [agent])
    assert rows(department) == [(center.queue.name, False), ("Fees", True)]
    page = address("department_change", department.pk)
    form = BeautifulSoup(staff.get(page).content, "html.parser")
    ticked = {box["value"] for box in form.select("[name=queues][checked], [name=supervisors][checked]")}
    assert ticked == {fees.pk, center.queue.pk, agent.pk}
    assert form.select_one("[name=entry] option[selected]")["value"] == fees.pk
    sent = {**opened(staff, page), "queues": [center.queue.pk], "entry": center.queue.pk, "supervisors": []}
    assert staff.post(page, sent).status_code == SAVED
    assert rows(department) == [(center.queue.name, True)]
    assert list(department.supervisors.all()) == []
    shown = BeautifulSoup(staff.get(address(LIST)).content, "html.parser").select_one("tr .field-entry_shown")
    assert shown.get_text() == center.queue.name
    staff.post(address("department_delete", department.pk), {"post": "yes"})
    assert not Department.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"queues": []}, "queues", "This field is required."),
        ({"entry": "fees"}, "entry", "The entry queue must be one of its queues."),
        ({"name": ""}, "name", "This field is required."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(staff, center, finance, typed, field, told):
    fees = make_queue(center.tenant, "Fees")
    typed = {name: fees.pk if value == "fees" else value for name, value in typed.items()}
    page = address("department_change", finance.pk)
    sent = {**opened(staff, page), "queues": [center.queue.pk], **typed}
    assert errors(staff.post(page, sent)) == {field: [told]}
    assert rows(finance) == [(center.queue.name, True)]


def test_a_queue_of_another_department_is_refused(staff, center, finance):
    data = {"tenant": center.tenant.pk, "name": "Second", "queues": [center.queue.pk], "entry": center.queue.pk}
    (told,) = errors(staff.post(address(ADD), data))["queues"]
    assert "is in the department" in told
    assert Department.objects.count() == 1


def test_nothing_of_another_contact_centre(staff, root, center, other, finance):
    theirs = Department(tenant=other.tenant, name="Theirs")
    save_department(theirs, queues=[other.queue], entry=other.queue)
    stranger = make_agent(other.tenant, first_name="Stranger")
    assert staff.get(address("department_change", theirs.pk)).status_code == 302
    assert b"Theirs" not in staff.get(address(LIST)).content
    page = address("department_change", finance.pk)
    assert other.queue.pk not in staff.get(page).content.decode()
    own = {"queues": [center.queue.pk], "entry": center.queue.pk}
    for field, value in (("queues", [other.queue.pk]), ("entry", other.queue.pk), ("supervisors", [stranger.pk])):
        for client in (staff, root):
            assert field in errors(client.post(page, {**opened(client, page), **own, field: value}))
    data = {"tenant": center.tenant.pk, "name": "Mixed", "queues": [other.queue.pk], "entry": other.queue.pk}
    assert errors(root.post(address(ADD), data))
    assert rows(finance) == [(center.queue.name, True)]


def test_who_may_only_look_sees_what_it_is(center, finance):
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_department"))
    center.tenant.administrators.add(user)
    page = BeautifulSoup(logged_in(user).get(address("department_change", finance.pk)).content, "html.parser")
    assert page.select_one(".field-queues_shown .readonly").get_text() == center.queue.name
    assert not page.select("[name=queues]")
