"""Where is the focus when what had it is gone? Never nowhere: from there, keyboard and ears begin the page anew."""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.center import presence
from contactcenter_chat.models import Agent
from tests import factories

from .talk import Talk, composer
from .test_desk import forgive, messages_of

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def press(page, element):
    """Press a button by the keyboard, as who hears the page does."""
    element.focus()
    page.keyboard.press("Enter")


def own_presence(page):
    return page.locator("#presence-button")


def scroll(page):
    return page.locator(".chat.current .scroll")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_going_available(maria, open_page, options):
    page = open_page(agent=maria, **options)
    expect(page.locator("#connection")).to_have_attribute("data-state", "open")
    press(page, page.get_by_role("button", name="Go available"))
    expect(own_presence(page)).to_contain_text("Available")
    expect(own_presence(page)).to_be_focused()


def test_being_available_again(maria, at_desk):
    page = at_desk(maria)
    Agent.objects.filter(pk=maria.pk).update(presence="on_break", presence_reason="missed")
    page.reload()
    press(page, page.get_by_role("button", name="Available again"))
    expect(page.get_by_role("button", name="Available again")).to_have_count(0)
    expect(own_presence(page)).to_be_focused()


def test_declining_and_what_others_have_taken(center, ring, maria, at_desk):
    page = at_desk(maria)
    Talk(center)
    ring()
    press(page, page.get_by_role("button", name="Decline"))
    expect(page.locator(".offer")).to_have_count(0)
    expect(own_presence(page)).to_be_focused()
    taken = Talk(center, "Luis Herrera")
    ring()
    page.locator(".offer").get_by_role("button", name="Accept").focus()
    taken.leaves()
    expect(page.locator(".offer")).to_have_count(0)
    expect(own_presence(page)).to_be_focused()


def test_a_refusal_leaves_it_where_it_was(center, ring, maria, at_desk):
    page = at_desk(maria)
    Talk(center)
    ring()
    page.route("**/accept/", lambda route: route.fulfill(status=409, content_type="text/plain", body="Not now."))
    accept = page.get_by_role("button", name="Accept")
    press(page, accept)
    expect(page.get_by_text("Not now.")).to_be_visible()
    expect(accept).to_be_focused()
    press(page, page.locator("#flash").get_by_role("button", name="Close"))
    expect(page.locator("#flash")).to_be_hidden()
    expect(own_presence(page)).to_be_focused()
    forgive(page, "409", "htmx:")


def test_in_a_chat(talk, open_chat):
    page = open_chat()
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(composer(page)).to_be_focused()
    press(page, page.locator(".head [data-details]"))
    close = page.locator(".side [data-details]")
    press(page, close)
    expect(close).to_be_hidden()
    expect(page.locator(".head [data-details]")).to_be_focused()
    composer(page).fill("Good day")
    talk.leaves()
    notice = page.locator(".chat.current [data-unsent]")
    expect(notice).to_be_visible()
    press(page, notice.get_by_role("button", name="Discard"))
    expect(notice).to_be_hidden()
    expect(page.locator(".wrap-up").get_by_role("button", name="Finish")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have finished this chat.")).to_be_visible()
    expect(scroll(page)).to_be_focused()


@pytest.mark.parametrize("history", [[f"Line {number}" for number in range(199)]], ids=["long"])
def test_reading_back_to_the_beginning(talk, open_chat):
    page = open_chat()
    earlier = page.get_by_role("button", name="Earlier messages")
    while earlier.count():
        before = messages_of(page).count()
        press(page, earlier)
        expect(messages_of(page).nth(before)).to_be_attached()
        expect(earlier.or_(scroll(page)).and_(page.locator(":focus"))).to_have_count(1)
    expect(messages_of(page)).to_have_count(199)
    expect(scroll(page)).to_be_focused()


def test_from_a_chat_to_the_list_and_back_on_a_phone(talk, open_chat):
    page = open_chat(**PHONE)
    press(page, page.get_by_role("button", name="Back to the list"))
    item = page.locator(".item[data-live]")
    expect(item).to_be_focused()
    page.keyboard.press("Enter")
    expect(scroll(page)).to_be_focused()  # no keyboard comes up over the chat unasked


def test_whoever_presses_where_there_is_nothing_wants_it_nowhere(center, maria, at_desk):
    page = at_desk(maria)
    own_presence(page).focus()
    page.locator("#chats").evaluate("each => { each.removeAttribute('tabindex'); document.activeElement.blur(); }")
    factories.make_queue(center.tenant, "Another")
    presence.set_presence(agent_id=maria.pk, presence="on_break")
    expect(own_presence(page)).to_contain_text("On a break")
    expect(own_presence(page)).not_to_be_focused()
