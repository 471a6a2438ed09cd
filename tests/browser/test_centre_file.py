"""A centre's file in the admin: uploaded, looked at, applied, by whoever uses the page in whichever way."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from contactcenter_chat.models import Queue
from tests.admin.conftest import address
from tests.factories import make_agent, make_user

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}}
SPANISH = {"locale": "es-ES"}
LONG = "A queue of a long and winding name whose people answer whatever nobody else does"
FILE = f"""\
centre: {{name: Riverside College}}
skills: [fees, "<b>visas</b>"]
agents: {{ada: {{capacity: 5, languages: {{en: 5}}}}}}
hours: {{office: {{time_zone: Europe/London, weekly: {{mon-fri: ["09:00-12:30", "13:30-17:00"]}}}}}}
queues:
  Default:
    priority: 5
    hours: office
    requires: {{fees: 1}}
    texts: {{closed: {{en: "We are closed. We answer tomorrow.", es: "Hemos cerrado."}}}}
  {LONG}: {{members: {{ada: 2}}}}
"""
WRONG = FILE.replace("priority: 5", "priority: 50").replace("members", "membres").replace("office\n", "offise\n")


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", "Grace", "Hopper", is_staff=True, is_superuser=True))


@pytest.fixture
def ada(center):
    return make_agent(center.tenant, center.queue, username="ada")


def upload(page, text, button="Look at the changes"):
    page.locator("[name=file]").set_input_files(
        {"name": "centre.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    )
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("text", [FILE, WRONG], ids=["plan", "errors"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_nothing_keeps_anybody_from_using_it(open_page, root, center, ada, text, scheme, options, tmp_path):
    page = open_page(address("tenant_file", center.tenant.pk), root, color_scheme=scheme, **options)
    assert faults_of(page) == []
    upload(page, text)
    expect(page.locator("#content-main table")).to_be_visible()
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_words_stay_whole_on_a_phone(open_page, root, center, ada):
    page = open_page(address("tenant_file", center.tenant.pk), root, **PHONE)
    upload(page, FILE)
    wraps = page.locator("table.cc-plan :is(th, td):not(.cc-mark)").evaluate_all(
        "cells => cells.filter((each) => getComputedStyle(each).overflowWrap === 'anywhere').length"
    )
    assert wraps == 0
    widths = page.locator("table.cc-plan tbody th").evaluate_all("cells => cells.map((each) => each.offsetWidth)")
    assert min(widths) >= 9 * 16 - 1
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_file_is_looked_at_and_applied_without_scripts(open_page, root, center, ada):
    page = open_page(address("tenant_change", center.tenant.pk), root, java_script_enabled=False)
    page.get_by_role("link", name="Apply a file").click()
    upload(page, FILE)
    expect(page.get_by_role("row", name="is made skills / <b>visas</b>")).to_be_visible()
    expect(page.get_by_role("row", name="is changed queues / Default / priority 0 5")).to_be_visible()
    assert Queue.objects.get(pk=center.queue.pk).priority == 0
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_text("things were changed by a file.")).to_be_visible()
    assert Queue.objects.get(pk=center.queue.pk).priority == 5
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as a file").click()
    assert waiting.value.suggested_filename == f"{center.tenant.label}.yaml"
    page.get_by_role("link", name="Apply a file").click()
    upload(page, waiting.value.path().read_text())
    expect(page.get_by_text("Nothing: all is as the file says.")).to_be_visible()


def test_in_spanish(open_page, root, center, ada, tmp_path):
    page = open_page(address("tenant_file", center.tenant.pk), root, **SPANISH)
    upload(page, WRONG, "Ver los cambios")
    expect(page.get_by_role("heading", name="Esto no se puede aplicar")).to_be_visible()
    expect(page.get_by_text("¿Quería decir “members”?")).to_be_visible()
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    upload(page, FILE, "Ver los cambios")
    expect(page.get_by_role("row", name="cambia queues / Default / priority 0 5")).to_be_visible()
    page.screenshot(path=tmp_path / "plan.png", full_page=True)
