import asyncio
import io
from types import SimpleNamespace

import pytest
from django.core.files.storage import storages
from django.test import AsyncRequestFactory, Client
from django.utils.translation import override

from contactcenter_chat.attachments import downloads, links, storing
from contactcenter_chat.models import Attachment
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
TEXT = bytes(range(65, 91))
pytestmark = pytest.mark.django_db


@pytest.fixture(params=["default", "files"])
def storage(request, settings, tmp_path):
    """In memory, and in files."""
    files_storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "files": files_storage}
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False, "ATTACHMENT_STORAGE": request.param}
    return storages[request.param]


@pytest.fixture
def conversation(storage):
    return factories.start_conversation(factories.make_center().channel)


answers = []


@pytest.fixture(autouse=True)
def closed():
    """Each answer is read to its end, which closes the file."""
    yield
    while answers:
        list(getattr(answers.pop(), "streaming_content", ()))


def get(row, **headers):
    answers.append(Client().get(links.link_to(row.pk), headers=headers))
    return answers[-1]


def body(response):
    return b"".join(response.streaming_content)


def test_the_second_backend_really_has_it(conversation, storage, tmp_path, settings):
    row = factories.make_attachment(conversation, TEXT)
    if settings.CONTACTCENTER_CHAT["ATTACHMENT_STORAGE"] == "files":
        assert (tmp_path / row.path).read_bytes() == TEXT
    else:
        assert storage.exists(row.path)


def test_what_is_no_image_is_only_saved(conversation):
    response = get(factories.make_attachment(conversation, TEXT, "año “x”.txt"))
    assert response.status_code == 200
    assert body(response) == TEXT
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''a%C3%B1o")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Length"] == "26"
    assert response["Accept-Ranges"] == "bytes"


def test_an_image_may_be_shown(conversation):
    response = get(factories.make_attachment(conversation, PNG, "photo.png"))
    assert (response["Content-Type"], response["Content-Disposition"]) == ("image/png", 'inline; filename="photo.png"')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response) == PNG


@pytest.mark.parametrize(
    "content",
    [b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', b"<!DOCTYPE html><script>1</script>"],
)
def test_svg_and_html_are_never_shown_whatever_their_name(content, conversation):
    response = get(factories.make_attachment(conversation, content, "photo.png"))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "content", "told"),
    [
        ("bytes=0-3", b"ABCD", "bytes 0-3/26"),
        ("bytes=24-", b"YZ", "bytes 24-25/26"),
        ("bytes=20-99", b"UVWXYZ", "bytes 20-25/26"),
        ("bytes=-2", b"YZ", "bytes 24-25/26"),
    ],
)
def test_a_range(asked, content, told, conversation):
    response = get(factories.make_attachment(conversation, TEXT), range=asked)
    assert (response.status_code, body(response), response["Content-Range"]) == (206, content, told)
    assert response["Content-Length"] == str(len(content))


@pytest.mark.parametrize(
    "asked", ["bytes=0-25", "bytes=0-", "bytes=-99", "bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "x"]
)
def test_what_is_no_single_part_is_answered_with_the_whole(asked, conversation):
    response = get(factories.make_attachment(conversation, TEXT), range=asked)
    assert (response.status_code, body(response)) == (200, TEXT)


@pytest.mark.parametrize("asked", ["bytes=26-", "bytes=100-200", "bytes=-0"])
def test_a_range_that_is_not_there(asked, conversation):
    response = get(factories.make_attachment(conversation, TEXT), range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */26")


def test_a_range_of_another_version_is_the_whole(conversation):
    row = factories.make_attachment(conversation, TEXT)
    assert get(row, range="bytes=0-3", if_range='"another"').status_code == 200
    assert get(row, range="bytes=0-3", if_range=f'"{row.sha256}"').status_code == 206


def test_what_the_browser_has_is_not_sent_again(conversation):
    row = factories.make_attachment(conversation, TEXT)
    assert get(row, if_none_match=f'"{row.sha256}"').status_code == 304


def test_head_tells_and_sends_nothing(conversation):
    row = factories.make_attachment(conversation, TEXT)
    response = Client().head(links.link_to(row.pk))
    assert (response.status_code, response["Content-Length"]) == (200, "26")


def test_a_link_opens_one_file_only(conversation):
    row, other = factories.make_attachment(conversation, TEXT), factories.make_attachment(conversation, PNG)
    link = links.link_to(row.pk).replace(row.pk, other.pk)
    response = Client().get(link)
    assert (response.status_code, response.content) == (403, b"This link is wrong, or has expired.")
    assert Client().get(f"/attachments/{row.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("state", "status"), [("quarantined", 409), ("infected", 403), ("receiving", 404), ("removed", 404)]
)
def test_what_is_not_clean_is_not_sent(state, status, conversation):
    row = factories.make_attachment(conversation, TEXT)
    Attachment.objects.update(state=state)
    response = get(row)
    assert response.status_code == status
    assert TEXT not in response.content


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("quarantined", "Este archivo todavía se está comprobando. Inténtelo de nuevo en un minuto."),
        ("infected", "Este archivo no es seguro y no puede abrirse."),
        ("removed", "No existe o no puede verlo."),
    ],
)
def test_who_follows_a_link_reads_the_refusal_in_the_browsers_language(state, told, conversation):
    row = factories.make_attachment(conversation, TEXT)
    Attachment.objects.update(state=state)
    with override(None):  # a request leaves its language behind in the thread
        assert get(row, accept_language="es").content.decode() == told
        wrong = Client().get(f"/attachments/{row.pk}/", headers={"accept-language": "es"})
        assert wrong.content.decode() == "Este enlace no es correcto o ha caducado."


def test_a_file_that_is_gone_is_not_there(conversation, storage):
    row = factories.make_attachment(conversation, TEXT)
    storage.delete(row.path)
    assert get(row).status_code == 404
    Attachment.objects.all().delete()
    assert get(row).status_code == 404


def test_a_file_comes_in_pieces(conversation, monkeypatch):
    monkeypatch.setattr(storing, "CHUNK", 10)
    response = get(factories.make_attachment(conversation, TEXT))
    assert [len(chunk) for chunk in response.streaming_content] == [10, 10, 6]


def test_on_asgi_too_it_comes_in_pieces(conversation, monkeypatch):
    monkeypatch.setattr(storing, "CHUNK", 10)
    row = factories.make_attachment(conversation, TEXT)
    response = downloads.send(AsyncRequestFactory().get("/"), row)
    assert response.is_async

    async def pieces():
        return [len(chunk) async for chunk in response.streaming_content]

    assert asyncio.run(pieces()) == [10, 10, 6]


@pytest.mark.parametrize("method", ["open", "read", "seek"])
def test_a_storage_that_fails_may_be_asked_later(conversation, storage, monkeypatch, caplog, method):
    row = factories.make_attachment(conversation, TEXT)

    def fail(*_arguments):
        raise RuntimeError("The bucket does not answer.")

    file = io.BytesIO(TEXT)
    failing = SimpleNamespace(close=file.close, seek=file.seek, read=file.read)
    setattr(failing, method, fail)
    monkeypatch.setattr(type(storage), "open", fail if method == "open" else lambda *_: failing)
    response = get(row)
    assert (response.status_code, response.content) == (503, b"The file could not be read. Please try again.")
    assert "The bucket does not answer." in caplog.text
    assert file.closed is (method != "open")
