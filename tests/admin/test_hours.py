"""Opening hours in the admin: typed in by weekday and date, refused at their field, shown as open or closed now."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.utils.translation import override

from contactcenter_chat.actions.center.departments import save_department
from contactcenter_chat.actions.center.opening import save_hours
from contactcenter_chat.admin.hours import OpeningHoursAdmin
from contactcenter_chat.isolates import unturned
from contactcenter_chat.models import Department, OpeningHours
from tests.factories import make_user, plan

from .conftest import address, logged_in
from .test_conflicts import SAVED, opened, said

ADD = "openinghours_add"


@pytest.fixture(autouse=True)
def _no_language_is_left():
    with override(None):
        yield


@pytest.fixture
def office(center):
    weekly = {"0": [["09:00", "12:30"], ["13:30", "17:00"]], "6": [["22:00", "02:00"]]}
    hours = OpeningHours(
        tenant=center.tenant,
        name="Office",
        time_zone="Europe/London",
        weekly=weekly,
        exceptions={"2026-12-31": [], "2026-12-24": [["09:00", "12:00"]]},
    )
    save_hours(hours)
    return hours


def errors(answer):
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    return {field: [unturned(str(each)) for each in found] for field, found in form.errors.items()}


def test_hours_are_typed_in(staff, center):
    data = {
        "tenant": center.tenant.pk,
        "name": "Office",
        "time_zone": "Europe/Madrid",
        "day_0": "9-12:30, 13:30–17:00",
        "day_6": "22:00-24:00",
        "holidays": "GB-ENG",
        "exceptions": "2026-12-24 09:00-12:00\n\n2026-12-31 Closed",
    }
    assert staff.post(address(ADD), data).status_code == SAVED
    hours = OpeningHours.objects.get()
    assert (hours.tenant, hours.time_zone, hours.holidays) == (center.tenant, "Europe/Madrid", "GB-ENG")
    assert hours.weekly == {"0": [["09:00", "12:30"], ["13:30", "17:00"]], "6": [["22:00", "24:00"]]}
    assert hours.exceptions == {"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []}


def test_they_are_shown_as_they_were_typed_and_saved_unchanged(staff, office):
    page = address("openinghours_change", office.pk)
    shown = opened(staff, page)
    assert (shown["day_0"], shown["day_1"], shown["day_6"]) == ("09:00-12:30, 13:30-17:00", "", "22:00-02:00")
    assert shown["exceptions"].split("\n") == ["2026-12-24 09:00-12:00", "2026-12-31 closed"]
    form = staff.post(page, {**shown, "name": ""}).context["adminform"].form
    assert form.changed_data == ["name"]
    assert staff.post(page, shown).status_code == SAVED
    before = (office.weekly, office.exceptions)
    office.refresh_from_db()
    assert (office.weekly, office.exceptions) == before


def test_in_spanish_closed_is_another_word(staff, office):
    page, spanish = address("openinghours_change", office.pk), {"Accept-Language": "es"}
    text = BeautifulSoup(staff.get(page, headers=spanish).content, "html.parser").select_one("[name=exceptions]")
    assert text.get_text().strip().split("\n")[-1] == "2026-12-31 cerrado"
    with override("en"):
        data = opened(staff, page)
    answer = staff.post(page, {**data, "exceptions": "2026-12-30 cerrado\n2026-12-31 closed"}, headers=spanish)
    assert answer.status_code == SAVED
    office.refresh_from_db()
    assert office.exceptions == {"2026-12-30": [], "2026-12-31": []}
    with override("en"):
        data = opened(staff, page)
    answer = staff.post(page, {**data, "day_0": "x"}, headers=spanish)
    assert errors(answer) == {"day_0": ["Escriba los periodos así: “09:00-12:30, 13:30-17:00”."]}


OVERLAP = "overlap. Join them, or have one end before the other begins."
PERIODS = "Write periods as “09:00-12:30, 13:30-17:00”."


def bdi(words):
    return f"<bdi>{words}</bdi>"


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"day_0": "morning"}, "day_0", PERIODS),
        ({"day_3": "09:00"}, "day_3", PERIODS),
        ({"day_3": "09:00-12:00, "}, "day_3", PERIODS),
        ({"day_3": "09:00-25:00"}, "day_3", PERIODS),
        ({"day_3": "09:61-10:00"}, "day_3", PERIODS),
        ({"day_3": "24:00-02:00"}, "day_3", "Nothing begins at 24:00; write 00:00 on the next day."),
        ({"day_3": "9-9"}, "day_3", "A period does not end when it begins; a whole day is “00:00-24:00”."),
        ({"day_3": "9-12:30, 12-17"}, "day_3", f"09:00-12:30 and 12:00-17:00 {OVERLAP}"),
        ({"exceptions": "2026-12-24 22-6, 23-24"}, "exceptions", f"Line 1: 22:00-06:00 and 23:00-24:00 {OVERLAP}"),
        (
            {"day_2": "22-6", "day_3": "5-9"},
            "day_2",
            f"{bdi('22:00-06:00')} of {bdi('Wednesday')} "
            f"lasts until after {bdi('05:00-09:00')} of the next day has begun.",
        ),
        (
            {"exceptions": "2026-12-31 22-2\n2027-01-01 1-5"},
            "exceptions",
            f"{bdi('22:00-02:00')} of {bdi('2026-12-31')} "
            f"lasts until after {bdi('01:00-05:00')} of the next day has begun.",
        ),
        ({"exceptions": "\n24.12. closed"}, "exceptions", "Line 2: Begin with a date such as 2026-12-24."),
        ({"exceptions": "2026-02-30 closed"}, "exceptions", "Line 1: Begin with a date such as 2026-12-24."),
        ({"exceptions": "2026-12-24"}, "exceptions", "Line 1: Write periods after the date, or “closed”."),
        ({"exceptions": "2026-12-24 early"}, "exceptions", f"Line 1: {PERIODS}"),
        ({"exceptions": "2026-12-24 9-10\n2026-12-24 closed"}, "exceptions", "Line 2: 2026-12-24 is there twice."),
        ({"holidays": "Atlantis"}, "holidays", "No holidays are known of this place."),
        ({"holidays": "FRI"}, "holidays", "No holidays are known of this place."),
        ({"holidays": "BANK"}, "holidays", "No holidays are known of this place."),
        ({"holidays": "HolidayBase"}, "holidays", "No holidays are known of this place."),
        ({"holidays": "GB-Atlantis"}, "holidays", "No holidays are known of this place."),
        (
            {"time_zone": "Mars/Olympus"},
            "time_zone",
            "Select a valid choice. Mars/Olympus is not one of the available choices.",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field(staff, office, typed, field, told):
    page = address("openinghours_change", office.pk)
    answer = staff.post(page, {**opened(staff, page), **typed})
    assert errors(answer) == {field: [told]}
    assert OpeningHours.objects.get().weekly == office.weekly


def test_a_name_is_there_once_in_a_centre(staff, root, center, other, office):
    data = {"name": "Office", "time_zone": "UTC"}
    assert errors(staff.post(address(ADD), {**data, "tenant": center.tenant.pk}))
    assert root.post(address(ADD), {**data, "tenant": other.tenant.pk}).status_code == SAVED


def test_another_centres_hours_are_not_there(staff, other):
    theirs = OpeningHours.objects.create(tenant=other.tenant, name="Theirs")
    for page in ("change", "delete", "history"):
        assert staff.get(address(f"openinghours_{page}", theirs.pk), follow=True).status_code in (200, 404)
        assert b"Theirs" not in staff.get(address(f"openinghours_{page}", theirs.pk)).content
    assert b"Theirs" not in staff.get(address("openinghours_changelist")).content
    answer = staff.post(address(ADD), {"tenant": other.tenant.pk, "name": "Mine", "time_zone": "UTC"})
    assert list(errors(answer)) == ["tenant"]


def test_hours_that_a_queue_goes_by_stay(staff, center, office):
    plan(center.queue, hours=office)
    page = BeautifulSoup(staff.get(address("openinghours_delete", office.pk)).content, "html.parser").get_text()
    assert f"Queue: {center.queue.name}" in page
    assert "permission" not in page
    staff.post(address("openinghours_delete", office.pk), {"post": "yes"})
    assert OpeningHours.objects.filter(pk=office.pk).exists()
    plan(center.queue, hours=None)
    staff.post(address("openinghours_delete", office.pk), {"post": "yes"})
    assert not OpeningHours.objects.filter(pk=office.pk).exists()


def test_queues_open_and_close_as_soon_as_hours_are_saved(staff, center, office):
    plan(center.queue, hours=office)
    page = address("openinghours_change", office.pk)
    always = {f"day_{day}": "00:00-24:00" for day in range(7)}
    for days, is_closed in ((always, False), (dict.fromkeys(always, ""), True)):
        assert staff.post(page, {**opened(staff, page), **days, "exceptions": ""}).status_code == SAVED
        center.queue.refresh_from_db()
        assert center.queue.is_closed is is_closed


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 6, 1, 8, 30, tzinfo=UTC), "Open until June 1, 2026, 12:30 p.m. (Europe/London)"),
        (datetime(2026, 6, 1, 12, tzinfo=UTC), "Closed until June 1, 2026, 1:30 p.m. (Europe/London)"),
    ],
)
def test_whether_they_are_open_is_told(monkeypatch, office, at, told):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    assert OpeningHoursAdmin.now_shown(None, office) == told


def test_hours_without_an_end_say_no_time(center):
    always = {str(day): [["00:00", "24:00"]] for day in range(7)}
    for weekly, told in ((always, "Open"), ({}, "Closed")):
        assert OpeningHoursAdmin.now_shown(None, OpeningHours(weekly=weekly)) == told


def test_their_page_names_the_queues(staff, center, office):
    plan(center.queue, hours=office)
    shown = BeautifulSoup(staff.get(address("openinghours_change", office.pk)).content, "html.parser")
    (link,) = shown.select(".field-queues_shown a")
    assert (link.get_text(), link["href"]) == ("Default", address("queue_change", center.queue.pk))
    assert shown.select_one(".field-departments_shown .readonly").get_text() == "–"


def test_their_page_names_the_departments(staff, center, office):
    department = Department(tenant=center.tenant, name="<b>Finance", hours=office)
    save_department(department, queues=[center.queue], entry=center.queue)
    shown = BeautifulSoup(staff.get(address("openinghours_change", office.pk)).content, "html.parser")
    (link,) = shown.select(".field-departments_shown a")
    assert (link.get_text(), link["href"]) == ("<b>Finance", address("department_change", department.pk))


def test_who_may_only_look_reads_all_of_it(center, office):
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_openinghours"))
    center.tenant.administrators.add(user)
    page = address("openinghours_change", office.pk)
    shown = BeautifulSoup(logged_in(user).get(page).content, "html.parser")
    weekly = [each.get_text() for each in shown.select(".field-weekly_shown div") if not each.div]
    assert weekly[:2] == ["Monday: 09:00-12:30, 13:30-17:00", "Tuesday: –"]
    assert "2026-12-31 closed" in shown.select_one(".field-exceptions_shown").get_text()
    assert not shown.select("[name^=day_]")


def test_what_somebody_else_changed_is_told(root, office):
    page = address("openinghours_change", office.pk)
    mine = opened(root, page)
    office.weekly = {"0": [["08:00", "09:00"]]}
    save_hours(office)
    assert said(root.post(page, mine))[1:-1] == [
        "Monday: now “08:00-09:00”, yours “09:00-12:30, 13:30-17:00”.",
        "Sunday: now “–”, yours “22:00-02:00”.",
    ]
