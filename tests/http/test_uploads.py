"""How far is a body read? As far as it may be large, and no further."""

import errno

import pytest
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from contactcenter_chat.attachments import storing
from contactcenter_chat.exceptions import Invalid, TooLarge, Unavailable
from contactcenter_chat.http import uploads

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
    def __init__(self, content, error=None):
        self.content = content
        self.error = error

    def read(self, size=-1):
        if self.error and not self.content:
            raise self.error
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


@pytest.mark.parametrize("size", [1, 1_100, 65_534])
def test_what_may_follow_the_last_boundary_is_no_part_of_the_file(size):
    """As large as both may be."""
    body = HEAD + b"y" * LIMIT + TAIL + b"e" * size
    with uploads.received_in_form(request_of(Ending(body), len(body)), "attachment") as (file, _name, _fields):
        assert file.size == LIMIT


def test_the_temporary_file_is_gone_afterwards():
    with uploads.received(request_of(Ending(b"Hello"), content_type="application/octet-stream")) as file:
        assert file.size == 5
    assert file.file.closed


CUT_OFF = r"The request was cut off before its end\."
FORM = HEAD + b"Hello" + TAIL


@pytest.mark.parametrize("length", [6, 50_000])
def test_a_file_that_was_cut_off_is_refused(length):
    request = request_of(Ending(b"Hello"), length, "application/octet-stream")
    with pytest.raises(Invalid, match=CUT_OFF), uploads.received(request):
        pass


@pytest.mark.parametrize("missing", range(1, len(TAIL) + 5))
def test_a_form_that_was_cut_off_is_refused(missing):
    request = request_of(Ending(FORM[:-missing]), len(FORM))
    with pytest.raises(Invalid, match=CUT_OFF), uploads.received_in_form(request, "attachment"):
        pass


@pytest.mark.parametrize("missing", range(3, len(TAIL) + 5))
def test_a_form_without_its_last_boundary_is_refused_whatever_its_length(missing):
    """A client forgot it, or a proxy told the length of what it got."""
    body = FORM[:-missing]
    with pytest.raises(Invalid), uploads.received_in_form(request_of(Ending(body), len(body)), "attachment"):
        pass


@pytest.mark.parametrize("body", [FORM[:-20], b"Hello"])
def test_a_sender_that_is_gone_is_no_fault_of_ours(body):
    request = request_of(Ending(body, OSError("the client is gone")))
    with pytest.raises(Invalid, match=CUT_OFF), uploads.received_in_form(request, "attachment"):
        pass


@pytest.mark.parametrize("part", ["TemporaryFile", "write"])
def test_without_room_for_it_a_file_may_be_sent_later(part, monkeypatch):
    class Full:
        def write(self, chunk):
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self):
            pass

    def full():
        if part == "TemporaryFile":
            raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")
        return Full()

    monkeypatch.setattr(storing.tempfile, "TemporaryFile", full)
    with pytest.raises(Unavailable), uploads.received_in_form(request_of(Ending(FORM), len(FORM)), "attachment"):
        pass
