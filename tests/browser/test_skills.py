"""The grid of levels: filled in by the keyboard, saved as a whole, and never over what somebody else has changed."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.center.skills import create_skill, set_levels
from contactcenter_chat.models import AgentLanguage, AgentSkill, LevelChange
from tests.factories import make_user

from .accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

GRID, COVERAGE = "/admin/contactcenter_chat/skill/grid/", "/admin/contactcenter_chat/skill/coverage/"
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def root():
    return SimpleNamespace(user=make_user("root", "Grace", "Hopper", is_staff=True, is_superuser=True))


@pytest.fixture
def skills(center):
    return [create_skill(tenant=center.tenant, name=name) for name in ("fees", "housing", "visas")]


@pytest.fixture
def grid(maria, tom, skills):
    """Maria Torres and Tom Whitfield: fees, housing, visas, English, Spanish."""
    fees, _housing, visas = skills
    set_levels(agent=maria, skills={fees: 4, visas: 2}, languages={"en": 5, "es": 3})
    set_levels(agent=tom, languages={"en": 5})


def cell(page, agent, column):
    return page.get_by_label(f"{agent}, {column}", exact=True)


def levels():
    """All levels, by agent and skill or language."""
    found = [*AgentSkill.objects.values_list("agent__user__first_name", "skill__name", "level")]
    found += AgentLanguage.objects.values_list("agent__user__first_name", "tag", "level")
    return {(agent, name): level for agent, name, level in found}


HELD = {("Maria", "fees"): 4, ("Maria", "visas"): 2, ("Maria", "en"): 5, ("Maria", "es"): 3, ("Tom", "en"): 5}


def test_levels_are_set_by_the_keyboard_alone(open_page, root, grid):
    page = open_page(GRID, root)
    cell(page, "Maria Torres", "fees").focus()
    for key in ("5", "ArrowDown", "3", "ArrowRight", "9", "4", "ArrowRight", "1", "ArrowUp", "0", "ArrowLeft", "2"):
        page.keyboard.press(key)
    expect(cell(page, "Maria Torres", "housing")).to_be_focused()
    expect(page.get_by_text("Not saved yet: 6")).to_be_visible()
    page.keyboard.press("Enter")
    expect(cell(page, "Tom Whitfield", "housing")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(cell(page, "Maria Torres", "housing")).to_be_focused()
    page.keyboard.press("ArrowUp")  # there is nothing above
    expect(cell(page, "Maria Torres", "housing")).to_be_focused()
    page.get_by_label("Reason").fill("Review")
    page.keyboard.press("Enter")
    expect(page.get_by_text("6 levels were saved.")).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_hidden()
    changed = {("Maria", "fees"): 5, ("Tom", "fees"): 3, ("Tom", "housing"): 4, ("Tom", "visas"): 1}
    changed[("Maria", "housing")] = 2
    expected = {**HELD, **changed}
    del expected["Maria", "visas"]
    assert levels() == expected
    assert set(LevelChange.objects.filter(reason="Review").values_list("by", flat=True)) == {root.user.pk}


def test_a_digit_that_is_no_level_is_said_to_be_none(open_page, root, grid):
    page = open_page(GRID, root)
    fees, why = cell(page, "Maria Torres", "fees"), page.get_by_text("A level is a digit from 1 to 5.")
    expect(why).to_be_hidden()
    fees.press("7")
    expect(why).to_be_visible()
    expect(fees).to_have_value("4")
    fees.press("5")
    expect(why).to_be_hidden()
    fees.fill("38")  # as keyboards on screens do
    expect(why).to_be_visible()


def test_a_level_that_is_typed_on_a_screen_takes_the_place_of_the_one_before(open_page, root, grid):
    page = open_page(GRID, root)
    fees = cell(page, "Maria Torres", "fees")
    for typed, kept in (("43", "3"), ("38", "4"), ("0", "0"), ("", "")):
        fees.fill(typed)
        expect(fees).to_have_value(kept)


def test_what_is_taken_back_is_no_change(open_page, root, grid):
    page = open_page(GRID, root)
    cell(page, "Maria Torres", "fees").press("3")
    expect(page.get_by_text("Not saved yet: 1")).to_be_visible()
    page.keyboard.press("4")
    expect(page.get_by_text("Not saved yet")).to_be_hidden()
    cell(page, "Tom Whitfield", "fees").press("0")
    expect(page.get_by_text("Not saved yet")).to_be_hidden()


def test_somebody_elses_change_is_told_and_nothing_is_lost(open_page, root, grid, maria, skills):
    page = open_page(GRID, root)
    cell(page, "Maria Torres", "fees").press("5")
    cell(page, "Tom Whitfield", "visas").press("2")
    boss = make_user(first_name="Alan", last_name="Turing")
    set_levels(agent=maria, skills={skills[0]: 1, skills[1]: 3}, by=boss)
    page.get_by_role("button", name="Save all").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("Somebody else has changed some of these levels meanwhile.")
    expect(said).to_contain_text("Maria Torres, fees: now 1 (Alan Turing), yours 5.")
    assert levels()["Maria", "fees"] == 1
    expect(cell(page, "Maria Torres", "fees")).to_have_value("5")
    expect(cell(page, "Maria Torres", "fees")).to_have_attribute("aria-invalid", "true")
    expect(cell(page, "Maria Torres", "housing")).to_have_value("3")
    expect(cell(page, "Tom Whitfield", "visas")).to_have_value("2")
    assert faults_of(page) == []
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("2 levels were saved.")).to_be_visible()
    assert levels() == {**HELD, ("Maria", "fees"): 5, ("Maria", "housing"): 3, ("Tom", "visas"): 2}


def test_who_leaves_with_changes_is_asked(open_page, root, grid):
    page = open_page(GRID, root)
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    cell(page, "Maria Torres", "fees").press("5")
    page.get_by_role("link", name="Coverage").click()
    expect(cell(page, "Maria Torres", "fees")).to_have_value("5")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("1 level was saved.")).to_be_visible()
    page.get_by_role("link", name="Coverage").click()
    expect(page.get_by_role("heading", name="Coverage")).to_be_visible()
    assert asked == ["beforeunload"]


def test_what_is_typed_stays_while_the_server_cannot_be_reached(open_page, root, grid):
    page = open_page(GRID, root)
    cell(page, "Tom Whitfield", "fees").press("3")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing was saved")).to_be_visible()
    expect(cell(page, "Tom Whitfield", "fees")).to_have_value("3")
    assert levels() == HELD
    page.complaints.clear()  # of the browser, that there is no network
    page.context.set_offline(False)
    with page.expect_navigation():
        page.get_by_role("button", name="Save all").click()
    assert levels() == HELD | {("Tom", "fees"): 3}


def test_a_language_is_added_beside_what_is_typed(open_page, root, grid):
    page = open_page(GRID, root)
    cell(page, "Maria Torres", "fees").press("5")
    page.get_by_label("Another language").fill("pt-br")
    page.keyboard.press("Enter")
    cell(page, "Tom Whitfield", "Brazilian Portuguese (pt-BR)").press("3")
    expect(page.get_by_text("Not saved yet: 2")).to_be_visible()
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("2 levels were saved.")).to_be_visible()
    assert levels() == {**HELD, ("Maria", "fees"): 5, ("Tom", "pt-BR"): 3}


def test_it_works_without_scripts(open_page, root, grid):
    page = open_page(GRID, root, java_script_enabled=False)
    cell(page, "Tom Whitfield", "fees").fill("3")
    cell(page, "Tom Whitfield", "fees").press("Enter")
    expect(page.get_by_text("1 level was saved.")).to_be_visible()
    assert levels() == {**HELD, ("Tom", "fees"): 3}


@pytest.fixture
def many(center, make_agent, skills):
    """More agents and skills than a screen has room for."""
    for number in range(20):
        make_agent(f"Agent{number:02}", "of a long and winding name")
    for number in range(12):
        create_skill(tenant=center.tenant, name=f"subject {number:02}: " + "x" * 45)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_names_stay_in_sight(open_page, root, grid, many, options, tmp_path):
    page = open_page(GRID, root, **options)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    last = page.locator(".cc-grid tbody tr").last
    last.locator("input").last.focus()
    page.screenshot(path=tmp_path / "grid.png")
    expect(last.locator("th")).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".cc-grid thead th").last).to_be_in_viewport(ratio=0.9)
    names = page.locator(".cc-grid tbody th").last.bounding_box()
    for _step in range(14):
        page.keyboard.press("ArrowLeft")
        box = page.locator(":focus").bounding_box()
        assert box["x"] >= names["x"] + names["width"]
    head = page.locator(".cc-grid thead th").first.bounding_box()
    for _step in range(21):
        page.keyboard.press("ArrowUp")
        assert page.locator(":focus").bounding_box()["y"] >= head["y"] + head["height"]


@pytest.mark.parametrize("path", [GRID, COVERAGE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_using_it(open_page, root, grid, path, scheme):
    for options in ({}, PHONE):
        page = open_page(path, root, color_scheme=scheme, **options)
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
