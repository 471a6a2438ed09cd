"""Queues with a plan, opening hours and decisions in the admin: nothing keeps anybody from using these pages."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.center.departments import save_department
from contactcenter_chat.actions.center.opening import save_hours
from contactcenter_chat.models import Department, OpeningHours, Queue
from tests.admin.conftest import address
from tests.factories import (
    accepted,
    give,
    make_agent,
    make_queue,
    make_skill,
    make_user,
    overflows,
    plan,
    start_conversation,
)

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", "Grace", "Hopper", is_staff=True, is_superuser=True))


@pytest.fixture
def pages(center):
    """The addresses of a queue with all that it can say, of its hours, and of a chat that it routed."""
    fees, visas = (make_skill(center.tenant, name) for name in ("Fees", "Visas"))
    ada = make_agent(center.tenant, center.queue, first_name="Ada", last_name="Lovelace")
    give(ada, {fees: 4, visas: 2}, {"es": 3})
    for name in ("Alan", "Emmy"):
        make_agent(center.tenant, center.queue, first_name=name, last_name="of a long and winding name")
    steps = [{"after": 40, "requires": {fees.pk: 1}}, {"after": 90, "requires": {}, "language": "any", "asked": False}]
    texts = {"closed": {"en": "We are closed. We answer tomorrow.", "es": "Hemos cerrado."}}
    plan(center.queue, requires={fees.pk: 3, visas.pk: 1}, steps=steps, texts=texts)
    overflows(center.queue, make_queue(center.tenant, "Late desk"), make_queue(center.tenant, "Everybody else"))
    interaction = accepted(start_conversation(center.channel, language="es"))
    weekly = {str(day): [["09:00", "12:30"], ["13:30", "17:00"]] for day in range(5)}
    hours = OpeningHours(tenant=center.tenant, name="Office", time_zone="Europe/London", weekly=weekly)
    hours.exceptions = {"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []}
    save_hours(hours)
    plan(center.queue, hours=hours)
    finance = Department(tenant=center.tenant, name="Finance", hours=hours)
    save_department(finance, queues=[center.queue], entry=center.queue, supervisors=[ada])
    rows = {"queue": center.queue, "openinghours": hours, "interaction": interaction, "department": finance}
    return {name: address(f"{name}_change", row.pk) for name, row in rows.items()}


@pytest.mark.parametrize("name", ["queue", "openinghours", "interaction", "department"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_nothing_keeps_anybody_from_using_it(open_page, root, pages, name, scheme, options, tmp_path):
    page = open_page(pages[name], root, color_scheme=scheme, **options)
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_plan_is_typed_in_without_scripts(open_page, root, pages, center):
    page = open_page(pages["queue"], root, java_script_enabled=False)
    page.get_by_label("Skills required").fill("Visas 2")
    page.get_by_text("More steps").click()
    fourth = page.get_by_role("group", name="Step 4", exact=True)
    fourth.get_by_label("After seconds").fill("30")
    page.get_by_role("button", name="Save and continue editing").click()
    told = page.locator("#id_steps_error").get_by_text("Each step comes later than the one before.")
    expect(told).to_be_visible()
    fourth.get_by_label("After seconds").fill("120")
    fourth.get_by_label("no skills").check()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_label("Skills required")).to_have_value("Visas 2")
    queue = Queue.objects.get(pk=center.queue.pk)
    assert queue.steps[-1] == {"after": 120, "requires": {}}


def test_errors_are_no_hindrance_either(open_page, root, pages):
    page = open_page(pages["queue"], root)
    page.get_by_label("Skills required").fill("Fess 3")
    page.get_by_role("group", name="Step 1", exact=True).get_by_label("After seconds").fill("soon")
    page.locator("[name=when_empty]").select_option("message")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist li")).to_have_count(3)
    assert faults_of(page) == []
