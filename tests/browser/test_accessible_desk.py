"""No state of the desk keeps an agent from using it: axe finds nothing grave, light, dark or on a phone."""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions import cards, messages
from contactcenter_chat.actions.center import presence, transfers
from contactcenter_chat.events import ADAPTIVE, QUICK_REPLIES
from contactcenter_chat.models import Agent, Attachment, PreparedResponse, QueueMember
from tests import factories

from .accessibility import faults_of
from .talk import Talk, composer, send
from .test_desk import available, forgive, messages_of
from .test_files import FORM, choose, file, loaded, picture

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

LIGHT, DARK = {"color_scheme": "light"}, {"color_scheme": "dark"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOOKS = pytest.mark.parametrize("options", [LIGHT, DARK, PHONE], ids=["light", "dark", "phone"])


@pytest.fixture
def look(tmp_path):
    """Look at a page as it is now, and keep a picture of it. In the end nothing grave must have been found."""
    found = {}

    def look(page, name):
        settle(page)
        page.screenshot(path=tmp_path / f"{name}.png")
        found[name] = faults_of(page)

    yield look
    assert {name: faults for name, faults in found.items() if faults} == {}


def settle(page):
    """Wait until nothing moves any more: what fades in would be looked at while it is faint."""
    page.evaluate("""() => Promise.all(document.getAnimations()
        .filter((each) => each.effect.getTiming().iterations !== Infinity).map((each) => each.finished))""")


@pytest.fixture
def codes(center):
    """A required list with a heading, from which one is chosen, and one from which several may be."""
    reasons = factories.make_code_list(center.tenant, "Reason")
    fees = factories.add_code(reasons, "Fees")
    for label in ("Instalments", "Refund", "Invoice"):
        factories.add_code(reasons, label, parent=fees)
    for label in ("Courses", "Housing", "Visit"):
        factories.add_code(reasons, label)
    type(reasons).objects.filter(pk=reasons.pk).update(required=True)
    factories.make_codes(center.tenant, "Complaint", "Praise", name="Mood", selection="multiple")


@pytest.fixture
def talk(center, ring, codes, same_storage, maria, tom):
    """A chat that Tom had and hands on to Maria: words of all, pictures, cards, a link."""
    PreparedResponse.objects.create(tenant=center.tenant, title="Opening hours", text="We are open from 8 to 18.")
    available(tom)
    talk = Talk(center, email="grace@example.org", courseOfInterest="Accounting")
    pk = talk.conversation.pk
    choice = {"text": "May I call you?", "options": [{"title": "Yes"}, {"title": "Not today"}]}
    asked = messages.add_message(
        conversation_id=pk, author_type="bot", text="Please say", cards=[(ADAPTIVE, FORM), (QUICK_REPLIES, choice)]
    )
    cards.submit_card(conversation_id=pk, card_id=asked.cards.first().pk, given={"name": "Grace Okafor"})
    factories.accepted(talk.conversation)
    talk.says("I have a question about an invoice.")
    talk.says("It is number 7, see https://example.org/invoices/7")
    talk.sends(picture(), "invoice.png")
    talk.hears(tom, "Good day, this is Tom.")
    talk.hears(tom, "Let me see. It is at https://example.org/terms, too.")
    talk.hears(tom, "This is our campus:", picture(), "campus.png")
    available(maria)
    maria.refresh_from_db()
    transfers.transfer_to_agent(
        interaction_id=talk.interaction.pk, agent=tom, to_agent=maria, note="Knows the invoice, wants instalments."
    )
    return talk


@LOOKS
def test_without_a_chat(look, maria, open_page, options):
    page = open_page(agent=maria, **options)
    expect(page.get_by_role("button", name="Go available")).to_be_visible()
    look(page, "offline")
    page.locator("#presence-button").click()
    look(page, "presence")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    look(page, "help")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sound and notifications").click()
    look(page, "bells")
    page.keyboard.press("Escape")
    Agent.objects.filter(pk=maria.pk).update(presence="on_break", presence_reason="missed")
    page.reload()
    expect(page.get_by_text("two chats were missed")).to_be_visible()
    look(page, "missed")


@LOOKS
def test_a_day_that_is_longer_than_its_place(look, center, maria, open_page, options):
    for number in range(30):
        queue = factories.make_queue(center.tenant, f"Queue {number}")
        QueueMember.objects.create(queue=queue, agent=maria)
    page = open_page(agent=maria, **options)
    day = page.get_by_role("region", name="Your day")
    expect(day.get_by_text("Queue 29")).to_be_visible()
    look(page, "day")
    page.get_by_role("link", name="Skip to the chats").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(day).to_be_focused()


@LOOKS
def test_a_chat_from_ringing_to_finished(look, center, talk, maria, at_desk, ring, options):
    page = at_desk(maria, **options)
    ring()
    expect(page.locator(".offer")).to_be_visible()
    look(page, "ringing")
    page.get_by_role("button", name="Accept").click()
    expect(messages_of(page)).to_have_count(7)
    for image in page.locator(".preview img").all():
        loaded(image)
    composer(page).fill("Good day, this is Maria.")
    send(page)
    expect(messages_of(page)).to_have_count(8)
    look(page, "chat")
    page.locator(".chat.current .scroll").evaluate("each => { each.scrollTop = 0; }")
    look(page, "chat-beginning")
    if options is PHONE:
        page.locator(".head [data-details]").tap()
    page.locator(".early-codes summary").click()
    expect(page.locator(".side").get_by_label("Refund")).to_be_visible()
    look(page, "details")
    if options is PHONE:
        page.locator(".side [data-details]").tap()
    page.get_by_role("button", name="Prepared responses").click()
    expect(page.locator(".response")).to_have_count(1)
    look(page, "responses")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Transfer").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, "transfer")
    page.get_by_role("button", name="Cancel").click()
    talk.says("And one more thing")
    expect(messages_of(page)).to_have_count(9)
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, "end")
    page.get_by_role("button", name="End the chat").click()
    wrap_up = page.locator(".wrap-up")
    expect(wrap_up).to_be_visible()
    look(page, "wrap-up")
    wrap_up.get_by_role("button", name="Finish").click()
    expect(wrap_up.get_by_role("alert")).to_contain_text("Reason")
    page.complaints.clear()  # the finish that was refused
    look(page, "refused")
    wrap_up.get_by_label("Refund").check()
    wrap_up.get_by_label("Praise").check()
    look(page, "chosen")
    wrap_up.get_by_role("button", name="Finish").click()
    expect(page.locator(".items.quiet .item")).to_have_count(1)
    expect(page.get_by_text("You have finished this chat.")).to_be_visible()
    look(page, "finished")


@LOOKS
def test_leaving_with_a_chat_and_several_side_by_side(look, center, talk, maria, tom, at_desk, ring, options):
    presence.set_presence(agent_id=tom.pk, presence="on_break")  # so that it rings at Maria's desk
    Talk(center, "Luis Herrera")
    page = at_desk(maria, **options)
    ring()
    for name in ("Grace Okafor", "Luis Herrera"):
        page.locator(".offer", has_text=name).get_by_role("button", name="Accept").click()
        expect(page.locator(".chat.current h1")).to_have_text(name)
    if options is PHONE:
        page.get_by_role("button", name="Back to the list").click()
        look(page, "list")
    else:
        page.get_by_role("button", name="Chats side by side").click()
        expect(page.locator(".chat:visible")).to_have_count(2)
        look(page, "columns")
    page.locator("#presence-button").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, "leave")


@LOOKS
def test_what_goes_wrong_and_what_is_not_there_yet(look, center, talk, maria, tom, at_desk, ring, options):
    bad = factories.make_attachment(talk.conversation, b"MZ", "invoice.exe")
    waiting = factories.make_attachment(talk.conversation, b"%PDF-1.4", "letter.pdf")
    messages.add_message(conversation_id=talk.conversation.pk, author_type="user", attachments=[bad.pk, waiting.pk])
    Attachment.objects.filter(pk=bad.pk).update(state="infected")
    Attachment.objects.filter(pk=waiting.pk).update(state="quarantined")
    page = at_desk(maria, **options)
    ring()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".chat.current .verdict")).to_have_count(2)
    choose(page, file(), file("empty.txt", b""))
    expect(page.locator(".upload.failed")).to_have_count(1)
    look(page, "files")
    presence.set_presence(agent_id=tom.pk, presence="on_break")  # so that it rings at Maria's desk
    Talk(center, "Luis Herrera")
    ring()
    expect(page.locator(".offer")).to_be_visible()
    look(page, "ringing-over-a-chat")
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    composer(page).fill("Are you there?")
    send(page)
    expect(page.locator(".composer .error")).to_be_visible()
    page.locator("[data-transfer]").click()
    expect(page.locator("#flash")).to_be_visible()
    look(page, "lost")
    page.context.set_offline(False)
    forgive(page, "400", "net::ERR_", "htmx:")


@LOOKS
def test_who_is_no_agent(look, open_page, options):
    class Nobody:
        user = factories.make_user()

    page = open_page(agent=Nobody, **options)
    look(page, "no-agent")
    page.complaints.clear()  # the answer is 403
