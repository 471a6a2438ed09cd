"""However long somebody's name is, without a blank: is nothing wider than what it stands in, and all within reach?"""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions import messages
from contactcenter_chat.events import ADAPTIVE
from contactcenter_chat.models import Channel, Customer, Queue, TransactionCode
from tests import factories

from .talk import Talk, composer
from .test_desk import messages_of, whole
from .test_room import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3
CARD = {
    "type": "AdaptiveCard",
    "body": [
        {"type": "TextBlock", "text": LONG},
        {"type": "FactSet", "facts": [{"title": LONG, "value": LONG}]},
        {"type": "Input.ChoiceSet", "id": "a", "label": LONG, "choices": [{"title": LONG, "value": "1"}]},
        {"type": "Input.Toggle", "id": "b", "title": LONG},
    ],
    "actions": [{"type": "Action.Submit", "title": LONG}],
}
# What is wider than its box and not meant to be: that is shortened with an ellipsis, or is only read out.
TOO_WIDE = """selector => [...document.querySelectorAll(`${selector}, ${selector} *`)]
    .filter((each) => each.checkVisibility() && !each.closest(".sr, svg, .follows"))
    .filter((each) => getComputedStyle(each).textOverflow !== "ellipsis" && each.clientWidth)
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => `${each.tagName}.${each.className}: ${each.scrollWidth} in ${each.clientWidth}`)"""


@pytest.fixture
def page_of(center, ring, maria, tom, at_desk):
    """A desk at which a chat is open and two ring; every name and word of others is long."""

    def page_of(options):
        talk = Talk(center, LONG, **{LONG: LONG, "email": f"{LONG}@example.org", "company": LONG})
        talk.says(LONG)
        messages.add_message(conversation_id=talk.conversation.pk, author_type="bot", cards=[(ADAPTIVE, CARD)])
        page = at_desk(maria, **options)
        ring()
        page.get_by_role("button", name="Accept").click()
        expect(messages_of(page).last).to_have_text(LONG)
        for name in (LONG, "Luis Herrera"):
            Talk(center, name).says(LONG)
        for model in (Channel, Queue, Customer):
            model.objects.exclude(name="Luis Herrera").update(name=LONG)
        type(tom.user).objects.filter(pk=tom.user_id).update(first_name=LONG)
        factories.make_codes(center.tenant, *(f"Reason {number}" for number in range(9)), name=LONG)
        TransactionCode.objects.update(label=LONG)
        ring()
        expect(page.locator(".offer")).to_have_count(2)
        page.reload()
        expect(page.locator(".offer")).to_have_count(2)
        return page

    return page_of


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_is_wider_than_what_it_stands_in(page_of, options, tmp_path):
    page = page_of(options)
    if options is PHONE and page.locator("body").get_attribute("data-view") == "chat":
        page.locator("[data-back]").click()
    page.screenshot(path=tmp_path / "rail.png")
    for offer in page.locator(".offer").all():
        decline = offer.get_by_role("button", name="Decline")
        decline.scroll_into_view_if_needed()
        expect(decline).to_be_in_viewport(ratio=1)
        assert whole(decline)
        expect(offer.locator(".countdown")).to_be_in_viewport(ratio=1)
    assert page.evaluate(TOO_WIDE, ".rail") == []
    page.get_by_role("button", name="Decline").first.click()
    expect(page.locator(".offer")).to_have_count(1)
    page.get_by_role("button", name="Decline").click()
    expect(page.locator(".offer")).to_have_count(0)

    page.locator("#chat-items .item").click()
    expect(composer(page)).to_be_visible()
    if options is PHONE:
        page.locator(".head [data-details]").click()
    expect(page.locator(".side h2")).to_be_visible()
    page.locator(".early-codes summary").click()
    page.screenshot(path=tmp_path / "chat.png")
    assert page.evaluate(TOO_WIDE, ".chat.current") == []
    if options is PHONE:
        page.locator(".side [data-details]").click()
        page.screenshot(path=tmp_path / "log.png")

    for button, name in (("[data-transfer]", "transfer"), ("[data-end]", "end")):
        page.locator(f".chat.current {button}").click()
        expect(page.locator("#dialog")).to_be_visible()
        page.screenshot(path=tmp_path / f"{name}.png")
        assert page.evaluate(TOO_WIDE, "#dialog") == []
        page.locator("#dialog [data-close]").click()
    page.locator(".chat.current [data-end]").click()
    page.locator("#dialog").get_by_role("button", name="End the chat").click()
    expect(page.locator(".wrap-up")).to_be_visible()
    page.screenshot(path=tmp_path / "wrap_up.png")
    assert page.evaluate(TOO_WIDE, ".wrap-up") == []


def test_a_search_for_codes_without_a_hit_says_so(center, ring, maria, at_desk, tmp_path):
    factories.make_codes(center.tenant, *(f"Reason {number}" for number in range(1, 21)))
    Talk(center)
    page = at_desk(maria)
    ring()
    page.get_by_role("button", name="Accept").click()
    page.locator(".early-codes summary").click()
    codes = page.locator(".early-codes")
    told = codes.get_by_role("status")
    expect(told).to_have_text("")
    codes.get_by_label("Search codes").fill("nothing of the kind")
    expect(told).to_have_text("No code has these words.")
    page.screenshot(path=tmp_path / "none.png")
    expect(codes.locator(".option:visible .name")).to_have_text(["None"])  # which is chosen
    codes.get_by_label("Search codes").fill("reason 1")
    expect(told).to_have_text("")
    expect(codes.locator(".option:visible")).to_have_count(12)
