"""What the bot says above the field: it can be folded, stays so, and leaves room for the chat."""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.models import Interaction

from .test_room import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SUMMARY = "Wants to know whether the deposit comes back when a course does not begin. " * 40
ON_ITS_SIDE = {"viewport": {"width": 844, "height": 390}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def briefed(talk):
    Interaction.objects.update(brief={"summary": SUMMARY, "bot": "faq", "reason": "asked"})
    return talk


def box(page):
    return page.locator(".chat.current [data-brief]")


def test_the_keyboard_folds_it_and_it_stays_so(briefed, open_chat, tmp_path):
    page = open_chat(**DESKTOP)
    expect(box(page).locator(".said")).to_be_visible()
    page.screenshot(path=tmp_path / "open.png")
    box(page).locator("summary").press("Enter")
    expect(box(page).locator(".said")).to_be_hidden()
    expect(box(page).locator("summary")).to_contain_text("From the bot FAQ")
    page.screenshot(path=tmp_path / "folded.png")
    briefed.says("Are you there?")
    expect(page.locator(".chat.current .message").last).to_contain_text("Are you there?")
    expect(box(page).locator(".said")).to_be_hidden()
    page.reload()
    expect(box(page)).to_be_visible()
    expect(box(page).locator(".said")).to_be_hidden()
    box(page).locator("summary").press("Enter")
    expect(box(page).locator(".said")).to_be_visible()
    page.reload()
    expect(box(page).locator(".said")).to_be_visible()


def test_another_brief_is_open(briefed, open_chat):
    page = open_chat(**DESKTOP)
    page.evaluate("localStorage.setItem('desk-briefs-folded', JSON.stringify(['another']))")
    page.reload()
    expect(box(page).locator(".said")).to_be_visible()


def test_one_that_says_something_else_is_open_again(briefed, open_chat):
    page = open_chat(**DESKTOP)
    box(page).locator("summary").press("Enter")
    expect(box(page).locator(".said")).to_be_hidden()
    Interaction.objects.update(brief={"summary": "Is in a hurry now", "bot": "faq", "reason": "asked"})
    page.reload()
    expect(box(page).locator(".said")).to_have_text("Is in a hurry now")
    expect(box(page).locator(".said")).to_be_visible()
    Interaction.objects.update(brief={"summary": SUMMARY, "bot": "faq", "reason": "asked"})
    page.reload()
    expect(box(page)).to_be_visible()
    expect(box(page).locator(".said")).to_be_hidden()


@pytest.mark.parametrize("options", [PHONE, ON_ITS_SIDE], ids=["upright", "on its side"])
def test_on_a_phone_it_takes_a_third_at_most(briefed, open_chat, options, tmp_path):
    page = open_chat(**options)
    expect(box(page).locator(".said")).to_be_visible()
    page.screenshot(path=tmp_path / "phone.png")
    assert box(page).bounding_box()["height"] <= options["viewport"]["height"] / 3
    box(page).locator("summary").tap()
    expect(box(page).locator(".said")).to_be_hidden()
    page.screenshot(path=tmp_path / "folded.png")
