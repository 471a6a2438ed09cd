"""Is a form known to be whole, by whomever it is read, and is it still checked for forgery?"""

import io

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.test.client import encode_multipart

from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.http.requests import MULTIPART, URLENCODED, Watched, check_whole, watched

BOUNDARY = "a-boundary"
IN_PARTS = f"{MULTIPART}; boundary={BOUNDARY}"
FORM = encode_multipart(BOUNDARY, {"text": "Hello", "file": io.BytesIO(b"x" * 5_000)})


def request_of(body, content_type, promised=None):
    sent = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(promised or len(body))}
    request = RequestFactory().generic("POST", "/", body, content_type, **sent)
    request._dont_enforce_csrf_checks = True
    return request


def taken(request):
    check_whole(request)
    return HttpResponse(request.POST["text"])


def test_a_whole_form_is_taken_with_its_files_by_the_handlers_there_are():
    request, seen = request_of(FORM, IN_PARTS), []

    class Quota(MemoryFileUploadHandler):
        def receive_data_chunk(self, raw_data, start):
            seen.append(len(raw_data))
            return super().receive_data_chunk(raw_data, start)

    request.upload_handlers.insert(0, Quota(request))
    assert watched(taken)(request).content == b"Hello"
    assert request.FILES["file"].size == sum(seen) == 5_000


@pytest.mark.parametrize("missing", range(3, len(BOUNDARY) + 60, 7))
@pytest.mark.parametrize("told", [0, 1])
def test_a_form_without_its_last_boundary_is_refused_whatever_its_length(missing, told):
    body = FORM[:-missing]
    with pytest.raises(Invalid, match=r"The request was cut off before its end\."):
        watched(taken)(request_of(body, IN_PARTS, len(body) + told * missing))


@pytest.mark.parametrize("size", [1, 1_100, 65_534])
def test_what_may_follow_the_last_boundary_is_not_read(size):
    """RFC 2046, 5.1.1: the epilogue, "to be ignored"."""
    body = FORM + (FORM.replace(b"Hello", b"Smuggled") + b"e" * 65_534)[:size]
    assert watched(taken)(request_of(body, IN_PARTS)).content == b"Hello"


def test_no_more_than_may_be_there_is_read_of_it():
    body = FORM + b"e" * 200_000
    with pytest.raises(Invalid):
        watched(taken)(request_of(body, IN_PARTS))
    stream = Watched(io.BytesIO(body), BOUNDARY.encode())
    while stream.read(1_000):
        pass
    assert stream.count == len(FORM.removesuffix(b"\r\n")) + 65_536 + 1
    assert not stream.is_whole


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
def test_the_last_boundary_is_found_however_the_body_comes(size):
    stream = Watched(io.BytesIO(FORM + b"epilogue"), BOUNDARY.encode())
    assert b"".join(iter(lambda: stream.read(size), b"")) == FORM.removesuffix(b"\r\n")
    assert stream.is_whole


@pytest.mark.parametrize("body", [f"--{BOUNDARY}--", f"--{BOUNDARY}--\r\n"])
def test_a_form_without_parts_is_whole(body):
    stream = Watched(io.BytesIO(body.encode()), BOUNDARY.encode())
    assert stream.read(100) == f"--{BOUNDARY}--".encode()
    assert stream.is_whole


def test_one_within_a_line_is_none():
    stream = Watched(io.BytesIO(f"x--{BOUNDARY}--\r\n".encode()), BOUNDARY.encode())
    stream.read(100)
    assert not stream.is_whole


def test_so_is_one_that_was_read_before_it_is_looked_at():
    """The check for forgery reads it."""

    def late(request):
        assert request.POST["text"] == "Hello"
        return taken(request)

    with pytest.raises(Invalid):
        watched(late)(request_of(FORM[:-3], IN_PARTS))


def test_what_a_middleware_of_the_project_has_read_is_not_watched():
    request = request_of(FORM[:-3], IN_PARTS)
    assert request.POST["text"] == "Hello"
    assert watched(taken)(request).content == b"Hello"


def test_a_form_of_one_string_is_known_by_its_length_whoever_has_read_it():
    request = request_of(b"text=Hello", URLENCODED, 20)
    assert request.POST["text"] == "Hello"
    with pytest.raises(Invalid):
        watched(taken)(request)
    assert watched(taken)(request_of(b"text=Hello", URLENCODED)).content == b"Hello"


def test_what_is_no_form_in_parts_is_refused_as_ever():
    with pytest.raises(MultiPartParserError):
        watched(taken)(request_of(FORM, f"{MULTIPART}; boundary="))


def test_a_forged_form_is_refused_before_the_view():
    request = request_of(FORM, IN_PARTS)
    request._dont_enforce_csrf_checks = False
    assert watched(taken)(request).status_code == 403
