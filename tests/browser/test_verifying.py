"""Can an agent verify a customer by the keyboard alone, with the field left in peace while it is filled in?"""

import re

import pytest
from playwright.sync_api import expect

from .talk import Talk, composer

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]


@pytest.fixture
def talk(center, same_storage):
    return Talk(center, email="grace@example.org")


def mailed(server):
    return re.findall(r"Your code is (\d{6})", server.log())[-1]


def another(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_by_the_keyboard(open_chat, talk, server):
    page = open_chat()
    panel = page.locator(".verification")
    expect(panel).to_contain_text("claimed, not verified")
    panel.get_by_role("button", name="Verify").focus()
    page.keyboard.press("Enter")
    field = panel.get_by_label("The code that was sent to g•••@example.org")
    expect(field).to_be_focused()
    expect(page.locator(".log")).to_contain_text("A code was sent to g•••@example.org.")
    code = mailed(server)
    page.keyboard.type(another(code)[:3])
    talk.says("It is here now.")
    expect(page.locator(".log")).to_contain_text("It is here now.")
    page.keyboard.type(another(code)[3:])
    expect(field).to_have_value(another(code))
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_have_text("This is not the code.")
    page.complaints.clear()  # the code that was refused
    field.fill(code)
    page.keyboard.press("Enter")
    expect(panel.locator(".level")).to_be_focused()
    expect(panel.locator(".level")).to_have_text(re.compile(r"^verified by code until \d\d:\d\d"))
    expect(panel.get_by_role("button")).to_have_count(0)
    expect(page.locator(".log")).to_contain_text("The customer was verified by a code: g•••@example.org.")
    composer(page).focus()
    expect(panel.locator(".level")).to_contain_text("verified by code until")
