"""The dialog: can what rings be answered behind it, is what was typed kept, does it say what the agent should know?"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contactcenter_chat.actions.center.departments import save_department
from contactcenter_chat.models import Agent, Department, Interaction, Queue
from tests import factories

from .talk import Talk, composer
from .test_desk import forgive, wait_for, whole

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ENLARGED = {"viewport": {"width": 640, "height": 400}}
SIZES = pytest.mark.parametrize(
    "options",
    [DESKTOP, DESKTOP | {"color_scheme": "dark"}, PHONE, ENLARGED],
    ids=["desktop", "dark", "phone", "enlarged"],
)


def transfer(page):
    """Open the dialog."""
    page.locator(".chat.current [data-transfer]").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


@SIZES
def test_what_rings_is_seen_and_taken_and_what_was_typed_is_kept(center, ring, maria, open_chat, options, tmp_path):
    page = open_chat(**options)
    skills = [factories.make_skill(center.tenant, name) for name in ("Fees and payment plans", "Visas", "Housing")]
    factories.give(maria, dict.fromkeys(skills, 3))
    factories.plan(center.queue, requires={skill.pk: 2 for skill in skills})
    dialog = transfer(page)
    dialog.get_by_label("Note for whoever takes it").fill("Wants a payment plan")
    fee = dialog.bounding_box()
    second = Talk(center, "Luis Herrera", history=["I cannot pay the fee at once; is there a plan for that? " * 3])
    ring()
    offer = dialog.get_by_role("region", name="A chat rings")
    expect(offer).to_contain_text("Luis Herrera")
    page.screenshot(path=tmp_path / "rings.png")
    accept = offer.get_by_role("button", name="Accept")
    assert whole(accept)
    assert whole(offer.get_by_role("button", name="Decline"))
    assert dialog.bounding_box() == fee  # what is about to be pressed stays where it is
    assert whole(dialog.get_by_role("heading", name="Transfer"))
    accept.click()
    wait_for(page, lambda: second.interaction.state == "handling")
    expect(offer).to_have_count(0)
    expect(dialog.get_by_label("Note for whoever takes it")).to_have_value("Wants a payment plan")
    page.keyboard.press("Escape")
    expect(page.locator(".chat.current h1")).not_to_have_text("Luis Herrera")
    expect(page.locator("#chat-items")).to_contain_text("Luis Herrera")
    if options is not PHONE:
        expect(composer(page)).to_be_focused()


def test_the_keys_answer_what_rings_behind_a_dialog(center, ring, open_chat, talk):
    page = open_chat(**DESKTOP)
    dialog = transfer(page)
    note = dialog.get_by_label("Note for whoever takes it")
    note.fill("Wants a payment")
    second, third = Talk(center, "Luis Herrera"), Talk(center, "Aisha Bello")
    ring()
    expect(dialog.get_by_role("region", name="A chat rings")).to_have_count(2)
    page.keyboard.press("Alt+a")
    wait_for(page, lambda: second.interaction.state == "handling")
    expect(dialog.get_by_role("region", name="A chat rings")).to_have_count(1)
    page.keyboard.press("Alt+x")
    wait_for(page, lambda: third.interaction.state == "waiting")
    expect(dialog.get_by_role("region", name="A chat rings")).to_have_count(0)
    page.keyboard.press("Alt+e")  # nothing else is done behind a dialog
    expect(note).to_be_focused()
    page.keyboard.type(" plan")
    expect(note).to_have_value("Wants a payment plan")
    dialog.get_by_role("radio", name=re.compile("Default")).check()
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog).to_be_hidden()
    assert talk.conversation.log.get(kind="interaction.transferred").data["note"] == "Wants a payment plan"


def test_why_it_could_not_be_taken_is_seen_beside_the_dialog(center, ring, open_chat, tmp_path):
    page = open_chat(**PHONE)
    dialog = transfer(page)
    Talk(center, "Luis Herrera")
    ring()
    page.route("**/accept/", lambda route: route.fulfill(status=409, content_type="text/plain", body="Tom has it."))
    dialog.get_by_role("button", name="Accept").click()
    refusal = dialog.get_by_text("Tom has it.")
    expect(refusal).to_be_visible()
    page.screenshot(path=tmp_path / "refused.png")
    assert whole(refusal)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert whole(page.get_by_role("button", name="Accept"))
    forgive(page, "409", "htmx:")


@SIZES
def test_what_was_not_sent_is_said_before_the_end(open_chat, talk, options, tmp_path):
    page = open_chat(**options)
    page.locator(".chat.current [data-end]").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="End the chat")).to_be_focused()
    expect(dialog.get_by_text("You have not sent this:")).to_be_hidden()
    dialog.get_by_role("button", name="Cancel").click()
    composer(page).fill("The form is on its way to you.\nBest regards")
    files = [{"name": "form.txt", "mimeType": "text/plain", "buffer": b"Hello"}]
    page.locator(".chat.current [data-files]").set_input_files(files)
    expect(page.locator(".upload[data-id]")).to_have_count(1)
    page.locator(".chat.current [data-end]").click()
    notice = dialog.locator("[data-not-sent]")
    expect(notice).to_have_text("You have not sent this: The form is on its way to you.\nBest regards\nform.txt")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.screenshot(path=tmp_path / "unsent.png")
    dialog.get_by_role("button", name="Cancel").click()
    assert talk.interaction.state == "handling"
    transfer(page)
    expect(notice).to_contain_text("The form is on its way to you.")


SPANISH = {"locale": "es-ES"}


@pytest.mark.parametrize(
    "options",
    [DESKTOP, DESKTOP | SPANISH, DESKTOP | SPANISH | {"color_scheme": "dark"}, PHONE | SPANISH, ENLARGED | SPANISH],
    ids=["desktop", "spanish", "dark", "phone", "enlarged"],
)
def test_the_targets_of_a_transfer(center, talk, at_desk, ring, maria, make_agent, options, tmp_path):
    page = at_desk(maria, **options)
    ring()
    page.locator("[data-accept]").click()
    expect(composer(page)).to_be_visible()
    for number, name in enumerate(("Matriculaciones de otoño", "Departamento de finanzas", "Archivo")):
        queue = factories.make_queue(center.tenant, name)
        long = Talk(center, f"Luis {number}").interaction
        since = timezone.now() - timedelta(minutes=112, seconds=30)
        Interaction.objects.filter(pk=long.pk).update(queue=queue, entered_at=since, queued_at=since)
    closed = Queue.objects.filter(name="Departamento de finanzas")
    closed.update(is_closed=True, opens_at=timezone.now() + timedelta(hours=9))
    Queue.objects.filter(name="Archivo").update(is_closed=True)
    for first_name, load in (("Tom", 3), ("Aisha", 0)):
        agent = make_agent(first_name, "Whitfield")
        Agent.objects.filter(pk=agent.pk).update(load=3 * load, presence="available")
    dialog = transfer(page)
    page.screenshot(path=tmp_path / "targets.png")
    names = dialog.locator(".target .name")
    expect(names).to_have_count(6)
    one_line = "each => each.getBoundingClientRect().height < 1.9 * parseFloat(getComputedStyle(each).lineHeight)"
    assert names.evaluate_all(f"all => all.every({one_line})")
    free, full = (names.filter(has_text=f"{name} Whitfield") for name in ("Aisha", "Tom"))
    colour = "each => getComputedStyle(each).color"
    assert full.evaluate(colour) != free.evaluate(colour)
    assert full.evaluate(colour) == dialog.locator(".target .dim").first.evaluate(colour)


@SIZES
def test_departments_are_chosen_beside_queues(center, maria, open_chat, options, tmp_path):
    page = open_chat(**options)
    refunds = factories.make_queue(center.tenant, "Refunds")
    for name, queue in (("Finance and fees of the whole college", refunds), ("Welcome", center.queue)):
        save_department(Department(tenant=center.tenant, name=name), queues=[queue], entry=queue)
    dialog = transfer(page)
    page.screenshot(path=tmp_path / "departments.png")
    group = dialog.get_by_role("group", name="To a department")
    choice = group.get_by_role("radio", name="Finance and fees of the whole college")
    choice.focus()
    page.keyboard.press("Space")
    expect(choice).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    dialog.get_by_role("button", name="Transfer").click()
    wait_for(page, lambda: Interaction.objects.filter(state="waiting", queue=refunds).exists())
