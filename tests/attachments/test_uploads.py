"""How far is a body read? As far as it may be large, and no further."""

import pytest
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from contactcenter_chat.attachments import uploads
from contactcenter_chat.exceptions import TooLarge

HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="attachment"; filename="a.bin"\r\n\r\n'.encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
LIMIT = 100_000


class Endless:
    """A body that does not end by itself; counts what is read of it."""

    def __init__(self, head=b""):
        self.head = head
        self.count = 0

    def read(self, size=-1):
        chunk = (self.head + b"x" * size)[:size]
        self.head = self.head[size:]
        self.count += len(chunk)
        return chunk


class Ending:
    def __init__(self, content):
        self.content = content

    def read(self, size=-1):
        chunk, self.content = self.content[:size], self.content[size:]
        return chunk


@pytest.fixture(autouse=True)
def conf(settings, monkeypatch):
    settings.CONTACTCENTER_CHAT = {"ATTACHMENT_MAX_BYTES": LIMIT}
    monkeypatch.setattr(uploads, "DRAINED_BYTES", 200_000)


def request_of(body, length=None, content_type=MULTIPART_CONTENT):
    request = RequestFactory().generic("POST", "/")
    request.META["CONTENT_TYPE"] = content_type
    request.META["wsgi.input"] = request._stream = body
    if length is None:  # sent in chunks
        request.META.pop("CONTENT_LENGTH", None)
        request.META["wsgi.input_terminated"] = True
    else:
        request.META["CONTENT_LENGTH"] = str(length)
    return request


@pytest.mark.parametrize("length", [None, 10**12])
def test_a_form_that_is_too_large_is_not_read_to_its_end(length):
    body = Endless(HEAD)
    with pytest.raises(TooLarge), uploads.received_in_form(request_of(body, length), "attachment"):
        pass
    assert body.count < LIMIT + uploads.AROUND_BYTES + 200_000 + 3 * uploads.CHUNK


@pytest.mark.parametrize("length", [None, 10**12])
def test_a_file_that_is_too_large_is_not_read_to_its_end(length):
    body = Endless()
    with pytest.raises(TooLarge), uploads.received(request_of(body, length, "application/octet-stream")):
        pass
    assert body.count < LIMIT + 200_000 + 3 * uploads.CHUNK


def test_fields_that_nobody_asked_for_have_no_room_either():
    body = Endless(HEAD.replace(b'"attachment"', b'"another"'))
    with pytest.raises(TooLarge), uploads.received_in_form(request_of(body), "attachment"):
        pass


def test_a_form_in_chunks_is_read():
    body = Ending(HEAD + b"y" * LIMIT + TAIL)
    with uploads.received_in_form(request_of(body), "attachment") as (file, name, fields):
        assert (file.size, name, fields.dict()) == (LIMIT, "a.bin", {})


def test_the_temporary_file_is_gone_afterwards():
    with uploads.received(request_of(Ending(b"Hello"), content_type="application/octet-stream")) as file:
        assert file.size == 5
    assert file.file.closed
