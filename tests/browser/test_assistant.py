"""A draft and a summary by a model, from the press to what is kept."""

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions.assistant import writing
from contactcenter_chat.models import AssistantRequest, LogEntry, Message, Queue
from tests import factories
from tests.model_endpoint import endpoint, streamed

from .talk import Talk, composer
from .test_desk import forgive, wait_for, whole

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

QUESTION = "Can I pay my tuition in instalments?"
DRAFT = "Yes, you can pay in three parts, at no extra cost."
MARK = "drafted by a model"


@pytest.fixture
def model(settings, center):
    Queue.objects.update(assisted=True)
    factories.make_article(center.tenant, QUESTION, answer="In three parts, at no extra cost.")
    with endpoint(streamed(f"{DRAFT} [A1]")) as server:
        assistant = {"base_url": server.url, "model": "small", "timeout": 10}
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ASSISTANT": assistant}
        yield server


def write(page):
    """What a worker does in a real centre, once something was asked for."""
    wait_for(page, lambda: AssistantRequest.objects.filter(state="asked").exists())
    while request := writing._at_work.take():
        writing._work(request)


@pytest.fixture
def in_chat(center, model, maria, at_desk, ring):
    def in_chat(**options):
        talk = Talk(center)
        talk.says(QUESTION)
        page = at_desk(maria, **options)
        ring()
        page.get_by_role("button", name="Accept").or_(page.get_by_role("button", name="Aceptar")).click()
        expect(composer(page)).to_be_visible()
        return talk, page

    return in_chat


def drafted(page):
    page.locator("[data-ask-draft]").click()
    expect(page.locator("[data-assistant-waits]")).to_be_visible()
    write(page)
    expect(page.locator(".assistant-draft")).to_be_visible()


def test_a_draft_is_used_changed_and_sent(in_chat, tmp_path):
    talk, page = in_chat()
    page.locator("[data-ask-draft]").click()
    expect(page.get_by_text("The assistant is writing a draft…")).to_be_visible()
    write(page)
    expect(page.locator("[data-draft-text]")).to_have_text(DRAFT)
    expect(page.locator(".assistant-draft .link")).to_have_text(QUESTION)
    page.screenshot(path=tmp_path / "draft.png")
    assert talk.answers() == []
    page.get_by_role("button", name="Use this draft").click()
    expect(composer(page)).to_have_value(DRAFT)
    expect(page.locator(".assistant-draft")).to_have_count(0)
    page.keyboard.type(" Shall I show you how?")
    page.keyboard.press("Enter")
    wait_for(page, lambda: talk.answers() == [f"{DRAFT} Shall I show you how?"])
    expect(page.locator(".message[data-author=agent] .tag")).to_have_text(MARK)
    page.screenshot(path=tmp_path / "sent.png")
    assert Message.objects.get(author_type="agent").drafted_by == "small"
    assert AssistantRequest.objects.get().is_edited is True


def test_what_is_the_agents_own_has_no_mark(in_chat):
    talk, page = in_chat()
    drafted(page)
    page.get_by_role("button", name="Use this draft").click()
    composer(page).fill("")
    page.keyboard.type("No.")
    page.keyboard.press("Enter")
    wait_for(page, lambda: talk.answers() == ["No."])
    drafted(page)
    page.get_by_role("button", name="Use this draft").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Sorry, no.")
    page.keyboard.press("Enter")
    wait_for(page, lambda: talk.answers() == ["No.", "Sorry, no."])
    assert set(Message.objects.filter(author_type="agent").values_list("drafted_by", flat=True)) == {""}


def test_the_mark_outlives_the_page_and_the_browsers_undo(in_chat):
    talk, page = in_chat()
    drafted(page)
    page.get_by_role("button", name="Use this draft").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    expect(composer(page)).to_have_value(DRAFT)
    page.reload()
    page.locator(".item[data-live]").first.click()
    expect(composer(page)).to_have_value(DRAFT)
    composer(page).press("Enter")
    wait_for(page, lambda: talk.answers() == [DRAFT])
    assert Message.objects.get(author_type="agent").drafted_by == "small"


def test_a_draft_that_is_discarded(in_chat):
    talk, page = in_chat()
    drafted(page)
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".assistant-draft")).to_have_count(0)
    expect(composer(page)).to_have_value("")
    assert talk.answers() == []


def test_a_summary_becomes_the_note_of_a_transfer(in_chat, model, tmp_path):
    _talk, page = in_chat()
    model.answers[:] = [streamed("The customer asks about paying in parts.")]
    page.get_by_role("button", name="Transfer").click()
    page.get_by_role("button", name="Summarise").click()
    expect(page.get_by_text("The assistant is writing a summary…")).to_be_visible()
    write(page)
    note = page.locator("dialog textarea[name=note]")
    expect(note).to_have_value("The customer asks about paying in parts.")
    assert not LogEntry.objects.filter(kind="interaction.transferred").exists()
    page.screenshot(path=tmp_path / "summary.png")
    page.keyboard.press("End")
    page.keyboard.type(" Again.")
    page.locator("dialog input[name=target]").first.check()
    page.locator("dialog button[type=submit]").click()
    wait_for(page, lambda: LogEntry.objects.filter(kind="interaction.transferred").exists())
    data = LogEntry.objects.get(kind="interaction.transferred").data
    assert (data["note"], data["drafted_by"]) == ("The customer asks about paying in parts. Again.", "small")


def test_a_summary_at_the_end(in_chat, model, tmp_path):
    talk, page = in_chat()
    model.answers[:] = [streamed("The customer asks about paying in parts.")]
    talk.leaves()
    form = page.locator("form.wrap-up")
    form.get_by_role("button", name="Summarise").click()
    write(page)
    expect(form.locator("[name=note]")).to_have_value("The customer asks about paying in parts.")
    page.get_by_role("button", name="more time").click()
    expect(form.locator(".timer")).to_contain_text("10:")  # it was drawn anew
    expect(form.locator("[name=note]")).to_have_value("The customer asks about paying in parts.")
    page.screenshot(path=tmp_path / "wrap_up.png")
    form.get_by_role("button", name="Finish").click()
    wait_for(page, lambda: talk.interaction.state == "finished")
    assert talk.interaction.note == "The customer asks about paying in parts."
    assert talk.interaction.note_drafted_by == "small"
    forgive(page, "409")  # it may note that she has read what was said when the customer has left already


def test_what_went_wrong_goes_with_the_next_words_or_a_press(in_chat, model):
    talk, page = in_chat()
    failed = page.locator("[data-assistant-failed]")
    for end in (lambda: failed.get_by_role("button", name="Close").click(), lambda: talk.says("Hello?")):
        model.answers[:] = [streamed("HANDOVER")]
        page.locator("[data-ask-draft]").click()
        write(page)
        expect(failed).to_be_visible()
        end()
        expect(failed).to_have_count(0)


def test_a_star_that_was_switched_off_goes(in_chat, model):
    _talk, page = in_chat()
    drafted(page)  # so that what the page asks by itself when it opens is over
    Queue.objects.update(assisted=False)
    page.locator("[data-ask-draft]").click()
    expect(page.get_by_text("The assistant is switched off for this queue.")).to_be_visible()
    expect(page.locator("[data-ask-draft]")).to_be_hidden()
    expect(composer(page)).to_be_focused()


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (390, 844)])
def test_codes_note_and_finish_are_in_sight(in_chat, center, model, tmp_path, size):
    factories.make_codes(center.tenant, *(f"Reason {number}" for number in range(20)), required=True)
    talk, page = in_chat(viewport={"width": size[0], "height": size[1]})
    model.answers[:] = [streamed("The customer asks about paying in parts, twice a year and with a receipt. " * 6)]
    talk.leaves()
    form = page.locator("form.wrap-up")
    form.get_by_role("button", name="Summarise").click()
    write(page)
    expect(form.get_by_label("Note")).not_to_be_empty()
    finish, reason = form.get_by_role("button", name="Finish"), form.get_by_role("alert")
    assert whole(finish)
    finish.click()
    expect(reason).to_contain_text("Reason")
    page.screenshot(path=tmp_path / f"wrap_up_{size[0]}.png")
    assert form.locator(".codes").bounding_box()["height"] >= 70
    first = form.locator(".option").first
    for seen in (first, form.get_by_label("Note"), reason, finish):
        expect(seen).to_be_in_viewport(ratio=1)
        assert whole(seen), seen
    first.click()
    finish.click()
    wait_for(page, lambda: talk.interaction.state == "finished")
    forgive(page, "409", "htmx:")  # what was refused


@pytest.mark.parametrize("look", ["phone", "spanish"])
def test_how_it_looks(in_chat, tmp_path, look):
    phone = {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark", "has_touch": True}
    _talk, page = in_chat(**(phone if look == "phone" else {"locale": "es-ES"}))
    drafted(page)
    page.screenshot(path=tmp_path / f"{look}.png")
    box = page.locator(".assistant-draft").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    expect(page.locator("[data-use-draft]")).to_be_in_viewport()
    expect(composer(page)).to_be_in_viewport()
