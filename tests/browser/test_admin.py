"""What scripts add to the admin: dragging codes, keeping the focus, filters that apply at once, printing."""

from types import SimpleNamespace

import pytest
from django.contrib.admin.utils import quote
from playwright.sync_api import expect

from tests.factories import add_code, make_code_list, make_user, shape_of, start_conversation

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def code_list(center):
    code_list = make_code_list(center.tenant)
    for label in ("One", "Two", "Three"):
        add_code(code_list, label)
    return code_list


def page_of(code_list):
    return f"/admin/contactcenter_chat/transactioncodelist/{quote(code_list.pk)}/change/"


def labels(page):
    return page.locator(".cc-tree tbody .cc-label")


def test_a_code_is_moved_by_the_keyboard_alone(open_page, root, code_list):
    page = open_page(page_of(code_list), root)
    down = page.get_by_role("button", name="Move \u2068One\u2069 down")
    down.focus()
    page.keyboard.press("Enter")
    expect(labels(page)).to_contain_text(["Two", "One", "Three"])
    expect(page.get_by_role("button", name="Move \u2068One\u2069 down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(labels(page)).to_contain_text(["Two", "Three", "One"])
    assert shape_of(code_list) == ["Two", "Three", "One"]


def test_a_code_is_dragged_before_and_under_another(open_page, root, code_list):
    page = open_page(page_of(code_list), root)
    row = page.locator(".cc-tree tbody tr")
    box = row.first.bounding_box()
    middle, upper = {"x": 40, "y": box["height"] / 2}, {"x": 40, "y": 3}
    row.nth(2).drag_to(row.nth(0), target_position=upper)
    expect(labels(page)).to_contain_text(["Three", "One", "Two"])
    row.nth(2).drag_to(row.nth(1), target_position=middle)
    expect(row.nth(2).locator(".cc-indent")).to_have_count(1)
    assert shape_of(code_list) == ["Three", "One", "  Two"]


def test_the_tree_works_without_scripts(open_page, root, code_list):
    page = open_page(page_of(code_list), root, java_script_enabled=False)
    page.get_by_role("button", name="Move \u2068Two\u2069 under the one above").click()
    expect(page.locator(".cc-tree tbody tr").nth(1).locator(".cc-indent")).to_have_count(1)
    assert shape_of(code_list) == ["One", "  Two", "Three"]


def test_filters_apply_when_something_is_chosen(open_page, root, center):
    start_conversation(center.channel, name="Noor")
    page = open_page("/admin/contactcenter_chat/conversation/", root)
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.get_by_label("state", exact=True).select_option("idle")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    assert "state=idle" in page.url


def middles(page):
    """How far down the middle of each tool above a page's content is."""
    boxes = [each.bounding_box() for each in page.locator(".object-tools li:visible > *, .cc-tools-label").all()]
    return {round(box["y"] + box["height"] / 2) for box in boxes}


def test_tools_stand_in_one_line(open_page, root, center, tmp_path):
    conversation = start_conversation(center.channel)
    page = open_page(f"/admin/contactcenter_chat/conversation/{conversation.pk}/change/", root)
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.screenshot(path=tmp_path / "transcript.png")
    found = middles(page)
    assert max(found) - min(found) <= 1
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(page.url.replace(f"{conversation.pk}/change/", ""))
    expect(page.get_by_text("Export all that fit:")).to_be_visible()
    page.screenshot(path=tmp_path / "list.png")
    found = middles(page)
    assert max(found) - min(found) <= 1


def test_the_buttons_that_move_a_code_are_seen_on_a_phone(open_page, root, code_list, tmp_path):
    page = open_page(page_of(code_list), root, viewport={"width": 390, "height": 844})
    place = page.locator(".cc-tree tbody tr").first.locator(".cc-buttons").first
    place.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "tree.png")
    for button in place.locator("button").all():
        expect(button).to_be_in_viewport(ratio=1)


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
