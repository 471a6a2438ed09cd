import io

import pytest
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contactcenter_chat.actions import cards, messages
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.events import ADAPTIVE, QUICK_REPLIES
from contactcenter_chat.models import Attachment, Message
from tests import factories

from .conftest import parse, told

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def upload(desk, chat, content=PNG, name="photo.png", client=None):
    url = reverse("contactcenter_chat:desk:upload", args=[chat.conversation_id])
    return (client or desk.client).post(
        url, content, content_type="application/octet-stream", headers={"X-File-Name": name}
    )


def say(desk, chat, *ids, text=""):
    return desk.post("say", chat.conversation_id, text=text, attachments=ids, after="0")


def test_a_file_is_uploaded_looked_at_and_sent(desk, chat):
    answer = upload(desk, chat, name="my%20photo%20%F0%9F%8C%B3.png").json()
    row = Attachment.objects.get()
    url = f"/desk/chats/{chat.conversation_id}/attachments/{row.pk}/"
    assert answer == {"id": row.pk, "url": url, "image": True, "size": filesizeformat(row.size)}
    assert (row.name, row.author_type, row.message) == ("my photo 🌳.png", "agent", None)
    preview = desk.client.get(answer["url"])
    assert (preview["Content-Type"], b"".join(preview.streaming_content)) == ("image/png", PNG)
    line = parse(say(desk, chat, row.pk)).select_one(".message[data-author=agent]")
    assert line.select_one(".text") is None
    assert line.select_one(".preview img")["src"] == answer["url"]
    assert told(line.select_one("a.file")) == "my photo 🌳.png PNG · 48 bytes Download"
    assert Message.objects.latest("number").attachments.get() == row


def test_who_uploads_and_does_not_send_is_told(desk, chat, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ATTACHMENT_AGENT_UNSENT_BYTES": len(PNG)}
    first = upload(desk, chat).json()["id"]
    answer = upload(desk, chat)
    told = b"No more than 48 bytes may be uploaded and not sent. Send some, or come again later."
    assert (answer.status_code, answer.content) == (429, told)
    assert say(desk, chat, first).status_code == 200
    assert upload(desk, chat).status_code == 200


def test_without_text_and_files_nothing_is_sent(desk, chat):
    response = say(desk, chat)
    assert (response.status_code, response.content) == (400, b"May not be empty.")


def test_what_is_no_image_is_not_shown(desk, chat):
    answer = upload(desk, chat, b"<!DOCTYPE html><script>alert(1)</script>", "photo.png").json()
    assert answer["image"] is False
    response = desk.client.get(answer["url"])
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content).startswith(b"<!DOCTYPE")
    assert not parse(say(desk, chat, answer["id"])).select(".preview")


@pytest.mark.parametrize(
    ("state", "words"),
    [("quarantined", "Being checked, it cannot be opened yet."), ("infected", "Not safe, it cannot be opened.")],
)
def test_what_is_not_clean_says_so_and_cannot_be_opened(state, words, desk, chat):
    row = factories.make_attachment(chat.conversation, PNG, "photo.png")
    messages.add_message(conversation_id=chat.conversation_id, author_type="user", attachments=[row.pk])
    Attachment.objects.update(state=state)
    line = desk.page("chat", chat.conversation_id).select_one(".attachment")
    assert told(line.select_one(".verdict")) == words
    assert not line.select("a, img")
    assert line.has_attr("hx-get") is (state == "quarantined")
    assert desk.get("attachment", chat.conversation_id, row.pk).status_code == (409 if state == "quarantined" else 403)


def test_a_file_that_was_checked_is_shown_when_asked_again(desk, chat):
    row = factories.make_attachment(chat.conversation, PNG, "photo.png")
    assert desk.page("attachment_line", chat.conversation_id, row.pk).select_one("a.file")["download"] == "photo.png"


def test_a_file_that_is_too_large_is_refused(desk, chat, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ATTACHMENT_MAX_BYTES": 40}
    response = upload(desk, chat)
    assert (response.status_code, response.content) == (413, b"A file may not be larger than 40 bytes.")
    assert not Attachment.objects.exists()


def test_an_empty_file_is_refused(desk, chat):
    response = upload(desk, chat, b"")
    assert (response.status_code, response.content) == (400, b"The file is empty.")


def test_after_the_end_nothing_is_uploaded(desk, chat):
    interactions.end_interaction(interaction_id=chat.pk, agent=desk.agent)
    assert upload(desk, chat).status_code == 409
    assert not Attachment.objects.exists()


def test_an_unsent_file_is_thrown_away(desk, chat):
    pk = upload(desk, chat).json()["id"]
    assert desk.post("discard", chat.conversation_id, pk).status_code == 204
    assert not Attachment.objects.exists()


def test_an_upload_needs_the_forms_token(desk, chat):
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.agent.user)
    assert upload(desk, chat, client=client).status_code == 403
    assert not Attachment.objects.exists()


def test_strangers_and_colleagues_see_nothing(desk, chat, colleague, stranger):
    pk = upload(desk, chat).json()["id"]
    for other in (colleague, stranger):
        assert upload(other, chat).status_code == 404
        for name in ("attachment", "attachment_line"):
            assert other.get(name, chat.conversation_id, pk).status_code == 404
        assert other.post("discard", chat.conversation_id, pk).status_code == 404
    assert Attachment.objects.count() == 1


def test_nobody_sees_anything_without_logging_in(chat):
    row = factories.make_attachment(chat.conversation)
    url = reverse("contactcenter_chat:desk:attachment", args=[chat.conversation_id, row.pk])
    assert Client().get(url).status_code == 401


def test_another_chats_file_is_not_there(desk, chat, center):
    other = factories.make_attachment(factories.start_conversation(center.channel))
    assert desk.get("attachment", chat.conversation_id, other.pk).status_code == 404


def test_cards_are_read_only_and_show_their_answer(desk, chat):
    form = {
        "type": "AdaptiveCard",
        "body": [
            {"type": "TextBlock", "text": "<b>Visit</b>"},
            {"type": "Image", "url": "https://example.org/a.png", "altText": "Map"},
            {"type": "Input.Text", "id": "name", "label": "Name"},
        ],
        "actions": [{"type": "Action.Submit", "title": "Book"}],
    }
    message = messages.add_message(
        conversation_id=chat.conversation_id,
        author_type="bot",
        cards=[(ADAPTIVE, form), (QUICK_REPLIES, {"options": [{"title": "Yes"}]})],
    )
    shown = desk.page("chat", chat.conversation_id)
    first, second = shown.select(".chat-card")
    assert told(first) == "<b>Visit</b> Map Name Book"
    assert told(second) == "Yes"
    assert not shown.select(".chat-card :is(input, button, form, img, textarea, select)")
    card = message.cards.first()
    cards.submit_card(conversation_id=chat.conversation_id, card_id=card.pk, given={"name": "Grace"})
    shown = desk.page("chat", chat.conversation_id)
    assert told(shown.select_one(".card-answer")) == "Answer: Name: Grace"
    assert "The customer answered: Name: Grace" in told(shown.select(".event")[-1])


def test_the_list_names_a_file_that_was_the_last_word(desk, chat):
    row = factories.make_attachment(chat.conversation, name="letter.txt")
    messages.add_message(conversation_id=chat.conversation_id, author_type="user", attachments=[row.pk])
    assert "letter.txt" in told(desk.page("rail"))


def test_a_chat_takes_as_many_queries_with_many_files_as_with_one(desk, chat):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.page("chat", chat.conversation_id)
        return len(captured)

    def send(count):
        rows = [factories.make_attachment(chat.conversation) for _ in range(count)]
        messages.add_message(
            conversation_id=chat.conversation_id, author_type="user", attachments=[row.pk for row in rows]
        )

    send(1)
    few = queries()
    send(5)
    send(5)
    assert queries() == few


def test_a_file_that_was_cut_off_is_not_kept(desk, chat):
    url = reverse("contactcenter_chat:desk:upload", args=[chat.conversation_id])
    promised = {"CONTENT_LENGTH": "900000", "wsgi.input": io.BytesIO(PNG)}
    response = desk.client.post(url, PNG, content_type="application/octet-stream", **promised)
    assert (response.status_code, response.content) == (400, b"The request was cut off before its end.")
    assert not Attachment.objects.exists()
