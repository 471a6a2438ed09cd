"""What scripts add to the admin: dragging codes, keeping the focus, filters that apply at once, printing."""

from types import SimpleNamespace

import pytest
from django.contrib.admin.utils import quote
from playwright.sync_api import expect

from contactcenter_chat.actions.setup import codes
from contactcenter_chat.models import TransactionCodeList
from contactcenter_chat.queries.codes import tree_of
from tests.factories import make_user, start_conversation

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def code_list(center):
    code_list = TransactionCodeList(tenant=center.tenant, name="Reason")
    codes.save_list(code_list)
    for label in ("One", "Two", "Three"):
        codes.create_code(code_list=code_list, short_code=label.lower(), label=label)
    return code_list


def shape(code_list):
    return ["  " * depth + code.label for depth, code in tree_of(code_list)]


def page_of(code_list):
    return f"/admin/contactcenter_chat/transactioncodelist/{quote(code_list.pk)}/change/"


def labels(page):
    return page.locator(".cc-tree tbody .cc-label")


def test_a_code_is_moved_by_the_keyboard_alone(open_page, root, code_list):
    page = open_page(page_of(code_list), root)
    down = page.get_by_role("button", name="Move One down")
    down.focus()
    page.keyboard.press("Enter")
    expect(labels(page)).to_contain_text(["Two", "One", "Three"])
    expect(page.get_by_role("button", name="Move One down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(labels(page)).to_contain_text(["Two", "Three", "One"])
    assert shape(code_list) == ["Two", "Three", "One"]


def test_a_code_is_dragged_before_and_under_another(open_page, root, code_list):
    page = open_page(page_of(code_list), root)
    row = page.locator(".cc-tree tbody tr")
    box = row.first.bounding_box()
    middle, upper = {"x": 40, "y": box["height"] / 2}, {"x": 40, "y": 3}
    row.nth(2).drag_to(row.nth(0), target_position=upper)
    expect(labels(page)).to_contain_text(["Three", "One", "Two"])
    row.nth(2).drag_to(row.nth(1), target_position=middle)
    expect(row.nth(2).locator(".cc-indent")).to_have_count(1)
    assert shape(code_list) == ["Three", "One", "  Two"]


def test_the_tree_works_without_scripts(open_page, root, code_list):
    page = open_page(page_of(code_list), root, java_script_enabled=False)
    page.get_by_role("button", name="Move Two under the one above").click()
    expect(page.locator(".cc-tree tbody tr").nth(1).locator(".cc-indent")).to_have_count(1)
    assert shape(code_list) == ["One", "  Two", "Three"]


def test_filters_apply_when_something_is_chosen(open_page, root, center):
    start_conversation(center.channel, name="Noor")
    page = open_page("/admin/contactcenter_chat/conversation/", root)
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.get_by_label("state", exact=True).select_option("idle")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    assert "state=idle" in page.url


def test_a_transcript_is_read_on_a_phone_and_printed(open_page, root, center):
    conversation = start_conversation(center.channel, name="Noor", history=["A long word: " + "x" * 300])
    path = f"/admin/contactcenter_chat/conversation/{quote(conversation.pk)}/change/"
    page = open_page(path, root, viewport={"width": 390, "height": 844})
    expect(page.get_by_text("The conversation started.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.locator(".object-tools")).to_be_hidden()
    expect(page.get_by_text("The conversation started.")).to_be_visible()
