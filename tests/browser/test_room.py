"""Is everything in its place where there is little room: does only scroll what may, is nothing cut off or covered?"""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.center import interactions, wrapup
from contactcenter_chat.models import Agent, PreparedResponse
from tests import factories

from .talk import Talk, composer, send
from .test_desk import forgive, messages_of, whole

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
ENLARGED = {"viewport": {"width": 640, "height": 400}}


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_only_the_log_scrolls_however_many_files_are_in_it(open_chat, talk, options, tmp_path):
    page = open_chat(**options)
    for number in range(20):
        row = factories.make_attachment(talk.conversation, b"%PDF-1.4", f"letter {number}.pdf")
        messages.add_message(conversation_id=talk.conversation.pk, author_type="user", attachments=[row.pk])
    expect(page.locator(".attachment")).to_have_count(20)
    chats = page.locator("#chats")
    assert chats.evaluate("each => each.scrollHeight - each.clientHeight") == 0
    page.route("**/messages/", lambda route: route.fulfill(status=500))
    composer(page).fill("One")
    send(page)
    expect(page.locator(".composer .error")).to_be_in_viewport(ratio=1)
    page.screenshot(path=tmp_path / "files.png")
    assert chats.evaluate("each => [each.scrollTop, each.scrollHeight - each.clientHeight]") == [0, 0]
    expect(page.locator(".chat.current .head")).to_be_in_viewport(ratio=1)
    expect(composer(page)).to_be_in_viewport(ratio=1)
    forgive(page, "500", "htmx:")


@pytest.mark.parametrize(("options", "count"), [(DESKTOP, 16), (PHONE, 6)], ids=["desktop", "phone"])
def test_prepared_responses_are_legible_and_scroll(center, open_chat, options, count, tmp_path):
    text = "Tuition is paid per term, in up to four parts; the first is due before the term begins. " * 2
    for number in range(count):
        PreparedResponse.objects.create(tenant=center.tenant, title=f"Payment plan {number:02}", text=text)
    page = open_chat(**options)
    page.get_by_role("button", name="Prepared responses").click()
    entries = page.locator(".response")
    expect(entries).to_have_count(count)
    page.screenshot(path=tmp_path / "responses.png")
    assert all(entries.evaluate_all("all => all.map(each => each.scrollHeight <= each.clientHeight)"))
    results = page.locator(".results")
    assert results.evaluate("each => each.scrollHeight > each.clientHeight")
    entries.last.scroll_into_view_if_needed()
    assert whole(entries.last)


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_error_covers_no_button_while_the_banner_stands(open_chat, options, tmp_path):
    page = open_chat(**options)
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    transfer = page.locator("[data-transfer]")
    transfer.click()
    flash = page.locator("#flash")
    expect(flash).to_be_visible()
    page.screenshot(path=tmp_path / "banner.png")
    assert whole(transfer)
    assert whole(page.locator("[data-end]"))
    assert whole(flash)
    page.context.set_offline(False)
    forgive(page, "net::ERR_", "htmx:")


def test_a_chat_that_rings_covers_no_button_while_the_banner_stands(center, open_chat, ring, tmp_path):
    page = open_chat(**PHONE)
    Talk(center, "Luis Herrera")
    ring()
    offer = page.locator(".offer")
    expect(offer).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    page.screenshot(path=tmp_path / "ringing.png")
    assert whole(page.locator("[data-transfer]"))
    assert whole(page.locator("[data-end]"))
    assert whole(offer.get_by_role("button", name="Accept"))
    page.context.set_offline(False)
    forgive(page, "net::ERR_", "htmx:")


def test_why_the_agent_is_on_a_break_is_read_to_its_end(open_chat, maria, tmp_path):
    page = open_chat(**DESKTOP)
    Agent.objects.filter(pk=maria.pk).update(
        presence="on_break", presence_reason="one of the longer reasons that people write down here"
    )
    page.reload()
    expect(messages_of(page)).to_have_count(1)
    reason = page.locator("#presence-button .who .dim")
    expect(reason).to_contain_text("write down here")
    page.screenshot(path=tmp_path / "presence.png")
    assert reason.evaluate("each => each.scrollWidth <= each.clientWidth")


SMALL = pytest.mark.parametrize(
    "options", [PHONE, ENLARGED, ENLARGED | {"color_scheme": "dark"}], ids=["phone", "enlarged", "dark"]
)


@SMALL
def test_the_agents_day_takes_no_room_from_the_list(center, maria, at_desk, options, tmp_path):
    page = at_desk(maria, **options)
    for number in range(6):
        chat = factories.accepted(factories.start_conversation(center.channel, name=f"Customer {number}"))
        interactions.end_interaction(interaction_id=chat.pk, agent=maria)
        wrapup.finish(interaction_id=chat.pk, agent=maria, code_ids=[])
    page.reload()
    items = page.locator(".item")
    expect(items).to_have_count(6)
    page.screenshot(path=tmp_path / "day.png")
    listed, day = page.locator("#rail"), page.get_by_role("region", name="Your day")
    assert listed.evaluate("each => each.scrollHeight <= each.clientHeight")
    assert listed.bounding_box()["y"] + listed.bounding_box()["height"] <= day.bounding_box()["y"]
    items.last.scroll_into_view_if_needed()
    assert whole(items.last)
    day.get_by_text("Your queues").scroll_into_view_if_needed()
    assert whole(day.get_by_text("Your queues"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "options",
    [DESKTOP, DESKTOP | {"color_scheme": "dark"}, PHONE, ENLARGED],
    ids=["desktop", "dark", "phone", "enlarged"],
)
def test_nothing_of_a_code_is_cut_when_it_has_the_focus(center, open_chat, talk, options, tmp_path):
    factories.make_codes(center.tenant, *(f"Code {number}" for number in range(40)), required=True)
    factories.make_codes(center.tenant, "Praise", "Complaint", name="Mood")
    page = open_chat(**options)
    talk.leaves()
    expect(page.locator(".wrap-up")).to_be_visible()
    page.screenshot(path=tmp_path / "codes.png")
    # The ring is 2 pixels wide and as far away.
    cut = """codes => [...codes.querySelectorAll("input")].filter((input) => {
        input.focus();
        const [ring, box] = [input.closest(".chip") ?? input, codes].map((each) => each.getBoundingClientRect());
        const seek = codes.querySelector(".seek");
        const stays = getComputedStyle(seek).position === "sticky" && !seek.contains(input);
        const top = stays ? seek.getBoundingClientRect().bottom : box.top;
        const isHigh = ring.top - 4 < top || ring.bottom + 4 > box.bottom;
        return isHigh || ring.left - 4 < box.left || ring.right + 4 > box.right;
    }).map((input) => input.labels[0].textContent)"""
    assert page.locator(".wrap-up .codes").evaluate(cut) == []
    page.screenshot(path=tmp_path / "end.png")


def test_on_a_phone_the_key_breaks_the_line_and_the_button_sends(open_chat, talk):
    page = open_chat(**PHONE)
    composer(page).fill("One")
    composer(page).press("Enter")
    page.keyboard.type("Two")
    expect(composer(page)).to_have_value("One\nTwo")
    assert composer(page).get_attribute("enterkeyhint") == "enter"
    send(page)
    expect(messages_of(page).last).to_contain_text("Two")
    assert talk.answers() == ["One\nTwo"]


def test_with_another_key_it_sends_on_a_touch_screen_too(open_chat, talk):
    page = open_chat(**PHONE)
    composer(page).fill("One")
    composer(page).press("Enter")
    composer(page).press_sequentially("two")
    composer(page).press("Control+Enter")
    expect(messages_of(page).last).to_have_text("One\ntwo")
    composer(page).fill("Three")
    composer(page).press("Meta+Enter")
    expect(messages_of(page).last).to_have_text("Three")
    expect(composer(page)).to_have_value("")
    assert talk.answers() == ["One\ntwo", "Three"]
