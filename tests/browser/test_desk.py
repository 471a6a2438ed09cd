"""The desk as agents use it: two at once, by mouse, by keyboard, on a phone."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from contactcenter_chat.actions.center import interactions, presence, transfers
from contactcenter_chat.actions.reading import mark_read
from contactcenter_chat.live.news import News
from contactcenter_chat.live.sending import send
from contactcenter_chat.models import Agent, Delivery, Interaction, Message, Participant, PreparedResponse
from tests import factories

from .conftest import PASSWORD
from .talk import Talk, composer

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def available(agent):
    presence.set_presence(agent_id=agent.pk, presence="available")


def messages_of(page):
    return page.locator(".chat.current .message .text")


def forgive(page, *parts):
    """Take back what the browser complained of where a test makes something fail."""
    page.evaluate("0")  # by its answer all that was said before has come
    page.complaints[:] = [said for said in page.complaints if not any(part in said for part in parts)]


def wait_for(page, condition):
    """Wait until the database says so; the page goes on meanwhile."""
    for _attempt in range(400):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It never came to that.")


@pytest.fixture
def codes(center):
    return factories.make_codes(center.tenant, "Fees", "Courses", required=True)


def test_a_day_of_two_agents(center, ring, maria, tom, codes, open_page):
    # Maria logs in and says that she is there.
    page = open_page()
    page.get_by_label("Username").fill("maria")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Go available").click()
    expect(page.locator("#presence-button")).to_contain_text("Available")
    assert Agent.objects.get(pk=maria.pk).presence == "available"

    # A customer's chat rings and is accepted; the bot's talk is there.
    talk = Talk(center, email="grace@example.org", courseOfInterest="Accounting")
    ring()
    offer = page.get_by_role("region", name="A chat rings")
    expect(offer).to_contain_text("Grace Okafor")
    expect(offer.locator(".countdown")).to_have_text(re.compile(r"^[45]:\d\d$"))
    offer.get_by_role("button", name="Accept").click()
    expect(messages_of(page)).to_have_text(["How can I help?"])
    expect(page.locator(".chat.current .side")).to_contain_text("Accounting")

    # Both sides talk.
    composer(page).fill("Good day, this is Maria.")
    composer(page).press("Enter")
    expect(messages_of(page)).to_have_text(["How can I help?", "Good day, this is Maria."])
    expect(composer(page)).to_have_value("")
    assert talk.answers() == ["Good day, this is Maria."]
    talk.says("I have a question about an invoice.")
    expect(messages_of(page).last).to_have_text("I have a question about an invoice.")

    # Tom comes; Maria hands the chat on to him.
    toms = open_page(agent=tom)
    toms.locator("#presence-button").click()
    toms.get_by_role("group", name="Presence").get_by_role("button", name="Available").click()
    expect(toms.locator("#presence-button")).to_contain_text("Available")
    page.get_by_role("button", name="Transfer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tom Whitfield").check()
    dialog.get_by_label("Note for whoever takes it").fill("Knows the number of the invoice")
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog).to_be_hidden()
    expect(composer(page)).to_be_hidden()
    ring()
    offer = toms.get_by_role("region", name="A chat rings")
    expect(offer).to_contain_text("Knows the number of the invoice")
    offer.get_by_role("button", name="Accept").click()
    expect(messages_of(toms)).to_have_count(3)
    talk.says("It is number 7.")
    expect(messages_of(toms).last).to_have_text("It is number 7.")
    expect(messages_of(page).last).to_have_text("It is number 7.")

    # Tom ends it; wrap-up is not finished without a code.
    toms.get_by_role("button", name="End", exact=True).click()
    toms.get_by_role("button", name="End the chat").click()
    wrap_up = toms.locator(".wrap-up")
    expect(wrap_up.locator(".timer")).to_contain_text(re.compile(r"\d+:\d\d"))
    wrap_up.get_by_role("button", name="Finish").click()
    expect(wrap_up.get_by_role("alert")).to_contain_text("Reason")
    assert talk.interaction.state == "wrap_up"
    wrap_up.get_by_label("Fees").check()
    wrap_up.get_by_role("button", name="Finish").click()
    expect(wrap_up).to_be_hidden()
    expect(toms.locator("#chat-items .item")).to_have_count(0)
    assert talk.interaction.state == "finished"
    assert [code.label for code in talk.interaction.codes.all()] == ["Fees"]

    # Maria still has to wrap up her part.
    page.locator(".wrap-up").get_by_label("Courses").check()
    page.locator(".wrap-up").get_by_role("button", name="Finish").click()
    expect(page.locator("#chat-items .item")).to_have_count(0)
    forgive(page, "409", "htmx:")  # the finish that was refused


def test_by_keyboard_alone(center, ring, maria, codes, at_desk):
    PreparedResponse.objects.create(tenant=center.tenant, title="Opening hours", text="We are open from 8 to 18.")
    talk = Talk(center)
    page = at_desk(maria)
    ring()
    expect(page.locator(".offer")).to_be_visible()
    page.keyboard.press("Alt+a")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("One")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Two")
    page.keyboard.press("Enter")
    expect(messages_of(page).last).to_have_text("One\nTwo")
    expect(composer(page)).to_have_value("")
    page.keyboard.type("/open")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(composer(page)).to_have_value("We are open from 8 to 18.")
    expect(composer(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(messages_of(page).last).to_have_text("We are open from 8 to 18.")
    page.keyboard.press("Alt+e")
    expect(page.get_by_role("button", name="End the chat")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".wrap-up").get_by_label("Fees")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(".wrap-up").get_by_label("Fees")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#chat-items .item")).to_have_count(0)
    wait_for(page, lambda: talk.interaction.state == "finished")
    assert talk.answers() == ["One\nTwo", "We are open from 8 to 18."]


def test_declining_passes_it_on_and_presence_by_keyboard(center, ring, maria, tom, at_desk):
    page = at_desk(maria)
    Talk(center)
    ring()
    expect(page.locator(".offer")).to_be_visible()
    page.keyboard.press("Alt+x")
    expect(page.locator(".offer")).to_have_count(0)
    toms = at_desk(tom)
    ring()
    expect(toms.locator(".offer")).to_be_visible()
    page.keyboard.press("Alt+p")
    choices = page.get_by_role("group", name="Presence")
    expect(choices.get_by_role("button", name="Available")).to_be_focused()
    for name in ("On a break", "Short break", "Lunch"):
        page.keyboard.press("ArrowDown")
        expect(choices.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#presence-button")).to_contain_text("On a break · Lunch")


def test_the_transfer_dialog_tells_how_long_others_wait(center, ring, maria, at_desk, tmp_path):
    Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    others = factories.make_queue(center.tenant, name="Finance")
    long = Talk(center, "Luis Herrera").interaction
    since = timezone.now() - timedelta(minutes=12, seconds=30)
    Interaction.objects.filter(pk=long.pk).update(queue=others, entered_at=since, queued_at=since, target_agent=None)
    page.get_by_role("button", name="Transfer").click()
    option = page.get_by_role("dialog").locator(".option", has_text="Finance")
    expect(option).to_have_text(re.compile(r"0 available · 1 waiting · longest wait 12:[345]\d"))
    page.screenshot(path=tmp_path / "transfer.png")


def test_several_chats_with_what_is_unread(center, ring, maria, at_desk):
    first, second = Talk(center, "Grace Okafor"), Talk(center, "Luis Herrera")
    page = at_desk(maria)
    ring()
    for name in ("Grace Okafor", "Luis Herrera"):
        page.locator(".offer", has_text=name).get_by_role("button", name="Accept").click()
        expect(page.locator(".chat.current h1")).to_have_text(name)
    first.says("One")
    first.says("Two")
    item = page.locator(".item", has_text="Grace Okafor")
    expect(item.locator(".badge")).to_have_text("2 new")
    expect(item).to_contain_text("Two")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    second.says("Nobody sees a badge for this")
    expect(messages_of(page).last).to_have_text("Nobody sees a badge for this")
    expect(page.locator(".item", has_text="Luis Herrera").locator(".badge")).to_be_hidden()
    page.keyboard.press("Alt+1")
    expect(page.locator(".chat.current h1")).to_have_text("Grace Okafor")
    expect(item.locator(".badge")).to_be_hidden()
    page.get_by_role("button", name="Chats side by side").click()
    expect(page.locator(".chat:visible")).to_have_count(2)
    expect(page.locator(".chat.current h1")).to_have_text("Grace Okafor")


def test_what_was_not_sent_is_kept_and_sent_once(center, ring, maria, at_desk):
    talk = Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    composer(page).fill("Are you there?")
    # The server hears it, but its answer is lost.
    page.route("**/messages/", lambda route: (route.fetch(), route.abort()))
    composer(page).press("Enter")
    expect(page.locator(".composer .error")).to_have_text("The server could not be reached. Please try again.")
    expect(composer(page)).to_have_value("Are you there?")
    page.unroute("**/messages/")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("")
    expect(page.locator(".composer .error")).to_be_hidden()
    expect(page.locator('.chat.current .message[data-author="agent"]')).to_have_count(1)
    assert talk.answers() == ["Are you there?"]
    forgive(page, "ERR_FAILED", "htmx:")  # the answer that was lost


def test_sending_twice_at_once_is_one_message(center, ring, maria, at_desk):
    talk = Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    composer(page).fill("Once")
    page.evaluate("for (let n = 0; n < 3; n++) document.querySelector('.chat.current .composer').requestSubmit()")
    expect(composer(page)).to_have_value("")
    composer(page).fill("Twice")
    composer(page).press("Enter")
    expect(messages_of(page)).to_have_text(["How can I help?", "Once", "Twice"])
    assert talk.answers() == ["Once", "Twice"]


def test_a_draft_outlives_the_page(center, ring, maria, at_desk):
    Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    composer(page).fill("Half a sent")
    page.reload()
    expect(composer(page)).to_have_value("Half a sent")


def test_what_is_written_when_the_chat_ends_elsewhere_is_not_lost(center, ring, maria, at_desk):
    talk = Talk(center)
    page = at_desk(maria, permissions=["clipboard-read", "clipboard-write"])
    ring()
    page.get_by_role("button", name="Accept").click()
    composer(page).fill("Your invoice is 12 days la")
    interactions.end_interaction(interaction_id=talk.interaction.pk, agent=maria)
    unsent = page.locator(".chat.current [data-unsent]")
    expect(unsent.locator(".words")).to_have_text("Your invoice is 12 days la")
    unsent.get_by_role("button", name="Copy").click()
    expect(unsent.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Your invoice is 12 days la"
    page.reload()
    expect(unsent).to_contain_text("Not sent: Your invoice is 12 days la")
    unsent.get_by_role("button", name="Discard").click()
    expect(unsent).to_be_hidden()
    page.reload()
    expect(page.locator(".wrap-up")).to_be_visible()
    expect(unsent).to_be_hidden()


def test_what_was_written_is_given_back_when_the_chat_is_open_again(center, ring, maria, at_desk):
    talk = Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    composer(page).fill("Half a sent")
    transfers.transfer_to_queue(interaction_id=talk.interaction.pk, agent=maria, queue=center.queue)
    expect(page.locator(".chat.current [data-unsent] .words")).to_have_text("Half a sent")
    Interaction.objects.filter(state="waiting").update(asked=[], group_key="")  # the sender would wait a while
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(composer(page)).to_have_value("Half a sent")
    expect(page.locator(".chat.current [data-unsent]")).to_be_hidden()


def test_what_is_on_its_way_is_seen_until_it_has_arrived_or_is_back(center, ring, maria, at_desk):
    Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    held = []
    page.route("**/messages/", lambda route: held.append(route))
    composer(page).fill("One")
    composer(page).press("Enter")
    wait_for(page, lambda: held)
    composer(page).fill("Two")
    composer(page).press("Enter")
    under_way = page.locator(".chat.current .under-way")
    expect(under_way.locator("p")).to_have_text(["One", "Two", "Sending…"])
    expect(under_way.locator("p").last).to_be_in_viewport(ratio=1)
    expect(under_way).to_have_attribute("aria-hidden", "true")
    held.pop().continue_()
    expect(under_way.locator("p")).to_have_text(["Two", "Sending…"])
    expect(messages_of(page).last).to_have_text("One")
    wait_for(page, lambda: held)
    held.pop().abort()
    expect(under_way).to_be_empty()
    expect(composer(page)).to_have_value("Two")
    forgive(page, "ERR_FAILED", "htmx:")  # the answer that was lost


def test_the_customers_leaving_brings_wrap_up(center, ring, maria, codes, at_desk):
    talk = Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(composer(page)).to_be_visible()
    talk.leaves()
    expect(page.locator(".wrap-up")).to_be_visible()
    expect(page.locator(".chat.current .log")).to_contain_text("The customer left.")
    page.get_by_role("button", name="+ 60 s").click()
    wait_for(page, lambda: talk.interaction.wrap_up_extensions == 1)


def test_what_ran_out_of_time_is_done_later(center, ring, maria, codes, at_desk):
    talk = Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(composer(page)).to_be_visible()
    talk.leaves()
    Interaction.objects.filter(pk=talk.interaction.pk).update(state="finished", codes_missing=True)
    Agent.objects.filter(pk=maria.pk).update(load=0)
    item = page.locator("#to-do .item")
    expect(item).to_have_count(1)
    item.click()
    page.locator(".wrap-up").get_by_label("Fees").check()
    page.locator(".wrap-up").get_by_role("button", name="Finish").click()
    expect(page.locator("#to-do")).to_have_count(0)
    assert [code.label for code in talk.interaction.codes.filter(code__isnull=False)] == ["Fees"]


def test_the_agent_sees_when_the_customer_may_not_have_it(center, ring, maria, at_desk):
    Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    composer(page).fill("Good day")
    composer(page).press("Enter")
    delivery = page.locator('.chat.current .message[data-author="agent"] .delivery')
    expect(delivery).to_have_text("The customer may not have this yet", timeout=40_000)
    Delivery.objects.update(state="delivered")
    expect(delivery).to_have_text("Delivered", timeout=40_000)


def test_a_server_that_comes_back_is_caught_up_with(center, ring, maria, at_desk, server):
    talk = Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(messages_of(page)).to_have_count(1)
    server.stop()
    expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
    for n in range(5):
        talk.says(f"Message {n}")
    server.start()
    expect(page.locator("#connection")).to_have_attribute("data-state", "open", timeout=60_000)
    expect(messages_of(page)).to_have_text(["How can I help?", *(f"Message {n}" for n in range(5))])
    # While the server is away, the browser says so.
    forgive(page, "net::ERR_", "htmx:")


def test_without_a_stream_the_desk_looks_for_itself(center, ring, maria, open_page):
    available(maria)
    talk = Talk(center)
    page = open_page("/accounts/login/", agent=maria)
    page.route("**/desk/events/", lambda route: route.fulfill(status=204))
    page.goto(page.url.replace("/accounts/login/", "/desk/"))
    expect(page.locator("#connection")).to_have_text("Live, with a delay")
    ring()
    page.get_by_role("button", name="Accept").click()
    talk.says("Hello?")
    expect(messages_of(page).last).to_have_text("Hello?")


def test_whoever_is_logged_out_is_asked_to_log_in(maria, at_desk):
    page = at_desk(maria)
    page.context.clear_cookies()
    presence.set_presence(agent_id=maria.pk, presence="on_break")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/desk/$"))
    forgive(page, "401", "403", "htmx:")  # the requests that were refused


def test_on_a_phone(center, ring, maria, codes, at_desk):
    talk = Talk(center)
    page = at_desk(maria, viewport={"width": 375, "height": 667}, has_touch=True, is_mobile=True)
    ring()
    page.get_by_role("button", name="Accept").tap()
    expect(messages_of(page)).to_have_text(["How can I help?"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    composer(page).fill("Good day")
    page.get_by_role("button", name="Send").tap()
    expect(messages_of(page).last).to_have_text("Good day")
    page.locator(".head [data-details]").tap()
    expect(page.locator(".side").get_by_text("Website")).to_be_visible()
    page.locator(".side [data-details]").tap()
    second = Talk(center, "Luis Herrera")
    ring()
    expect(page.locator(".offer")).to_be_visible()
    page.get_by_role("button", name="Decline").tap()
    page.get_by_role("button", name="Back to the list").tap()
    expect(composer(page)).to_be_hidden()
    talk.says("Are you still there?")
    expect(page.locator(".item .badge")).to_have_text("1 new")
    page.locator(".item[data-live]").tap()
    expect(messages_of(page).last).to_have_text("Are you still there?")
    assert second.answers() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(center, ring, maria, at_desk, scheme):
    """All text has the contrast that the accessibility guidelines ask for: 4.5 to 1."""
    talk = Talk(center)
    page = at_desk(maria, color_scheme=scheme)
    ring()
    page.get_by_role("button", name="Accept").click()
    talk.says("See https://example.org")
    expect(messages_of(page)).to_have_count(2)
    Talk(center, "Luis Herrera")
    ring()
    expect(page.locator(".offer")).to_be_visible()
    assert page.evaluate(FAINT) == []


# Elements whose own text has too little contrast with the first ground behind it that is not transparent.
FAINT = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0.99) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.offsetParent === null || element.closest(".sr, noscript, .skip")) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(`${element.className || element.tagName}: ${contrast.toFixed(2)}`);
  }
  return faint;
}"""


def test_everything_to_press_has_a_name(center, ring, maria, at_desk):
    Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(composer(page)).to_be_visible()
    nameless = """() => [...document.querySelectorAll("button, input:not([type=hidden]), textarea, select")]
        .filter((each) => !(each.textContent.trim() || each.ariaLabel || each.labels?.length))
        .map((each) => each.outerHTML)"""
    assert page.evaluate(nameless) == []
    log = page.get_by_role("log", name="Messages")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.get_by_role("listitem").first).to_be_visible()


def test_on_a_phone_the_reason_why_it_is_not_finished_is_seen(center, ring, maria, at_desk):
    factories.make_codes(center.tenant, *(f"Reason {number}" for number in range(20)), required=True)
    Talk(center)
    page = at_desk(maria, viewport={"width": 390, "height": 844}, has_touch=True)
    ring()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End the chat").click()
    wrap_up = page.locator(".wrap-up")
    finish = wrap_up.get_by_role("button", name="Finish")
    for place in (0, 10_000):  # at the list's beginning, and at its end
        wrap_up.evaluate("(element, place) => { element.scrollTop = place }", place)
        finish.click()
        reason = wrap_up.get_by_role("alert")
        expect(reason).to_contain_text("Reason")
        expect(reason).to_be_in_viewport(ratio=1)
        assert whole(reason), place
        assert reason.bounding_box()["y"] + reason.bounding_box()["height"] <= finish.bounding_box()["y"]
    wrap_up.get_by_label("Reason 19").check()
    finish.click()
    expect(wrap_up).to_be_hidden()
    forgive(page, "409", "htmx:")  # what was refused


def whole(element):
    """Whether nothing lies on an element, or cuts it off: its corners are seen."""
    return element.evaluate(
        """element => {
            const { left, right, top, bottom } = element.getBoundingClientRect();
            const corners = [left + 9, right - 9].flatMap((x) => [[x, top + 2], [x, bottom - 2]]);
            return corners.every(([x, y]) => element.contains(document.elementFromPoint(x, y)));
        }"""
    )


def test_a_strict_content_security_policy_may_stand(center, ring, maria, open_page):
    def strictly(route):
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": "default-src 'self'; frame-ancestors 'none'"}
        route.fulfill(response=answer, headers=headers)

    available(maria)
    talk = Talk(center)
    page = open_page("/accounts/login/", agent=maria)
    page.route("**/desk/", strictly)
    page.goto(page.url.replace("/accounts/login/", "/desk/"))
    ring()
    page.get_by_role("button", name="Accept").click()
    composer(page).fill("Good day\nGrace")
    composer(page).press("Enter")
    expect(messages_of(page)).to_have_count(2)
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End the chat").click()
    expect(page.locator(".wrap-up")).to_be_visible()
    assert talk.answers() == ["Good day\nGrace"]


def test_who_types_and_who_has_read(center, ring, maria, at_desk):
    page = at_desk(maria)
    talk = Talk(center)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(messages_of(page)).to_have_text(["How can I help?"])
    sign = page.locator(".chat.current [data-sign]")
    expect(sign).to_be_hidden()

    # The customer types, and then has said it.
    send(News(signs={talk.conversation.pk: "typing user 60"}), connection)
    expect(sign).to_have_text("The customer is typing …")
    talk.says("Hello")
    expect(messages_of(page)).to_have_text(["How can I help?", "Hello"])
    expect(sign).to_be_hidden()

    # Maria has it before her eyes: she has read it.
    said_at = Message.objects.get(text="Hello").created_at
    wait_for(page, lambda: Participant.objects.filter(agent=maria, read_at=said_at).exists())

    composer(page).fill("Good day")
    composer(page).press("Enter")
    expect(messages_of(page)).to_have_count(3)
    expect(page.locator(".chat.current .receipt")).to_have_count(0)
    mark_read(conversation_id=talk.conversation.pk, author_type="user", read_at=timezone.now())
    expect(page.locator(".chat.current .receipt")).to_contain_text("Read by the customer")
