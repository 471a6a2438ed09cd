"""Files of a conversation: uploaded, listed, looked at, downloaded; another tenant's are not there."""

import hashlib
import io
import json

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from contactcenter_chat.actions import messages
from contactcenter_chat.models import Attachment, Delivery, Webhook
from tests import factories

from ..caller import problem
from .caller import VERSION, Gateway, general, invalid, items, text, unknown

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
HAL = "application/hal+json"


@pytest.fixture
def conversation(center):
    return factories.start_conversation(center.channel)


@pytest.fixture
def path(conversation):
    return f"conversations/{conversation.pk}/attachments"


def form(content=PNG, name="photo.png", field="attachment", **fields):
    return encode_multipart(BOUNDARY, {**fields, field: SimpleUploadedFile(name, content)})


def upload(gateway, path, *arguments, headers=None, **fields):
    return gateway.call("POST", path, form(*arguments, **fields), content_type=MULTIPART_CONTENT, **(headers or {}))


def described(row):
    return {
        "id": row.pk,
        "filename": row.name,
        "type": row.content_type,
        "sizeInBytes": row.size,
        "state": "clean",
        "createdAt": row.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def test_a_file_is_uploaded_and_described(gateway, path):
    response = upload(gateway, path)
    row = Attachment.objects.get()
    assert (response.status_code, response["Content-Type"], response.json()) == (200, HAL, described(row))
    assert (row.name, row.content_type, row.size, row.author_type) == ("photo.png", "image/png", 48, "user")
    assert row.sha256 == hashlib.sha256(PNG).hexdigest()
    assert gateway.get(f"{path}/{row.pk}").json() == described(row)


def test_a_bot_may_upload_too(gateway, path):
    assert upload(gateway, path, authorType="bot").status_code == 200
    assert Attachment.objects.get().author_type == "bot"


@pytest.mark.parametrize("author", ["agent", "x"])
def test_nobody_else_may(gateway, path, author):
    sentence = f"authorType: Invalid authorType={author}, has to be one of user, bot"
    response = upload(gateway, path, authorType=author)
    assert problem(response) == (400, invalid(("invalid_value", sentence)))
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", MULTIPART_CONTENT),
        (b"{}", "application/json"),
        (PNG, "image/png"),
        (b"x", "multipart/form-data"),
        (b"x" * 1000, MULTIPART_CONTENT),
        (form(field="file"), MULTIPART_CONTENT),
    ],
)
def test_what_is_no_form_with_a_file_is_refused(gateway, path, content, content_type):
    response = gateway.call("POST", path, content, content_type=content_type)
    assert response.status_code == 400
    assert response.json()["message"] == "Constraint Violation"
    assert not Attachment.objects.exists()


def test_an_empty_file_is_refused(gateway, path):
    assert problem(upload(gateway, path, b"")) == (400, invalid(("invalid_value", "attachment: The file is empty.")))


def test_a_file_that_is_too_large_is_refused_in_the_wires_shape(gateway, path, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ATTACHMENT_MAX_BYTES": 40}
    told = general("too_large", "A file may not be larger than 40 bytes.")
    assert problem(upload(gateway, path)) == (413, told)
    assert problem(upload(gateway, path, b"x" * 200_000)) == (413, told)
    assert not Attachment.objects.exists()


def test_who_uploads_and_does_not_send_is_refused_in_the_wires_shape(gateway, path, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ATTACHMENT_UNSENT_FILES": 1}
    assert upload(gateway, path).status_code == 200
    response = upload(gateway, path, b"other")
    told = "No more than 1 files may be uploaded and not sent. Send some, or come again later."
    assert problem(response) == (429, general("rate_limited", told))
    assert 86_390 < int(response["Retry-After"]) <= 86_400
    assert Attachment.objects.count() == 1


def test_a_second_file_of_the_form_is_left_out(gateway, path):
    content = encode_multipart(
        BOUNDARY, {"attachment": [SimpleUploadedFile("1.txt", b"one"), SimpleUploadedFile("2.txt", b"two")]}
    )
    assert gateway.call("POST", path, content, content_type=MULTIPART_CONTENT).json()["filename"] == "1.txt"
    assert Attachment.objects.count() == 1


def test_the_same_request_again_gets_the_same_answer(gateway, path):
    headers = {"Idempotency-Key": "k1"}
    first, again = (upload(gateway, path, headers=headers) for _ in range(2))
    assert (again.status_code, again.content, again["Content-Type"]) == (200, first.content, first["Content-Type"])
    assert Attachment.objects.count() == 1
    assert upload(gateway, path, b"other", headers=headers).status_code == 422
    assert Attachment.objects.count() == 1


def test_the_list_holds_what_the_other_side_may_see(gateway, path, conversation, center):
    factories.make_agent(center.tenant, center.queue)
    chat = factories.accepted(conversation)
    first = factories.make_attachment(conversation, b"1", "b.txt")
    sent, unsent = (
        factories.make_attachment(conversation, PNG, name, author_type="agent", agent=chat.agent)
        for name in ("a.png", "c.png")
    )
    messages.add_message(conversation_id=conversation.pk, author_type="agent", agent=chat.agent, attachments=[sent.pk])
    assert items(gateway.get(path), "attachments") == [described(first), described(sent)]
    assert gateway.get(f"{path}/{unsent.pk}").status_code == 404

    def names(query):
        return [each["filename"] for each in items(gateway.get(f"{path}?{query}"), "attachments")]

    assert names("sort=filename:asc") == ["a.png", "b.txt"]
    assert names("sort=sizeInBytes:desc") == ["a.png", "b.txt"]
    assert names("filter=type==image*") == ["a.png"]
    assert names("size=1&page=1") == ["a.png"]
    assert gateway.get(f"{path}?filter=sha256==x").status_code == 400
    assert gateway.get(f"{path}?sort=sha256").status_code == 400


def test_the_content_is_downloaded_whole_and_in_part(gateway, path, conversation):
    row = factories.make_attachment(conversation, b"ABCDEF", "letter.txt")
    response = gateway.get(f"{path}/{row.pk}/content")
    assert (response.status_code, b"".join(response.streaming_content)) == (200, b"ABCDEF")
    assert response["Content-Disposition"] == 'attachment; filename="letter.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    part = gateway.get(f"{path}/{row.pk}/content", Range="bytes=2-3")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"CD")


def test_what_is_not_clean_is_refused_in_the_wires_shape(gateway, path, conversation):
    row = factories.make_attachment(conversation)
    Attachment.objects.update(state="quarantined")
    told = "This file is still being checked. Please try again in a minute."
    assert problem(gateway.get(f"{path}/{row.pk}/content")) == (409, general("conflict", told))
    Attachment.objects.update(state="infected")
    told = "This file is not safe and cannot be opened."
    assert problem(gateway.get(f"{path}/{row.pk}/content")) == (403, text(told))
    Attachment.objects.update(state="removed")
    assert problem(gateway.get(f"{path}/{row.pk}/content")) == (404, unknown("Attachment", row.pk))


def test_a_message_is_sent_with_files_and_told_with_links(gateway, path, conversation, center, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "PUBLIC_URL": "https://chat.example.org"}
    Webhook.objects.update(version=VERSION)
    pk = upload(gateway, path).json()["id"]
    said = gateway.post(
        f"conversations/{conversation.pk}/messages", {"authorType": "user", "attachments": [{"id": pk}]}
    )
    assert (said.status_code, said.content) == (202, b"")
    row = Attachment.objects.get()
    (message,) = items(gateway.get(f"conversations/{conversation.pk}/messages"), "messages")
    assert (message["text"], message["attachments"], message["cards"]) == ("", [described(row)], [])
    told = json.loads(Delivery.objects.get(event_type="MESSAGE").body)["data"]
    (file,) = told["attachments"]
    link = file.pop("preSignedUrl")
    assert file == {"id": pk, "type": "image", "fileName": "photo.png"}
    assert link.startswith(f"https://chat.example.org/attachments/{pk}/?expires=")
    response = Client().get(link.removeprefix("https://chat.example.org"))
    assert b"".join(response.streaming_content) == PNG


@pytest.mark.parametrize("attachments", [[{"id": "x"}], [{}], ["x"], {}, [{"id": "\x00"}], [{"id": "x"}] * 101])
def test_a_message_with_files_that_are_not_there_is_refused(gateway, conversation, attachments):
    response = gateway.post(f"conversations/{conversation.pk}/messages", {"text": "x", "attachments": attachments})
    assert response.status_code == 400
    assert response.json()["errors"]["message"].startswith("attachments")
    assert not conversation.messages.exists()


def test_another_tenants_are_not_there(gateway, other, path, conversation):
    row = factories.make_attachment(conversation)
    stranger = Gateway(other)
    told = (404, unknown("Conversation", conversation.pk))
    assert problem(stranger.get(path)) == told
    assert problem(upload(stranger, path)) == told
    assert problem(stranger.get(f"{path}/{row.pk}")) == told
    assert problem(stranger.get(f"{path}/{row.pk}/content")) == told
    own = factories.start_conversation(other.channel)
    for rest in ("", "/content"):
        asked = stranger.get(f"conversations/{own.pk}/attachments/{row.pk}{rest}")
        assert problem(asked) == (404, unknown("Attachment", row.pk))
    assert Attachment.objects.count() == 1
    assert default_storage.exists(row.path)


@pytest.mark.parametrize("end", ["", "/x", "/x/content", "/%00", "/" + "x" * 100])
def test_a_read_needs_its_scope(center, path, end):
    center.api_key.scopes = ["vcc-chat.channels.read"]
    center.api_key.save()
    assert Gateway(center).get(path + end).status_code == 403
    assert upload(Gateway(center), path).status_code == 403


def cut_off(gateway, path, content_type, body, promised):
    """The answer to a request that ends after this body."""
    sent = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(promised)}
    headers = {"x-api-key": gateway.key}
    return gateway.http.generic("POST", f"/chat-gateway/v1/{path}", body, content_type, headers=headers, **sent)


@pytest.mark.parametrize(("kept", "promised"), [(None, 900_000), (-20, len(form()) - 20)])
def test_a_form_that_was_cut_off_is_not_kept(gateway, path, kept, promised):
    response = cut_off(gateway, path, MULTIPART_CONTENT, form()[:kept], promised)
    assert problem(response) == (400, invalid(("invalid_value", "body: The request was cut off before its end.")))
    assert not Attachment.objects.exists()


def test_a_message_that_was_cut_off_is_not_kept(gateway, conversation):
    body = b'{"text":"Whole to look at"}'
    path = f"conversations/{conversation.pk}/messages"
    response = cut_off(gateway, path, "application/json", body, len(body) + 9)
    assert response.status_code == 400
    assert response.json()["message"] == "body: The request was cut off before its end."
    assert not conversation.messages.filter(text="Whole to look at").exists()


@pytest.mark.parametrize("coding", ["gzip", "br", "x"])
def test_a_body_is_not_unpacked(gateway, conversation, coding):
    refused = gateway.post(f"conversations/{conversation.pk}/messages", b"\x1f\x8b", **{"Content-Encoding": coding})
    message = f"The body may not be encoded as {coding}."
    assert problem(refused) == (415, general("unsupported_media_type", message))
