"""What happens while an answer is on its way: is anything lost that is typed, said or refused meanwhile?"""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.models import Attachment, Interaction, Offer

from .talk import Talk, composer
from .test_desk import forgive, messages_of, wait_for
from .test_files import choose, file, uploads

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ANSWERS = "**/messages/"
UNREACHABLE = "The server could not be reached. Please try again."


@pytest.fixture
def page(talk, ring, maria, at_desk):
    """Maria in her chat with Grace."""
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(composer(page)).to_be_focused()
    return page


class Held:
    """Requests that wait until they are let go."""

    def __init__(self, page, path):
        self.page = page
        self.routes = []
        page.route(path, lambda route: self.routes.append(route))

    def wait(self, count=1):
        wait_for(self.page, lambda: len(self.routes) == count)
        return self.routes[-1]


@pytest.fixture
def accept_late(center, ring, page):
    """Accept Luis's chat; the request waits, while the list is drawn anew because another chat rings."""

    def accept_late():
        Talk(center, "Luis Herrera")
        ring()
        held = Held(page, "**/accept/")
        button = page.get_by_role("button", name="Accept").element_handle()
        button.click()
        Talk(center, "Edith Clarke")
        ring()
        wait_for(page, lambda: not button.evaluate("each => each.isConnected"))
        return held.wait()

    return accept_late


# Accepting


def test_an_accepted_chat_opens_though_the_list_was_drawn_anew(accept_late, page):
    accept_late().continue_()
    expect(page.locator(".chat.current h1")).to_have_text("Luis Herrera")
    expect(composer(page)).to_be_focused()


def test_a_refusal_is_told_though_the_list_was_drawn_anew(accept_late, page, tom):
    route = accept_late()
    offer = Offer.objects.get(interaction__conversation__customer__name="Luis Herrera")
    Offer.objects.filter(pk=offer.pk).update(state="timed_out")
    Interaction.objects.filter(pk=offer.interaction_id).update(state="handling", agent=tom)
    route.continue_()
    expect(page.locator("#flash")).to_contain_text("\u2068Tom Whitfield\u2069 has this chat.", use_inner_text=True)
    forgive(page, "409", "htmx:")


def test_that_the_server_is_away_is_told_though_the_list_was_drawn_anew(accept_late, page):
    accept_late().abort()
    expect(page.locator("#flash")).to_contain_text(UNREACHABLE, use_inner_text=True)
    forgive(page, "net::ERR_", "htmx:")


# Sending


def test_what_is_typed_while_a_message_is_sent_stays(page, talk):
    held = Held(page, ANSWERS)
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    route = held.wait()
    expect(composer(page)).to_have_value("")
    page.keyboard.type("Tw")
    route.continue_()
    expect(messages_of(page).last).to_have_text("One")
    page.keyboard.type("o")
    expect(composer(page)).to_have_value("Two")
    expect(composer(page)).to_be_focused()
    page.keyboard.press("Enter")
    held.wait(2).continue_()
    expect(messages_of(page).last).to_have_text("Two")
    assert talk.answers() == ["One", "Two"]


def test_what_was_not_sent_comes_back_before_what_was_typed(page, talk):
    held = Held(page, ANSWERS)
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    route = held.wait()
    page.keyboard.type("To")
    page.keyboard.press("ArrowLeft")
    route.abort()
    expect(page.locator(".composer .error")).to_be_visible()
    expect(composer(page)).to_have_value("One\nTo")
    page.keyboard.type("w")
    expect(composer(page)).to_have_value("One\nTwo")
    page.unroute(ANSWERS)
    page.keyboard.press("Enter")
    expect(messages_of(page).last).to_have_text("One\nTwo")
    assert talk.answers() == ["One\nTwo"]
    forgive(page, "net::ERR_", "htmx:")


def test_messages_sent_faster_than_they_arrive_go_one_after_the_other(page, talk):
    held = Held(page, ANSWERS)
    for text in ("One", "Two", "Three"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    page.keyboard.type("Fou")
    for count in (1, 2, 3):
        held.wait(count).continue_()
    expect(messages_of(page)).to_have_text(["How can I help?", "One", "Two", "Three"])
    expect(composer(page)).to_have_value("Fou")
    assert talk.answers() == ["One", "Two", "Three"]


def test_what_waits_behind_a_message_that_fails_comes_back_with_it(page, talk):
    held = Held(page, ANSWERS)
    for text in ("One", "Two"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    held.wait().fulfill(status=500)
    expect(page.locator(".composer .error")).to_have_text("That did not work. Please try again.")
    expect(composer(page)).to_have_value("One\nTwo")
    assert (talk.answers(), len(held.routes)) == ([], 1)
    forgive(page, "500", "htmx:")


def test_what_has_not_arrived_outlives_the_page(page):
    held = Held(page, ANSWERS)
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    held.wait()
    page.keyboard.type("Two")
    page.reload()
    expect(composer(page)).to_have_value("One\nTwo")
    forgive(page, "net::ERR_", "htmx:")


def test_what_arrived_is_no_draft_any_more(page):
    composer(page).fill("One")
    composer(page).press("Enter")
    expect(messages_of(page).last).to_have_text("One")
    page.reload()
    expect(messages_of(page).last).to_have_text("One")
    expect(composer(page)).to_have_value("")


def test_a_sent_message_does_not_call_the_agent_back_from_another_chat(center, ring, page):
    Talk(center, "Luis Herrera")
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".chat.current h1")).to_have_text("Luis Herrera")
    held = Held(page, ANSWERS)
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    route = held.wait()
    page.keyboard.press("Alt+1")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("For ")
    with page.expect_response(ANSWERS):
        route.continue_()
    page.keyboard.type("Grace")
    expect(page.locator(".chat.current h1")).to_have_text("Grace Okafor")
    expect(composer(page)).to_have_value("For Grace")


def test_a_file_chosen_while_a_message_is_sent_is_for_the_next(page):
    held = Held(page, ANSWERS)
    choose(page, file("first.txt", b"One"))
    wait_for(page, lambda: Attachment.objects.filter(name="first.txt", state="clean").exists())
    expect(uploads(page).first).to_contain_text("3")
    composer(page).press("Enter")
    route = held.wait()
    choose(page, file("second.txt", b"Two"))
    expect(uploads(page)).to_have_count(2)
    expect(uploads(page).last).to_contain_text("3")
    route.continue_()
    expect(uploads(page)).to_have_count(1)
    expect(uploads(page)).to_contain_text("second.txt")


# Back again


def test_who_is_connected_again_reads_no_more_that_the_server_is_away(page):
    page.context.set_offline(True)
    composer(page).fill("One")
    composer(page).press("Enter")
    told = page.locator(".composer .error")
    expect(told).to_have_text(UNREACHABLE)
    expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_attribute("data-state", "open")
    expect(told).to_be_hidden()
    expect(composer(page)).to_have_value("One")
    forgive(page, "net::ERR_", "htmx:")
