"""How the desk looks: what belongs together stands together, and what is not the same is not taken for it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions import cards, messages
from contactcenter_chat.actions.center import interactions, transfers
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.models import Agent, LogEntry
from contactcenter_chat.templatetags.contactcenter_avatars import HUES
from tests import factories

from .talk import Talk, composer
from .test_desk import FAINT, available, forgive, messages_of, wait_for
from .test_files import loaded, picture
from .test_room import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def history():
    return ["How can I help?", "Please choose."]


def heads(page):
    """The names above messages, of those that are seen."""
    return [each.inner_text() for each in page.locator(".chat.current .message:not(.follows) .by .name").all()]


def events(page):
    return page.locator(".chat.current .event > span")


# The log


def test_messages_of_one_author_stand_in_a_group(talk, open_chat):
    page = open_chat()
    assert heads(page) == ["Bot"]
    for text in ("One", "Two", "Three"):
        talk.says(text)
    expect(messages_of(page)).to_have_count(5)
    for text in ("Good day", "This is Maria"):
        composer(page).fill(text)
        composer(page).press("Enter")
        expect(messages_of(page).last).to_have_text(text)
    assert heads(page) == ["Bot", "Grace Okafor", "Maria Torres"]
    by = page.locator(".chat.current .message.follows .by").first
    assert by.bounding_box()["width"] <= 1  # it is read out, but not seen
    expect(by.locator(".name")).to_have_text("Bot")
    expect(page.locator(".htmx-request")).to_have_count(0)  # which loading anew would break off
    page.reload()
    expect(messages_of(page)).to_have_count(7)
    assert heads(page) == ["Bot", "Grace Okafor", "Maria Torres"]


def test_a_group_ends_after_two_minutes(talk, open_chat):
    for text in ("One", "Two", "Three"):
        talk.says(text)
    rows = LogEntry.objects.filter(conversation=talk.conversation, message__author_type="user").order_by("number")
    begin = rows[0].at
    for row, seconds in zip(rows, (0, 120, 121), strict=True):
        LogEntry.objects.filter(pk=row.pk).update(at=begin + timedelta(seconds=seconds))
    page = open_chat()
    assert heads(page) == ["Bot", "Grace Okafor", "Grace Okafor"]


def test_what_stands_between_two_messages_parts_them(talk, open_chat):
    talk.says("One")
    page = open_chat()
    talk.says("Two")
    expect(messages_of(page).last).to_have_text("Two")
    assert heads(page) == ["Bot", "Grace Okafor", "Grace Okafor"]  # Maria came in between


def test_a_transfer_is_one_line_also_when_it_arrives(talk, open_chat, maria, tom, center):
    page = open_chat()
    before = events(page).count()
    available(tom)
    tom.refresh_from_db()
    transfers.transfer_to_agent(
        interaction_id=talk.interaction.pk, agent=maria, to_agent=tom, note="Wants instalments."
    )
    expect(page.locator(".chat.current .event.transfer .note")).to_contain_text("Wants instalments.")
    assert events(page).all_inner_texts()[before:] == ["Maria Torres transferred the chat to Tom Whitfield."]


def test_an_answer_is_seen_in_its_card_also_when_it_arrives(talk, open_chat):
    choice = {"text": "May I call you?", "options": [{"title": "Yes"}, {"title": "Not today"}]}
    pk = talk.conversation.pk
    row = messages.add_message(conversation_id=pk, author_type="bot", cards=[(QUICK_REPLIES, choice)]).cards.get()
    page = open_chat()
    card = page.locator(".chat.current .chat-card")
    expect(card.locator(".card-answer")).to_have_count(0)
    before = events(page).count()
    cards.submit_card(conversation_id=pk, card_id=row.pk, given={"title": "Yes"})
    expect(card.locator(".card-answer")).to_have_text("Answer: Yes")
    assert events(page).count() == before
    page.reload()
    expect(page.locator(".chat.current .card-answer")).to_have_text(["Answer: Yes"])
    assert events(page).count() == before


def test_bots_customers_and_agents_do_not_look_alike(talk, open_chat):
    talk.says("One")
    page = open_chat()
    composer(page).fill("Two")
    composer(page).press("Enter")
    expect(messages_of(page).last).to_have_text("Two")
    grounds = {
        page.locator(f".chat.current .message[data-author={author}] .text").first.evaluate(
            "each => getComputedStyle(each).backgroundColor"
        )
        for author in ("bot", "user", "agent")
    }
    assert len(grounds) == 3


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_what_the_agent_sent_ends_where_the_agents_words_end(talk, open_chat, maria, options):
    page = open_chat(**options)
    talk.hears(maria, "This is our campus:", picture(), "campus.png")
    loaded(page.locator(".chat.current .preview img"))
    message = page.locator(".chat.current .message[data-author=agent]")
    ends = {
        round(box["x"] + box["width"])
        for box in (message.locator(each).bounding_box() for each in (".text", ".preview", ".file"))
    }
    assert len(ends) == 1


# What one presses


def test_end_and_transfer_are_not_confused_on_a_phone(open_chat):
    page = open_chat(**PHONE)
    transfer, end = page.locator("[data-transfer]"), page.locator("[data-end]")
    expect(transfer.locator("span")).to_be_in_viewport(ratio=1)
    expect(end.locator("span")).to_be_in_viewport(ratio=1)
    boxes = [each.bounding_box() for each in (transfer, end, page.locator(".head [data-details]"))]
    assert boxes[1]["x"] - boxes[0]["x"] - boxes[0]["width"] >= 16
    assert boxes[2]["x"] - boxes[1]["x"] - boxes[1]["width"] >= 8
    assert all(box["width"] >= 40 and box["height"] >= 40 for box in boxes)
    colour = "each => getComputedStyle(each).color"
    assert transfer.evaluate(colour) != end.evaluate(colour)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_two_missed_chats_and_available_again(open_chat, maria, options, tmp_path):
    page = open_chat(**options)
    Agent.objects.filter(pk=maria.pk).update(presence="on_break", presence_reason="missed")
    page.evaluate("htmx.trigger(document.getElementById('rail'), 'refresh')")
    button = page.get_by_role("button", name="Available again")
    expect(button).to_be_in_viewport(ratio=1)
    page.screenshot(path=tmp_path / "missed.png")
    button.click()
    expect(button).to_have_count(0)
    wait_for(page, lambda: Agent.objects.get(pk=maria.pk).presence == "available")


# Wrap-up


@pytest.fixture
def wrapping(center, talk, open_chat):
    """Maria in wrap-up, with these codes in a required list of which one is chosen, and two of which any may be."""

    def wrapping(*labels, **options):
        factories.make_codes(center.tenant, *labels, required=True)
        factories.make_codes(center.tenant, "Praise", "Complaint", name="Tone", selection="multiple")
        page = open_chat(**options)
        talk.leaves()
        expect(page.locator(".wrap-up")).to_be_visible()
        return page

    return wrapping


def chosen(page):
    return page.locator(".wrap-up .chip:has(:checked) .name").all_inner_texts()


def shown(page):
    return page.locator(".wrap-up .chip:visible .name").all_inner_texts()


MANY = [f"{thing} {what}" for thing in ("Invoice", "Course", "Visit", "Card") for what in ("lost", "late", "wrong")]


def test_few_codes_are_chosen_by_their_numbers(talk, wrapping):
    page = wrapping("Fees", "Courses")
    assert page.locator(".wrap-up [data-filter]").count() == 0
    expect(page.locator(".wrap-up").get_by_label("Fees")).to_be_focused()
    assert page.locator(".wrap-up kbd:visible").all_inner_texts() == ["1", "2", "3", "4"]
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.keyboard.press("4")
    assert chosen(page) == ["Courses", "Praise", "Complaint"]
    page.keyboard.press("3")
    page.keyboard.press("9")
    assert chosen(page) == ["Courses", "Complaint"]
    page.keyboard.press("Enter")
    expect(page.locator(".wrap-up")).to_be_hidden()
    labels = sorted(code.label for code in talk.interaction.codes.all())
    assert labels == ["Complaint", "Courses"]


def test_a_code_that_is_clicked_is_chosen_wherever_the_focus_was(wrapping):
    page = wrapping(*MANY)
    expect(page.get_by_label("Search codes")).to_be_focused()
    page.locator(".wrap-up .chip", has_text="Card wrong").click()
    assert chosen(page) == ["Card wrong"]
    page.locator(".chat.current .scroll").focus()
    page.locator(".wrap-up .chip", has_text="Visit wrong").click()
    page.locator(".wrap-up .chip", has_text="Complaint").click()
    assert chosen(page) == ["Visit wrong", "Complaint"]


def test_many_codes_are_found_by_typing(talk, wrapping):
    page = wrapping(*MANY)
    field = page.get_by_label("Search codes")
    expect(field).to_be_focused()
    page.keyboard.type("lat")
    assert shown(page) == ["Invoice late", "Course late", "Visit late", "Card late"]
    page.keyboard.press("3")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    assert chosen(page) == ["Visit late"]
    page.keyboard.type("pra")
    assert shown(page) == ["Visit late", "Praise"]  # what is chosen stays in sight
    page.keyboard.press("Enter")
    assert chosen(page) == ["Visit late", "Praise"]
    page.keyboard.type("nothing is called so")
    page.keyboard.press("Enter")
    expect(page.locator(".wrap-up")).to_be_visible()
    field.fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".wrap-up")).to_be_hidden()
    assert sorted(code.label for code in talk.interaction.codes.all()) == ["Praise", "Visit late"]


def test_a_number_in_a_codes_name_can_be_sought(wrapping):
    page = wrapping(*(f"Form {number}" for number in range(20)))
    page.keyboard.type("form 19")
    assert shown(page) == ["Form 19"]
    page.keyboard.press("1")  # no code is called "form 191"
    assert chosen(page) == ["Form 19"]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_wrap_up_leaves_room_for_the_chat(wrapping, tmp_path, width, height):
    page = wrapping(*(f"Code {number}" for number in range(60)), viewport={"width": width, "height": height})
    wrap_up = page.locator(".wrap-up")
    assert wrap_up.bounding_box()["height"] <= height * 0.4
    expect(wrap_up.get_by_role("button", name="Finish")).to_be_in_viewport(ratio=1)
    last = wrap_up.get_by_label("Complaint")
    last.scroll_into_view_if_needed()
    last.check()
    assert chosen(page) == ["Complaint"]
    page.screenshot(path=tmp_path / "wrap-up.png")
    wrap_up.get_by_role("button", name="Finish").click()
    expect(wrap_up.get_by_role("alert")).to_be_in_viewport(ratio=1)
    forgive(page, "409", "htmx:")  # what was refused


@pytest.mark.parametrize(
    ("width", "height"), [(1360, 500), (844, 390), (640, 400)], ids=["low", "phone-on-its-side", "twice-as-large"]
)
def test_where_there_is_little_height_codes_are_seen_all_the_same(wrapping, tmp_path, width, height):
    page = wrapping(*(f"Code {number}" for number in range(60)), viewport={"width": width, "height": height})
    wrap_up = page.locator(".wrap-up")
    finish = wrap_up.get_by_role("button", name="Finish")

    def all_there():
        assert wrap_up.bounding_box()["y"] >= page.locator(".chat.current .head").bounding_box()["height"]
        expect(page.get_by_label("Search codes")).to_be_in_viewport(ratio=1)
        for number in range(6):
            expect(wrap_up.locator(".chip").nth(number)).to_be_in_viewport(ratio=1)
        expect(finish).to_be_in_viewport(ratio=1)

    page.screenshot(path=tmp_path / "wrap-up.png")
    all_there()
    finish.click()
    expect(wrap_up.get_by_role("alert")).to_be_in_viewport(ratio=1)
    page.screenshot(path=tmp_path / "refused.png")
    all_there()
    forgive(page, "409", "htmx:")  # what was refused


def test_where_there_is_little_height_one_still_writes_beside_an_old_wrap_up(talk, ring, center, open_chat):
    factories.make_codes(center.tenant, *(f"Code {number}" for number in range(60)), required=True)
    page = open_chat(viewport={"width": 844, "height": 390})
    interactions.end_interaction(interaction_id=talk.interaction.pk, agent=talk.interaction.agent)
    expect(page.locator(".wrap-up")).to_be_visible()
    talk.says("One more thing")
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(composer(page)).to_be_in_viewport(ratio=1)
    expect(page.locator(".wrap-up").get_by_role("button", name="Finish")).to_be_in_viewport(ratio=1)


def test_three_chats_side_by_side_have_their_buttons_in_the_window(center, ring, maria, at_desk, tmp_path):
    names = ("Grace Okafor", "Luis Herrera", "Noor Haddad")
    for name in names:
        Talk(center, name)
    page = at_desk(maria, viewport={"width": 1280, "height": 800})
    ring()
    for name in names:
        page.locator(".offer", has_text=name).get_by_role("button", name="Accept").click()
        expect(page.locator(".chat.current h1")).to_have_text(name)
    page.get_by_role("button", name="Chats side by side").click()
    ends = page.locator("[data-end]:visible")
    expect(ends).to_have_count(3)
    page.screenshot(path=tmp_path / "columns.png")
    for end in ends.all():
        expect(end).to_be_in_viewport(ratio=1)


def test_what_the_customer_may_press_is_no_button_for_the_agent(talk, open_chat, tmp_path):
    choice = {"text": "May I call you?", "options": [{"title": "Yes"}, {"title": "Not today"}]}
    messages.add_message(conversation_id=talk.conversation.pk, author_type="bot", cards=[(QUICK_REPLIES, choice)])
    page = open_chat()
    choices = page.locator(".chat.current .card-button")
    expect(choices).to_have_text(["Yes", "Not today"])
    page.screenshot(path=tmp_path / "card.png")
    assert choices.first.evaluate("each => getComputedStyle(each).borderTopWidth") == "0px"


# Where no chat is open


def test_the_agents_day_is_up_to_date_where_no_chat_is_open(center, ring, maria, at_desk):
    page = at_desk(maria)
    day = page.locator("#nothing")
    expect(day.get_by_role("heading", level=1)).to_have_text("Your day")
    expect(day.locator("tbody td").first).to_have_text("0")
    Talk(center)
    ring()
    expect(day.locator("tbody td").first).to_have_text("1")
    page.get_by_role("button", name="Accept").click()
    expect(day).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_initials_stand_out_from_each_of_their_colours(maria, at_desk, scheme):
    page = at_desk(maria, color_scheme=scheme)
    page.evaluate(
        """hues => document.querySelector(".skip").replaceWith(...[...Array(hues).keys()].map((hue) => {
            const avatar = document.createElement("span");
            Object.assign(avatar, { className: "avatar", textContent: "GO" });
            avatar.dataset.hue = hue;
            return avatar;
        }))""",
        HUES,
    )
    avatars = page.locator("body > .avatar")
    grounds = {each.evaluate("each => getComputedStyle(each).backgroundColor") for each in avatars.all()}
    assert len(grounds) == HUES
    assert page.evaluate(FAINT) == []
