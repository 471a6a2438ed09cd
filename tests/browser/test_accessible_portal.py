"""The customer's pages, in all their states, keep nobody from using them: light, dark, on a phone, in Spanish."""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.models import ApiKey
from example_project.portal.models import Line

from . import test_portal as portal
from .accessibility import faults_of
from .portal import answer, make_college, start_chat
from .test_desk import forgive

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {**portal.PHONE, "locale": "es-ES"}
LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "dark phone": {**PHONE, "color_scheme": "dark"},
}
agent = portal.agent


@pytest.fixture
def college(settled):
    return make_college()


@pytest.fixture(params=LOOKS.values(), ids=LOOKS)
def look(request):
    return request.param


@pytest.fixture
def page(college, open_page, look):
    """The page of a chat in which everybody has said something."""
    page = open_page("/portal/", **look)
    page.conversation = start_chat(page, text="Hello, is https://example.org/ right?")
    expect(page.locator(".line.visitor")).to_have_count(1)
    return page


def test_pages_before_a_chat(college, open_page, look):
    page = open_page("/portal/", **look)
    assert faults_of(page) == []
    page.locator("#id_name").fill("\u200b")
    page.locator("#id_text").fill("Hello")
    page.locator("form.card button[type=submit]").click()
    expect(page.locator(".errorlist")).to_be_visible()
    assert faults_of(page) == []
    page.goto(page.url.removesuffix("portal/"))
    assert faults_of(page) == []


def test_a_chat_with_lines_of_every_kind(page, agent):
    portal.accept(page, agent)
    files = [{"id": "f1", "filename": "plan.pdf"}]
    answer(agent, page.conversation, "See www.example.org/evening.", files=files)
    notice = {"author": Line.Author.NOTICE, "text": "%(name)s has joined the chat.", "name": "Maria Torres"}
    Line.objects.create(conversation_id=page.conversation.pk, **notice)
    expect(page.locator(".line.notice")).to_have_count(1)
    assert faults_of(page) == []
    page.locator(".chat-card select").select_option(index=1)
    page.locator(".chat-card button").click()
    expect(page.locator(".card-answer")).to_be_visible()
    assert faults_of(page) == []


def test_a_chat_without_a_network_and_with_what_was_refused(page):
    page.locator("input[type=file]").set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b""})
    page.locator("#say-text").fill("My\nletter")
    expect(page.locator("[data-chosen]")).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    page.locator(".say > button").click()
    expect(page.locator(".unsent .state")).not_to_be_empty()
    assert faults_of(page) == []
    page.context.set_offline(False)
    expect(page.locator("[data-error]")).to_be_visible()
    assert faults_of(page) == []
    forgive(page, "net::ERR_", "htmx:", "400")


def test_leaving(page):
    page.locator(".chat > header a").click()
    expect(page.locator("form.card")).to_be_visible()
    assert faults_of(page) == []
    page.locator("form.card button[type=submit]").click()
    expect(page.locator(".messages")).to_be_visible()
    assert faults_of(page) == []


def test_a_centre_that_does_not_answer(page):
    ApiKey.objects.all().delete()
    page.goto(page.url.removesuffix("chat/"))
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("form").count() == 0
    assert faults_of(page) == []
    forgive(page, "503")
