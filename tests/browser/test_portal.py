"""The customer's page: writing, on a phone as well; what is refused; a network that goes away; signs; leaving."""

from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.center import presence, routing
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.models import Card, Message
from example_project.portal.models import Line
from tests import factories

from .portal import answer, make_college, start_chat
from .test_desk import forgive

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def college(settled):
    return make_college()


@pytest.fixture
def agent(college):
    return factories.make_agent(college.tenant, college.queue, first_name="Maria", last_name="Torres")


@pytest.fixture
def chatting(college, open_page):
    """Open the portal and start a chat; gives the page, which has its conversation."""

    def chatting(**options):
        page = open_page("/portal/", **options)
        page.conversation = start_chat(page)
        expect(lines(page)).to_have_text(["Hello"])
        return page

    return chatting


def field(page):
    return page.get_by_role("textbox", name="Your message")


def send_button(page):
    return page.locator(".say").get_by_role("button", name="Send")


def lines(page):
    """What the visitor said, that has arrived."""
    return page.locator("[role=log] .line.visitor > p")


def unsent(page):
    return page.locator("[data-outbox] .line")


def lost(page):
    return page.get_by_role("alert").filter(has_text="No connection")


def said_by(page, author_type="user"):
    said = Message.objects.filter(conversation=page.conversation, author_type=author_type, history=False)
    return list(said.order_by("number").values_list("text", flat=True))


def accept(page, agent):
    """The agent takes the visitor's chat."""
    routing.route_queue(page.conversation.open_interaction.queue_id)
    return factories.accepted(page.conversation)


def test_on_a_touch_screen_a_key_sends_with_another_one(chatting):
    page = chatting(**PHONE)
    field(page).fill("One")
    field(page).press("Enter")
    field(page).press_sequentially("two")
    field(page).press("Control+Enter")
    expect(lines(page)).to_have_text(["Hello", "Onetwo"])
    expect(field(page)).to_have_value("")


def test_a_key_sends_and_with_another_one_breaks_the_line(chatting):
    page = chatting()
    one_line = field(page).bounding_box()["height"]
    field(page).press_sequentially("One")
    field(page).press("Shift+Enter")
    field(page).press_sequentially("Two")
    assert field(page).input_value() == "One\nTwo"
    assert field(page).bounding_box()["height"] > one_line
    field(page).press("Enter")
    expect(lines(page)).to_have_text(["Hello", "OneTwo"])
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()
    expect(unsent(page)).to_have_count(0)
    assert field(page).bounding_box()["height"] == one_line
    assert said_by(page) == ["Hello", "One\nTwo"]


def test_on_a_phone_the_field_is_wide_and_the_button_sends(chatting):
    page = chatting(**PHONE)
    assert field(page).bounding_box()["width"] > 200
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    field(page).press_sequentially("One")
    field(page).press("Enter")
    field(page).press_sequentially("Two")
    assert field(page).input_value() == "One\nTwo"
    send_button(page).tap()
    expect(lines(page)).to_have_text(["Hello", "OneTwo"])


def test_several_are_sent_in_their_order(chatting):
    page = chatting()
    for number in range(5):
        field(page).fill(f"Line {number}")
        field(page).press("Enter")
    expect(lines(page)).to_have_text(["Hello", *(f"Line {number}" for number in range(5))])
    expect(unsent(page)).to_have_count(0)


def test_nothing_is_sent_for_nothing(chatting):
    page = chatting()
    field(page).press("Enter")
    field(page).fill("  ")
    field(page).press("Enter")
    expect(unsent(page)).to_have_count(0)
    field(page).fill("\u2060\u200b")
    field(page).press("Enter")
    expect(page.locator("[data-error]")).to_have_text("Please write something.")
    assert said_by(page) == ["Hello"]
    forgive(page, "400")


def test_what_is_refused_stays_with_its_file(chatting):
    page = chatting()
    page.get_by_label("Attach files").set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b""})
    expect(page.locator("[data-chosen]")).to_contain_text("x.txt")
    field(page).fill("My letter")
    send_button(page).click()
    expect(page.locator("[data-error]")).to_have_text("The file is empty.")
    expect(field(page)).to_have_value("My letter")
    expect(page.locator("[data-chosen]")).to_contain_text("x.txt")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-chosen]")).to_be_hidden()
    send_button(page).click()
    expect(lines(page)).to_have_text(["Hello", "My letter"])
    expect(page.locator("[data-error]")).to_be_hidden()
    forgive(page, "400")


def test_a_file_is_sent(chatting):
    page = chatting()
    page.get_by_label("Attach files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"Hi"})
    send_button(page).click()
    expect(page.locator("[role=log] .line.visitor .file")).to_have_text("a.txt")
    expect(page.locator("[data-chosen]")).to_be_hidden()
    expect(unsent(page)).to_have_count(0)


def test_what_is_written_without_a_network_is_sent_when_it_is_back(chatting):
    page = chatting()
    page.context.set_offline(True)
    expect(lost(page)).to_be_visible()
    for text in ("Are you there?", "Still?"):
        field(page).fill(text)
        field(page).press("Enter")
    expect(unsent(page)).to_have_count(2)
    expect(unsent(page).first).to_contain_text("Not sent yet")
    page.context.set_offline(False)
    expect(lost(page)).to_be_hidden()
    expect(lines(page)).to_have_text(["Hello", "Are you there?", "Still?"])
    expect(unsent(page)).to_have_count(0)
    assert said_by(page) == ["Hello", "Are you there?", "Still?"]
    forgive(page, "net::ERR_", "htmx:")


def test_an_answer_without_a_network_is_sent_when_it_is_back(chatting):
    page = chatting()
    card = page.locator(".card-form")
    card.get_by_label("You are").select_option("student")
    page.context.set_offline(True)
    press = card.get_by_role("button", name="Send")
    press.click()
    expect(press).to_be_disabled()
    expect(field(page)).to_be_focused()
    expect(card.get_by_role("status")).to_have_text("Not sent yet")
    page.context.set_offline(False)
    expect(page.locator(".card-answer")).to_be_visible()
    expect(card).to_have_count(0)
    forgive(page, "net::ERR_", "htmx:")


def test_an_answer_under_way_says_so(chatting):
    page = chatting()
    waiting = []
    page.route("**/portal/**answer/", lambda route: waiting.append(route))
    card = page.locator(".card-form")
    card.get_by_label("You are").select_option("student")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("status")).to_have_text("Sending…")
    expect(card.get_by_role("button", name="Send")).to_be_disabled()
    waiting[0].continue_()
    expect(page.locator(".card-answer")).to_be_visible()
    expect(field(page)).to_be_focused()


def test_a_message_whose_answer_is_lost_arrives_once(chatting):
    page = chatting()
    tried = []

    def lose_the_first(route):
        tried.append(route.request.url)
        if len(tried) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/portal/chat/say/", lose_the_first)
    field(page).fill("Only once")
    field(page).press("Enter")
    expect(lines(page)).to_have_text(["Hello", "Only once"])
    expect(unsent(page)).to_have_count(0)
    page.unroute_all(behavior="wait")
    assert said_by(page) == ["Hello", "Only once"]
    forgive(page, "net::ERR_", "htmx:")


def test_a_draft_outlives_the_page(chatting):
    page = chatting()
    field(page).fill("Not yet")
    page.reload()
    expect(field(page)).to_have_value("Not yet")
    field(page).press("Enter")
    expect(lines(page)).to_have_text(["Hello", "Not yet"])
    page.reload()
    expect(field(page)).to_have_value("")


def test_the_agent_sees_that_the_visitor_types_and_has_read(chatting, agent, open_page):
    page = chatting()
    accept(page, agent)
    desk = open_page(agent=agent)
    presence.set_presence(agent_id=agent.pk, presence="available")
    desk.locator("#chat-items .item").click()
    expect(desk.locator("#connection")).to_have_attribute("data-state", "open")
    field(page).press_sequentially("I wonder")
    expect(desk.get_by_text("The customer is typing …")).to_be_visible()
    field(page).press("Enter")
    expect(desk.locator(".message .text", has_text="I wonder")).to_be_visible()
    expect(desk.get_by_text("The customer is typing …")).to_be_hidden()
    answer(agent, page.conversation, "See https://example.org/ please")
    expect(page.get_by_role("link", name="https://example.org/")).to_be_visible()
    expect(desk.get_by_text("Read by the customer")).to_be_visible()


def test_typing_is_told_now_and_then_only(chatting):
    page = chatting()
    told = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/typing/") else None)
    with page.expect_request("**/typing/"):
        field(page).press_sequentially("I wonder whether")
    field(page).press("Enter")
    expect(lines(page)).to_have_count(2)
    assert len(told) == 1
    with page.expect_request("**/typing/"):
        field(page).press_sequentially("I")
    assert len(told) == 2


def test_times_are_the_visitors(chatting):
    page = chatting(timezone_id="Asia/Tokyo")
    line = Line.objects.filter(author=Line.Author.VISITOR).get()
    in_tokyo = line.at.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%H:%M")
    expect(page.locator(".line.visitor time")).to_have_text(in_tokyo)
    field(page).fill("Hi")
    field(page).press("Enter")
    expect(page.locator(".line.visitor time")).to_have_count(2)
    assert all(page.locator("time").evaluate_all("all => all.map(each => each.title)"))


def test_whoever_leaves_is_asked(chatting):
    page = chatting()
    field(page).fill("But")
    page.get_by_role("link", name="Leave").click()
    expect(page.get_by_role("heading", name="Leave the chat?")).to_be_visible()
    page.get_by_role("link", name="Back to the chat").click()
    expect(field(page)).to_have_value("But")
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("button", name="Leave the chat").click()
    expect(page.get_by_role("status")).to_have_text("You have left the chat. Goodbye!")


def test_a_page_whose_chat_was_left_elsewhere_says_so_itself(chatting):
    page = chatting()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("link", name="Leave").click()
    other.get_by_role("button", name="Leave the chat").click()
    page.wait_for_url("**/portal/")
    forgive(page, "404", "htmx:")


def test_it_works_without_a_script(college, open_page):
    page = open_page("/portal/", java_script_enabled=False)
    conversation = start_chat(page)
    field(page).fill("One\nTwo")
    send_button(page).click()
    expect(lines(page)).to_have_text(["Hello", "OneTwo"])
    page.locator("input[type=file]").set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b""})
    field(page).fill("My letter")
    send_button(page).click()
    expect(page.get_by_role("alert")).to_have_text("The file is empty.")
    expect(field(page)).to_have_value("My letter")
    assert list(
        Message.objects.filter(conversation=conversation, author_type="user").values_list("text", flat=True)
    ) == [
        "Hello",
        "One\nTwo",
    ]
    forgive(page, "400")


def test_that_a_bot_is_at_an_answer_is_shown_and_said_once(chatting, tmp_path):
    page = chatting()
    sign = page.locator("[data-sign]")
    expect(sign).to_have_text("")
    page.route("**/chat/lines/*", lambda route: route.fulfill(status=204, headers={"X-Awaited": "assistant"}))
    watch = "new MutationObserver(() => { said += 1; }).observe(document.querySelector('[data-sign]'),"
    watch += " { childList: true })"
    page.evaluate(f"() => {{ window.said = 0; {watch}; }}")
    expect(sign).to_have_text("The assistant is writing…")
    with page.expect_response("**/chat/lines/*"), page.expect_response("**/chat/lines/*"):
        pass
    page.screenshot(path=tmp_path / "sign.png")
    assert page.evaluate("said") == 1
    page.unroute("**/chat/lines/*")
    expect(sign).to_have_text("")


def test_the_sign_goes_when_nobody_knows_any_more(chatting):
    page = chatting()
    sign = page.locator("[data-sign]")
    page.route("**/chat/lines/*", lambda route: route.fulfill(status=204, headers={"X-Awaited": "assistant"}))
    expect(sign).to_have_text("The assistant is writing…")
    page.unroute("**/chat/lines/*")
    page.route("**/chat/lines/*", lambda route: route.abort())
    expect(sign).to_have_text("")
    expect(lost(page)).to_be_visible()
    page.unroute("**/chat/lines/*")
    expect(lost(page)).to_be_hidden()
    forgive(page, "net::ERR_", "htmx:")


def ask(page, number):
    """The assistant asks something with a choice; return the line."""
    options = {"options": [{"title": f"Yes, {number}"}, {"title": f"No, {number}"}]}
    row = messages.add_message(
        conversation_id=page.conversation.pk, author_type="bot", text=f"{number}?", cards=[(QUICK_REPLIES, options)]
    ).cards.get()
    cards = [{"id": row.pk, "contentType": QUICK_REPLIES, "content": options}]
    return Line.objects.create(
        conversation_id=page.conversation.pk, author=Line.Author.ASSISTANT, text=f"{number}?", cards=cards
    )


def choice(page, text):
    return page.get_by_role("button", name=text)


def test_a_choice_is_over_on_the_open_page_when_the_chat_has_gone_on(chatting):
    page = chatting()
    ask(page, "One")
    choice(page, "Yes, One").focus()
    field(page).fill("Yes")
    field(page).press("Enter")
    expect(lines(page)).to_have_text(["Hello", "Yes"])
    expect(choice(page, "Yes, One")).to_be_enabled()
    choice(page, "Yes, One").focus()
    ask(page, "Two")
    expect(choice(page, "Yes, Two")).to_be_enabled()
    expect(choice(page, "Yes, One")).to_have_count(0)
    expect(page.locator("span.card-button").filter(has_text="Yes, One")).to_be_visible()
    expect(field(page)).to_be_focused()


def kept(page):
    """What the page keeps of presses that have not arrived, by their cards."""
    key = "`portal-pressed-${document.querySelector('[data-chat]').dataset.chat}`"
    return [card for card, _pressed in page.evaluate(f"JSON.parse(sessionStorage.getItem({key}) ?? '[]')")]


def lose_until_a_new_page(page):
    """What is pressed gets lost until a new document has begun; return the requests that have come through since."""
    begun, through = [], []

    def pass_on(route):
        if begun:
            through.append(route.request.url)
            route.continue_()
        else:
            route.abort()

    page.once("framenavigated", lambda frame: begun.append(frame))
    page.route("**/portal/chat/answer/", pass_on)
    return through


def load_again(page):
    """Load the page, and wait until it has looked for new lines."""
    with page.expect_response("**/chat/lines/*"):
        page.reload()


def test_what_was_pressed_without_a_network_outlasts_the_page(chatting):
    page = chatting()
    ask(page, "One")
    choice(page, "Yes, One").wait_for()
    through = lose_until_a_new_page(page)
    choice(page, "Yes, One").click()
    expect(page.get_by_role("status").filter(has_text="Not sent yet")).to_be_visible()
    card = Card.objects.get(content_type=QUICK_REPLIES)
    assert (kept(page), through) == ([card.pk], [])
    page.reload()
    expect(page.locator(".card-answer bdi")).to_have_text("Yes, One")
    assert kept(page) == []
    load_again(page)
    assert len(through) == 1
    card.refresh_from_db()
    assert card.submitted_data == {"title": "Yes, One", "data": None}
    forgive(page, "net::ERR_", "htmx:")


def test_a_form_that_was_sent_without_a_network_outlasts_the_page(chatting):
    page = chatting()
    card = page.locator(".card-form")
    card.get_by_label("You are").select_option("student")
    card.get_by_label("You may call me back").check()
    through = lose_until_a_new_page(page)
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("status")).to_have_text("Not sent yet")
    assert (kept(page), through) == ([Card.objects.get().pk], [])
    page.reload()
    expect(page.locator(".card-answer")).to_contain_text("You are: a student")
    expect(page.locator(".card-answer")).to_contain_text("You may call me back: ✓")
    load_again(page)
    assert (kept(page), len(through)) == ([], 1)
    forgive(page, "net::ERR_", "htmx:")


def go_on(page):
    """The visitor has said something else than the choice, and the assistant has answered that."""
    Line.objects.create(conversation_id=page.conversation.pk, author=Line.Author.VISITOR, text="Wait")
    ask(page, "Two")
    expect(choice(page, "Yes, One")).to_have_count(0)
    expect(choice(page, "Yes, Two")).to_be_visible()


def press_and_go_on(page):
    """A press is under way while its card is drawn anew without its buttons; return its request."""
    line, waiting = ask(page, "One"), []
    page.route("**/portal/chat/answer/", lambda route: waiting.append(route))
    choice(page, "Yes, One").click()
    expect(page.get_by_role("status").filter(has_text="Sending…")).to_be_visible()
    go_on(page)
    expect(too_late(page)).to_have_count(0)
    assert kept(page) == [line.cards[0]["id"]]
    return waiting[0]


def too_late(page):
    return page.get_by_role("alert").filter(has_text="What you pressed was not sent")


def test_a_press_that_arrives_after_its_card_was_drawn_anew_is_shown(chatting):
    page = chatting()
    press_and_go_on(page).continue_()
    expect(page.locator(".card-answer bdi")).to_have_text("Yes, One")
    expect(too_late(page)).to_have_count(0)
    assert kept(page) == []


@pytest.mark.parametrize("fail", [lambda route: route.abort(), lambda route: route.fulfill(status=503)])
def test_a_press_that_is_lost_after_its_card_was_drawn_anew_is_told(chatting, fail):
    page = chatting()
    fail(press_and_go_on(page))
    expect(too_late(page)).to_be_visible()
    assert kept(page) == []
    forgive(page, "net::ERR_", "htmx:", "503")


def test_a_press_that_arrived_and_whose_answer_is_lost_is_not_told_as_lost(chatting):
    page = chatting()
    line = ask(page, "One")
    page.route("**/portal/chat/answer/", lambda route: (route.fetch(), route.abort()))
    choice(page, "Yes, One").click()
    expect(page.get_by_role("status").filter(has_text="Not sent yet")).to_be_visible()
    assert kept(page) == [line.cards[0]["id"]]
    go_on(page)
    expect(page.locator(".card-answer bdi")).to_have_text("Yes, One")
    expect(too_late(page)).to_have_count(0)
    assert kept(page) == []
    page.unroute_all(behavior="wait")
    forgive(page, "net::ERR_", "htmx:")


@pytest.mark.parametrize("is_pressed", [True, False])
def test_what_is_filled_in_beside_a_choice_stays(chatting, is_pressed):
    page = chatting()
    (form,) = Line.objects.filter(author=Line.Author.ASSISTANT).latest("pk").cards
    line = ask(page, "One")
    line.delete()
    line.cards.insert(0, {**form, "id": "beside"})
    line.save()
    number = page.locator("#card-beside").get_by_label("Student number")
    number.fill("77")
    if is_pressed:
        choice(page, "Yes, One").click()
        expect(page.locator(".card-answer bdi")).to_have_text("Yes, One")
    else:
        go_on(page)
        expect(number).to_be_focused()
    expect(number).to_have_value("77")


def test_what_was_pressed_too_late_is_told(chatting):
    page = chatting()
    ask(page, "One")
    choice(page, "Yes, One").wait_for()
    page.route("**/portal/chat/answer/", lambda route: route.abort())
    choice(page, "Yes, One").click()
    expect(page.get_by_role("status").filter(has_text="Not sent yet")).to_be_visible()
    Line.objects.create(conversation_id=page.conversation.pk, author=Line.Author.VISITOR, text="Wait")
    ask(page, "Two")
    expect(too_late(page)).to_be_visible()
    assert kept(page) == []
    forgive(page, "net::ERR_", "htmx:")
