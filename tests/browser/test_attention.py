"""What calls for the agent's attention, and what the desk takes for seen, chosen or over."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.models import Agent, Offer, Participant
from tests import factories

from .conftest import PASSWORD
from .talk import Talk, composer
from .test_desk import forgive, messages_of, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

# A browser that lets a page be heard only after a click, and notes what is heard and shown on the desktop.
NOTING = """
  window.heard = []; window.notices = []; window.asked = 0;
  document.addEventListener("desk:sound", ({ detail }) => window.heard.push(detail));
  window.AudioContext = class extends EventTarget {
    constructor() {
      super();
      this.state = "suspended"; this.currentTime = 0; this.destination = {};
    }
    resume() { this.state = "running"; this.dispatchEvent(new Event("statechange")); }
    createOscillator() { return { frequency: {}, connect: (to) => to, start() {}, stop() {} }; }
    createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to }; }
  };
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { window.asked += 1; return (this.permission = "granted"); }
    constructor(text, { tag }) { window.notices.push(text); this.tag = tag; }
    close() { window.notices.push(`closed ${this.tag.split("-")[0]}`); }
  };
  document.hasFocus = () => false;
"""


@pytest.fixture
def chatting(center, ring, maria, at_desk):
    """Maria in a chat so long that it has to be scrolled: talk and page."""

    def chatting(lines=30, **options):
        talk = Talk(center, history=[f"Line {n}" for n in range(lines)])
        page = at_desk(maria, **options)
        ring()
        page.get_by_role("button", name="Accept").click()
        expect(messages_of(page)).to_have_count(lines)
        return talk, page

    return chatting


def scroll(page):
    return page.locator(".chat.current .scroll")


def jump(page):
    return page.locator(".chat.current [data-jump]")


def read_until(agent):
    return Participant.objects.filter(agent=agent).values_list("read_at", flat=True).get()


# Presence


def test_a_presence_is_set_by_choosing_it_and_the_menu_shows_what_holds(maria, at_desk):
    page = at_desk(maria)
    page.locator("#presence-button").click()
    choices = page.get_by_role("group", name="Presence")
    expect(choices.locator("[aria-current]")).to_have_text("Available")
    choices.get_by_role("button", name="Lunch").click()
    expect(page.locator("#presence-button")).to_contain_text("On a break · Lunch")
    assert Agent.objects.values_list("presence", "presence_reason").get() == ("on_break", "Lunch")
    page.locator("#presence-button").click()
    expect(choices.locator("[aria-current]")).to_have_text("Lunch")
    page.get_by_label("On a break for another reason").fill("Dentist")
    page.get_by_role("button", name="Set").click()
    expect(page.locator("#presence-button")).to_contain_text("On a break · Dentist")
    page.locator("#presence-button").click()
    expect(choices.locator("[aria-current]")).to_have_text("On a break")


@pytest.mark.parametrize(("width", "height"), [(640, 400), (844, 390), (390, 844)])
def test_the_presence_menu_can_be_reached_to_its_end(maria, at_desk, tmp_path, width, height):
    page = at_desk(maria, viewport={"width": width, "height": height})
    page.locator("#presence-button").click()
    box = page.locator("#presence").bounding_box()
    assert 0 <= box["y"] <= height - box["height"]
    assert 0 <= box["x"] <= width - box["width"]
    page.get_by_role("button", name="Log out").scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "presence.png")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Desk")).to_be_visible()
    assert Agent.objects.get().presence == "offline"
    forgive(page, "401", "htmx:", "net::ERR_")  # what the page asked meanwhile


def test_who_has_chats_is_asked_before_logging_out(chatting, maria):
    talk, page = chatting(1)
    page.locator("#presence-button").click()
    page.get_by_role("button", name="Log out").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Log out with 1 open chat?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(composer(page)).to_be_visible()
    page.locator("#presence-button").click()
    page.get_by_role("button", name="Log out").click()
    dialog.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Desk")).to_be_visible()
    assert (talk.interaction.state, Agent.objects.get().presence) == ("waiting", "offline")
    page.get_by_role("link", name="Desk").click()
    page.get_by_label("Username").fill("maria")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Go available")).to_be_visible()
    forgive(page, "401", "htmx:", "net::ERR_")


# Wrap-up


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_why_it_cannot_be_finished_is_in_view(center, chatting, tmp_path, width, height):
    factories.make_codes(center.tenant, *(f"Code {n}" for n in range(40)), required=True)
    talk, page = chatting(1, viewport={"width": width, "height": height})
    talk.leaves()
    page.locator(".wrap-up").get_by_role("button", name="Finish").click()
    told = page.locator(".wrap-up .error")
    expect(told).to_contain_text("Reason")
    expect(told).to_be_in_viewport(ratio=1)
    at_its_middle = """(each) => { const { left, top, width, height } = each.getBoundingClientRect();
        return each.contains(document.elementFromPoint(left + width / 2, top + height / 2)); }"""
    assert told.evaluate(at_its_middle)
    page.screenshot(path=tmp_path / "refused.png")
    forgive(page, "409", "htmx:")


# Seen and unseen


def test_what_was_not_in_view_is_not_read(chatting, maria, tmp_path):
    talk, page = chatting()
    scroll(page).evaluate("(each) => { each.scrollTop = 0; }")
    expect(jump(page)).to_be_hidden()
    talk.says("Below")
    expect(jump(page)).to_be_visible()
    expect(page.locator(".new-line")).to_have_text("New")
    expect(page.locator(".item .badge")).to_have_text("1 new")
    assert read_until(maria) is None
    page.screenshot(path=tmp_path / "below.png")
    jump(page).click()
    expect(jump(page)).to_be_hidden()
    expect(page.locator(".item .badge")).to_be_hidden()
    expect(page.locator(".new-line + .message .text")).to_have_text("Below")
    wait_for(page, lambda: read_until(maria) is not None)
    page.screenshot(path=tmp_path / "new.png")
    composer(page).fill("Good day")
    composer(page).press("Enter")
    expect(messages_of(page).last).to_have_text("Good day")
    expect(page.locator(".new-line")).to_have_count(0)


def test_what_is_no_message_of_the_customers_is_not_new(center, chatting):
    talk, page = chatting()
    scroll(page).evaluate("(each) => { each.scrollTop = 0; }")
    talk.leaves()
    expect(page.locator(".chat.current .log")).to_contain_text("The customer left.")
    expect(jump(page)).to_be_hidden()


def test_the_end_stays_in_view_when_a_draft_takes_its_room(chatting):
    _talk, page = chatting()
    expect(page.locator(".chat.current .log > li").last).to_be_in_viewport(ratio=1)
    composer(page).fill("One\nTwo\nThree\nFour\nFive\nSix")
    expect(page.locator(".chat.current .log > li").last).to_be_in_viewport(ratio=1)
    scroll(page).evaluate("(each) => { each.scrollTop = 0; }")
    composer(page).fill("")
    expect(messages_of(page).first).to_be_in_viewport()


def test_an_error_goes_with_the_next_that_is_done_and_covers_no_button(chatting, tmp_path):
    _talk, page = chatting(1)
    page.route("**/transfer/", lambda route: route.abort())
    page.get_by_role("button", name="Transfer").click()
    flash = page.locator("#flash")
    expect(flash).to_be_visible()
    page.screenshot(path=tmp_path / "flash.png")
    page.unroute("**/transfer/")
    page.get_by_role("button", name="Transfer").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(flash).to_be_hidden()
    forgive(page, "net::ERR_", "htmx:")


def test_the_side_tells_what_the_agent_has_done(center, chatting):
    factories.make_codes(center.tenant, "Fees")
    _talk, page = chatting(1)
    side = page.locator(".chat.current .side")
    expect(side.locator(".episodes .tag")).to_have_text("handling")
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End the chat").click()
    expect(side.locator(".episodes .tag")).to_have_text("handled")
    page.locator(".wrap-up").get_by_label("Fees").check()
    page.locator(".wrap-up").get_by_role("button", name="Finish").click()
    expect(side.locator(".episodes .code")).to_have_text("Fees")


# What rings


def test_what_has_rung_out_is_gone_and_leaves_the_key_to_what_still_rings(center, ring, maria, at_desk):
    Talk(center, "Grace Okafor")
    second = Talk(center, "Luis Herrera")
    page = at_desk(maria)
    ring()
    expect(page.locator(".offer")).to_have_count(2)
    first = Offer.objects.get(interaction__conversation__customer__name="Grace Okafor")
    Offer.objects.filter(pk=first.pk).update(expires_at=timezone.now() + timedelta(seconds=2))
    page.reload()
    expect(page.locator(".offer:visible")).to_have_count(1)
    page.keyboard.press("Alt+a")
    expect(page.locator(".chat.current h1")).to_have_text("Luis Herrera")
    wait_for(page, lambda: second.interaction.state == "handling")


def test_it_rings_until_it_is_answered_once_the_browser_lets_it(center, ring, maria, open_page):
    page = open_page("/accounts/login/", agent=maria)
    page.add_init_script(NOTING)
    page.goto(page.url.replace("/accounts/login/", "/desk/"))
    blocked = page.get_by_role("button", name="Sound is blocked")
    expect(blocked).to_be_visible()
    page.get_by_role("button", name="Sound and notifications").click()
    expect(blocked).to_be_hidden()
    page.get_by_label("Notifications on the desktop").check()
    expect(page.get_by_label("Notifications on the desktop")).to_be_checked()
    assert page.evaluate("asked") == 1
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go available").click()
    expect(page.locator("#presence-button")).to_contain_text("Available")
    talk = Talk(center)
    ring()
    expect(page.locator(".offer")).to_be_visible()
    page.wait_for_function("heard.length >= 3")
    assert set(page.evaluate("heard")) == {"ring"}
    assert page.evaluate("notices") == ["A new chat is ringing: Grace Okafor"]
    page.get_by_role("button", name="Accept").click()
    expect(composer(page)).to_be_visible()
    page.wait_for_function("notices.length === 2")
    assert page.evaluate("notices")[1] == "closed offer"
    page.evaluate("heard.length = 0")
    talk.says("In view")
    expect(messages_of(page).last).to_have_text("In view")
    page.evaluate("document.querySelector('.chat.current').hidden = true")
    talk.says("Out of sight")
    page.wait_for_function("heard.length === 1")
    assert page.evaluate("[heard[0], notices.at(-1)]") == ["tone", "A new message: Grace Okafor"]


# Keys


def test_a_key_that_writes_is_the_texts(chatting):
    _talk, page = chatting(1)
    composer(page).focus()
    pressed = """(each, [key, code]) => !each.dispatchEvent(
        new KeyboardEvent("keydown", { key, code, altKey: true, bubbles: true, cancelable: true }))"""
    for key, code in (("´", "KeyE"), ("Dead", "KeyE"), ("†", "KeyT"), ("å", "KeyA"), ("¡", "Digit1"), ("ф", "KeyA")):
        assert composer(page).evaluate(pressed, [key, code]) is False, key
    # There is nothing that rings, no other chat.
    for key, code in (("a", "KeyA"), ("x", "KeyX"), ("9", "Digit9"), ("ArrowDown", "ArrowDown"), ("q", "KeyQ")):
        assert composer(page).evaluate(pressed, [key, code]) is False, key
    expect(page.get_by_role("dialog")).to_be_hidden()
    # Outside of a field nothing is written.
    assert scroll(page).evaluate(pressed, ["†", "KeyT"]) is True
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_shortcuts_can_be_switched_off(chatting):
    _talk, page = chatting(1)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Shortcuts with Alt").uncheck()
    page.reload()
    expect(composer(page)).to_be_visible()
    page.keyboard.press("Alt+e")
    page.keyboard.press("Alt+p")
    expect(page.locator("#presence")).to_be_hidden()
    expect(page.get_by_role("dialog")).to_be_hidden()


# What is not there any more


def test_a_chat_that_is_no_more_leaves_the_desk_and_is_told_once(chatting, center, ring):
    talk, page = chatting(1)
    conversations.erase_conversation(conversation_id=talk.conversation.pk)
    page.evaluate("htmx.trigger(document.getElementById('rail'), 'refresh')")
    expect(page.locator(".chat")).to_have_count(0)
    expect(page.locator("#nothing")).to_be_visible()
    flash = page.locator("#flash")
    expect(flash).to_be_visible()
    flash.get_by_role("button", name="Close").click()
    for name in ("Luis Herrera", "Edith Clarke"):
        Talk(center, name)
        ring()
        page.locator(".offer", has_text=name).get_by_role("button", name="Accept").click()
        expect(page.locator(".chat.current h1")).to_have_text(name)
        expect(flash).to_be_hidden()
    forgive(page, "404", "htmx:")


def test_what_the_list_shows_of_a_chat_is_what_the_customer_said(center, ring, maria, at_desk):
    talk = Talk(center, history=[])
    talk.says("I cannot pay at once")
    messages.add_message(conversation_id=talk.conversation.pk, author_type="bot", text="Please choose")
    page = at_desk(maria)
    ring()
    expect(page.locator(".offer .words")).to_have_text("I cannot pay at once")
    page.get_by_role("button", name="Accept").click()
    expect(messages_of(page).last).to_have_text("Please choose")
    shown = page.locator(".item .words")
    expect(shown).to_have_text("I cannot pay at once")
    composer(page).fill("Good day")
    composer(page).press("Enter")
    expect(shown).to_have_text("Good day")
    talk.says("Can I pay in parts?")
    expect(shown).to_have_text("Can I pay in parts?")
