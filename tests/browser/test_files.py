"""Files and cards at the desk: chosen, dropped, looked at, taken away, sent, received; on a phone and in the dark."""

import struct
import zlib

import pytest
from playwright.sync_api import expect

from contactcenter_chat.actions import attachments, cards, messages
from contactcenter_chat.events import ADAPTIVE, QUICK_REPLIES
from contactcenter_chat.models import Attachment, Message
from tests import factories

from .talk import composer
from .test_desk import forgive, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

FORM = {
    "type": "AdaptiveCard",
    "body": [
        {"type": "TextBlock", "text": "Campus visit", "size": "Medium", "weight": "Bolder"},
        {
            "type": "FactSet",
            "facts": [{"title": "Where", "value": "Building C"}, {"title": "When", "value": "Monday, 10:00"}],
        },
        {"type": "Input.Text", "id": "name", "label": "Your name", "isRequired": True},
    ],
    "actions": [{"type": "Action.Submit", "title": "Book"}, {"type": "Action.Submit", "title": "Not now"}],
}


def picture(width=320, height=200):
    """A PNG of a sky over a meadow."""
    rows = [b"\0" + (b"\x7f\xb5\xe6" if y < height * 0.6 else b"\x5a\x9e\x4b") * width for y in range(height)]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def file(name="meadow.png", content=None):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": picture() if content is None else content}


def uploads(page):
    return page.locator(".chat.current .upload")


def choose(page, *files):
    page.locator(".chat.current [data-files]").set_input_files(list(files))


def sent(page):
    return page.locator(".chat.current .message[data-author=agent]").last


def loaded(image):
    """Wait until a picture is really shown."""
    expect(image).to_be_visible()
    image.page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())


def test_files_are_chosen_looked_at_taken_away_and_sent(open_chat, talk):
    page = open_chat()
    page.on("filechooser", lambda chooser: None)  # the browser has time to hear that its own is not wanted
    expect(composer(page)).to_be_focused()
    page.screenshot()  # whoever is answered this has heard what was said before
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Alt+F")
    chooser.value.set_files([file(), file("notes.txt", b"Some notes")])
    expect(uploads(page)).to_have_count(2)
    loaded(uploads(page).first.locator("img"))
    expect(uploads(page).nth(1)).to_contain_text("notes.txt")
    expect(uploads(page).nth(1)).to_contain_text("10")
    choose(page, file("wrong.txt", b"Not this one"))
    wait_for(page, lambda: Attachment.objects.filter(name="wrong.txt", state="clean").exists())
    uploads(page).nth(2).get_by_role("button", name="Remove").click()
    wait_for(page, lambda: not Attachment.objects.filter(name="wrong.txt").exists())

    # Sent by the keyboard, without a word.
    composer(page).press("Enter")
    loaded(sent(page).locator(".preview img"))
    expect(sent(page).locator(".file .name")).to_have_text(["meadow.png", "notes.txt"])
    expect(uploads(page)).to_have_count(0)
    message = Message.objects.get(author_type="agent")
    assert list(message.attachments.values_list("name", flat=True)) == ["meadow.png", "notes.txt"]
    with page.expect_download() as download:
        sent(page).locator("a.file").nth(1).click()
    assert download.value.suggested_filename == "notes.txt"


def test_a_file_too_large_says_so_and_does_not_go_with_the_message(open_chat, talk):
    page = open_chat()
    page.locator(".chat.current [data-files]").evaluate("input => { input.dataset.maxBytes = 100; }")
    choose(page, file())
    expect(uploads(page).first).to_contain_text("Too large")
    composer(page).fill("Only words")
    composer(page).press("Enter")
    expect(sent(page).locator(".text")).to_have_text("Only words")
    assert not Attachment.objects.exists()


def test_an_upload_that_the_server_refuses_tells_why(open_chat):
    page = open_chat()
    choose(page, file("empty.txt", b""))
    expect(uploads(page).first).to_contain_text("The file is empty.")
    forgive(page, "400")


def test_a_dropped_file_is_uploaded(open_chat):
    page = open_chat()
    data = page.evaluate_handle(
        "() => { const data = new DataTransfer(); data.items.add(new File(['Hello'], 'dropped.txt')); return data; }"
    )
    page.dispatch_event(".chat.current .scroll", "dragover", {"dataTransfer": data})
    expect(page.locator(".talk.dropping")).to_have_count(1)
    page.dispatch_event(".chat.current .scroll", "drop", {"dataTransfer": data})
    expect(uploads(page).first).to_contain_text("dropped.txt")
    wait_for(page, lambda: Attachment.objects.filter(name="dropped.txt", state="clean").exists())
    expect(page.locator(".talk.dropping")).to_have_count(0)


def test_what_comes_is_shown_with_its_name_and_what_is_checked_opens_when_it_is_clean(open_chat, talk):
    page = open_chat()
    row = factories.make_attachment(talk.conversation, picture(), "meadow.png")
    Attachment.objects.update(state="quarantined")
    messages.add_message(conversation_id=talk.conversation.pk, author_type="user", attachments=[row.pk])
    line = page.locator(".chat.current .attachment")
    expect(line).to_contain_text("Being checked")
    expect(line.locator("a")).to_have_count(0)
    attachments._judge(row, "")
    loaded(line.locator(".preview img"))
    expect(line.locator("a.file")).to_contain_text("PNG")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True},
    ],
    ids=["light", "dark", "phone"],
)
def test_it_fits(open_chat, talk, options, tmp_path):
    page = open_chat(**options)
    photo = factories.make_attachment(talk.conversation, picture(), "meadow.png")
    long = factories.make_attachment(
        talk.conversation, b"%PDF-1.4", "a letter of admission with a rather long name 2026.pdf"
    )
    bad = factories.make_attachment(talk.conversation, b"MZ\x90\0", "invoice.exe")
    messages.add_message(
        conversation_id=talk.conversation.pk, author_type="user", text="Here they are", attachments=[photo.pk, long.pk]
    )
    messages.add_message(conversation_id=talk.conversation.pk, author_type="user", attachments=[bad.pk])
    Attachment.objects.filter(pk=bad.pk).update(state="infected")
    choice = {"text": "May I call you?", "options": [{"title": "Yes"}, {"title": "Not today"}]}
    message = messages.add_message(
        conversation_id=talk.conversation.pk, author_type="bot", cards=[(ADAPTIVE, FORM), (QUICK_REPLIES, choice)]
    )
    cards.submit_card(
        conversation_id=talk.conversation.pk, card_id=message.cards.first().pk, given={"name": "Grace Okafor"}
    )
    expect(page.locator(".chat.current .card-answer")).to_contain_text("Grace Okafor")
    choose(page, file(), file("empty.txt", b"notes"))
    expect(uploads(page)).to_have_count(2)
    loaded(uploads(page).first.locator("img"))
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    page.screenshot(path=tmp_path / "desk.png")
