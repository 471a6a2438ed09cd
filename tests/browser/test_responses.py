"""Prepared responses within the text: does a slash offer them, is what is missing seen, can acts be undone?"""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.center import timers
from contactcenter_chat.models import OwedActs, PreparedResponse, Queue
from contactcenter_chat.models.clock import database_now
from tests.factories import make_queue

from .accessibility import faults_of
from .talk import composer, send
from .test_desk import forgive, messages_of, wait_for, whole

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
BOTH = pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(autouse=True)
def _responses(center):
    for title, short_code, text in (
        ("Fees", "fees", "Tuition is paid per term."),
        ("Late fees", "late", "Late fees are 50."),
        ("Your id", "id", "Your id is {data.student_id}, dear {customer.first_name}."),
    ):
        PreparedResponse.objects.create(tenant=center.tenant, title=title, short_code=short_code, text=text)


def options_of(page):
    return page.get_by_role("option")


@BOTH
def test_a_slash_in_the_midst_of_a_text_offers_them(open_chat, options, tmp_path):
    page = open_chat(**options)
    composer(page).fill("Dear Grace,  Yours, Maria")
    composer(page).evaluate("each => each.setSelectionRange(12, 12)")
    page.keyboard.type("/fe")
    expect(options_of(page)).to_have_count(2)
    expect(options_of(page).first).to_contain_text("Tuition")
    expect(options_of(page).first).to_have_attribute("aria-selected", "true")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "true")
    listed = page.get_by_role("listbox", name="Prepared responses")
    assert field.get_attribute("aria-controls") == listed.get_attribute("id")
    assert field.get_attribute("aria-activedescendant") == options_of(page).first.get_attribute("id")
    page.screenshot(path=tmp_path / "offered.png")
    assert whole(listed)
    page.keyboard.press("ArrowDown")
    expect(options_of(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(composer(page)).to_have_value("Dear Grace, Tuition is paid per term. Yours, Maria")
    expect(composer(page)).to_be_focused()
    expect(options_of(page)).to_have_count(0)
    assert composer(page).evaluate("each => [each.selectionStart, each.role]") == [37, None]


@BOTH
def test_one_is_taken_by_a_press(open_chat, options):
    page = open_chat(**options)
    composer(page).press_sequentially("Well: /late")
    option = options_of(page).first
    expect(option).to_be_visible()
    option.tap() if options is PHONE else option.click()
    expect(composer(page)).to_have_value("Well: Late fees are 50.")
    expect(composer(page)).to_be_focused()


def test_escape_leaves_what_was_typed_and_it_stays_closed_for_that_word(open_chat, talk):
    page = open_chat(**DESKTOP)
    composer(page).press_sequentially("/fe")
    expect(options_of(page)).to_have_count(2)
    page.keyboard.press("Escape")
    expect(options_of(page)).to_have_count(0)
    page.keyboard.type("es")
    expect(composer(page)).to_have_value("/fees")
    page.keyboard.type(" /lat")
    expect(options_of(page)).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(messages_of(page).last).to_have_text("/fees /lat")


def test_enter_before_the_answer_takes_what_is_offered(open_chat):
    page = open_chat(**DESKTOP)
    held = []
    page.route("**/responses/?inline*", lambda route: held.append(route))
    composer(page).press_sequentially("/fees")
    page.keyboard.press("Enter")
    wait_for(page, lambda: held)
    for route in held:
        route.continue_()
    expect(composer(page)).to_have_value("Tuition is paid per term.")
    forgive(page, "ERR_ABORTED")


def test_what_is_like_none_keeps_enter_from_nothing(open_chat):
    page = open_chat(**DESKTOP)
    composer(page).press_sequentially("/nothing-like-it")
    page.keyboard.press("Enter")
    expect(messages_of(page).last).to_have_text("/nothing-like-it")
    expect(composer(page)).to_have_value("")


@pytest.mark.parametrize("text", ["see https://example.org/fees", "1/2", "and/or", "//fees", "/ fees", "/fees/late"])
def test_a_slash_elsewhere_is_a_slash(open_chat, text):
    page = open_chat(**DESKTOP)
    composer(page).press_sequentially(text)
    page.keyboard.press("Enter")
    expect(messages_of(page).last).to_have_text(text)


@BOTH
def test_a_gap_is_selected_told_and_blocks(open_chat, options, tmp_path):
    page = open_chat(**options)
    composer(page).press_sequentially("/id")
    expect(options_of(page).first).to_contain_text("Your id")
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("Your id is {data.student_id}, dear Grace.")
    expect(page.locator("[data-gaps]")).to_have_text("Still to be filled in: {data.student_id}")
    assert selected(page) == "{data.student_id}"
    page.screenshot(path=tmp_path / "gap.png")
    assert whole(page.locator("[data-gaps]"))
    send(page)
    expect(page.locator(".composer .error")).to_contain_text("Fill in")
    expect(composer(page)).to_have_value("Your id is {data.student_id}, dear Grace.")
    assert selected(page) == "{data.student_id}"
    page.screenshot(path=tmp_path / "refused.png")
    page.keyboard.type("S-17")
    expect(page.locator("[data-gaps]")).to_be_hidden()
    expect(page.locator(".composer .error")).to_be_hidden()
    send(page)
    expect(messages_of(page).last).to_have_text("Your id is S-17, dear Grace.")
    forgive(page, "400", "htmx:")


def selected(page):
    return composer(page).evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)")


@BOTH
def test_an_agent_keeps_ones_of_its_own(open_chat, options, tmp_path):
    page = open_chat(**options)
    composer(page).fill("See you soon, {customer.first_name}!")
    page.get_by_role("button", name="Prepared responses", exact=True).click()
    page.screenshot(path=tmp_path / "behind.png")
    page.get_by_role("button", name="Save as a prepared response").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Text")).to_have_value("See you soon, {customer.first_name}!")
    expect(dialog.get_by_label("Title")).to_be_focused()
    dialog.get_by_label("Title").fill("Bye")
    dialog.get_by_label("Short code").fill("/late")
    page.screenshot(path=tmp_path / "form.png")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    dialog.get_by_role("button", name="Change").click()
    expect(dialog.get_by_label("Title")).to_be_focused()
    expect(dialog.locator(".htmx-settling, .htmx-request")).to_have_count(0)  # until then the focus may still move
    dialog.get_by_label("Short code").fill("a b")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".error:visible")).to_contain_text("letters, digits")
    dialog.get_by_label("Short code").fill("bye")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("listitem")).to_contain_text("bye")
    page.screenshot(path=tmp_path / "own.png")
    dialog.get_by_role("button", name="Close").click()
    composer(page).fill("")
    composer(page).press_sequentially("/bye")
    expect(options_of(page)).to_contain_text(["yours"])
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("See you soon, Grace!")
    page.get_by_role("button", name="Prepared responses", exact=True).click()
    page.get_by_role("button", name="Your prepared responses").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("There are none yet.")
    forgive(page, "400", "htmx:")


@BOTH
def test_they_are_accessible(open_chat, options):
    page = open_chat(**options)
    composer(page).press_sequentially("/id")
    expect(options_of(page).first).to_contain_text("Your id")
    assert faults_of(page) == []
    page.keyboard.press("Enter")
    assert faults_of(page) == []
    page.get_by_role("button", name="Prepared responses", exact=True).click()
    page.get_by_role("button", name="Save as a prepared response").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults_of(page) == []


@pytest.fixture
def acting(center):
    """A response that hands the chat on."""
    refunds = make_queue(center.tenant, "Refunds")
    acts = {"queue": refunds.pk}
    return PreparedResponse.objects.create(
        tenant=center.tenant, title="Refund", short_code="refund", text="Our refunds team takes over.", acts=acts
    )


@BOTH
def test_what_a_response_does_is_undone(acting, open_chat, options, tmp_path):
    page = open_chat(**options)
    composer(page).press_sequentially("/refund")
    expect(options_of(page).first).to_contain_text("When sent: Transfers to Refunds")
    page.keyboard.press("Enter")
    send(page)
    owed = page.locator(".chat.current .owed")
    expect(owed).to_contain_text("Transfers to Refunds")
    expect(page.locator("#announce")).to_contain_text("Transfers to Refunds")
    page.screenshot(path=tmp_path / "owed.png")
    assert whole(owed)
    assert faults_of(page) == []
    if options is PHONE:
        owed.get_by_role("button", name="Undo").tap()
    else:
        page.keyboard.press("Alt+z")
    expect(owed).to_have_count(0)
    expect(messages_of(page).last).to_have_text("Our refunds team takes over.")
    assert not OwedActs.objects.exists()


def test_what_is_not_undone_is_done_and_what_was_taken_out_is_not(acting, open_chat, talk):
    page = open_chat(**DESKTOP)
    composer(page).press_sequentially("/refund")
    expect(options_of(page)).to_have_count(1)
    page.keyboard.press("Enter")
    composer(page).fill("")
    composer(page).fill("Something else")
    page.keyboard.press("Enter")
    expect(messages_of(page).last).to_have_text("Something else")
    assert not OwedActs.objects.exists()
    composer(page).press_sequentially("/refund")
    expect(options_of(page)).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".chat.current .owed")).to_be_visible()
    wait_for(page, lambda: OwedActs.objects.exists())
    OwedActs.objects.update(due_at=database_now())
    timers.run_timers()
    expect(page.locator(".chat.current .owed")).to_have_count(0)
    expect(page.locator(".wrap-up")).to_be_visible()
    wait_for(page, lambda: talk.interaction.queue.name == "Refunds")


def test_what_cannot_be_done_is_told(acting, open_chat, tmp_path):
    page = open_chat(**DESKTOP)
    composer(page).press_sequentially("/refund")
    expect(options_of(page)).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".chat.current .owed")).to_be_visible()
    Queue.objects.filter(name="Refunds").delete()
    OwedActs.objects.update(due_at=database_now())
    timers.run_timers()
    owed = page.locator(".chat.current .owed")
    expect(owed).to_contain_text("Not done: The queue to hand the chat on to is deleted.")
    page.screenshot(path=tmp_path / "not-done.png")
    owed.get_by_role("button", name="Discard").click()
    expect(owed).to_have_count(0)
