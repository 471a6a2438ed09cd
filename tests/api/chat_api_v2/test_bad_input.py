"""Whatever comes in: a clear refusal in the wire's own shape, nothing half-written, never a 500."""

import json
import logging

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcenter_chat.models import Conversation, Message
from tests.factories import start_conversation

from ..caller import PROBLEM, invalid, plain, problem

POSTS = ["web-hooks", "web-hooks/verify", "channels", "conversations", "conversations/{conversation}/messages"]


@pytest.fixture
def conversation(center):
    return start_conversation(center.channel)


def errors_of(response):
    status, body = problem(response)
    assert status == 400
    return [error["message"] if isinstance(error, dict) else error for error in body["errors"]]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "body: The body is not valid JSON: Expecting value at line 1, column 1"),
        (
            b"{",
            "body: The body is not valid JSON: Expecting property name enclosed in double quotes at line 1, column 2",
        ),
        (b"not json", "body: The body is not valid JSON: Expecting value at line 1, column 1"),
        (b'{"text": "\xff"}', "body: The body is not valid JSON: it is not encoded in UTF-8"),
        (b'{"text": NaN}', "body: The body is not valid JSON: NaN is no JSON value"),
        (b'{"text": Infinity}', "body: The body is not valid JSON: Infinity is no JSON value"),
        (b'{"text": -Infinity}', "body: The body is not valid JSON: -Infinity is no JSON value"),
        (b'{"text": 1e999}', "body: The body is not valid JSON: a number is too large"),
        (b'{"text": "\\ud800"}', "body: The body has an incomplete surrogate pair."),
        (b'{"\\udc00": "a"}', "body: The body has an incomplete surrogate pair."),
        (b"[" * 21 + b"]" * 21, "body: The body is nested too deeply, 20 levels at most."),
        (b'{"a":' * 21 + b"1" + b"}" * 21, "body: The body is nested too deeply, 20 levels at most."),
        (b"[" * 100_000, "body: The body is not valid JSON: it is nested too deeply"),
        (b"[]", "body: Must be an object."),
        (b"null", "body: Must be an object."),
        (b'"text"', "body: Must be an object."),
        (b"5", "body: Must be an object."),
    ],
)
def test_a_body_that_is_no_proper_json_object(api, conversation, receiver, path, content, error):
    response = api.post(path.format(conversation=conversation.pk), content)
    assert errors_of(response)[0] == error
    assert not Message.objects.exists()
    assert receiver.posts == []


def test_a_number_with_very_many_digits(api, conversation):
    path = f"conversations/{conversation.pk}/messages"
    assert errors_of(api.post(path, b'{"text": ' + b"9" * 10_000 + b"}"))[0].startswith("body: The body is not valid")


def test_a_body_may_be_nested_twenty_deep(api, conversation):
    body = b'{"text": "Hello", "x": ' + b"[" * 19 + b"]" * 19 + b"}"
    assert api.post(f"conversations/{conversation.pk}/messages", body).status_code == 202


def test_brackets_in_texts_are_not_counted_as_nesting(api, conversation):
    assert api.post(f"conversations/{conversation.pk}/messages", {"text": "[{" * 100}).status_code == 202


def test_pairs_of_surrogates_and_a_byte_order_mark_are_fine(api, conversation):
    response = api.post(f"conversations/{conversation.pk}/messages", b'\xef\xbb\xbf{"text": "\\ud83d\\udc4b"}')
    assert response.status_code == 202
    assert Message.objects.get().text == "👋"


@pytest.mark.parametrize(
    "content_type", ["", "application/json; charset=utf-8", "application/vnd.x+json", "text/plain"]
)
def test_json_is_read_whatever_it_is_called(api, conversation, content_type):
    path = f"conversations/{conversation.pk}/messages"
    assert api.call("POST", path, {"text": "Hello"}, content_type=content_type).status_code == 202


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<message/>", "text/xml"),
        (b"text=Hello", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_not_json_and_says_so_is_an_unsupported_media_type(api, conversation, content, content_type):
    path = f"conversations/{conversation.pk}/messages"
    response = api.call("POST", path, content, content_type=content_type)
    assert problem(response) == (415, plain(f"The body must be JSON, not {content_type}."))


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_too_large(api, conversation, path):
    content = json.dumps({"text": "x" * 1_000_000}).encode()
    response = api.post(path.format(conversation=conversation.pk), content)
    assert problem(response) == (413, plain("The body may not be larger than 1000000 bytes."))
    assert not Message.objects.exists()


def test_the_setting_says_how_large_a_body_may_be(api, conversation, settings):
    settings.CONTACTCENTER_CHAT = {"BODY_MAX_BYTES": 50}
    path = f"conversations/{conversation.pk}/messages"
    content = b'{"text": "Hello"}'
    assert api.post(path, content.ljust(50)).status_code == 202
    assert api.post(path, content.ljust(51)).status_code == 413


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "PROPFIND", "DELETE"])
def test_a_method_that_is_not_there(api, method):
    response = api.call(method, "channels")
    assert problem(response) == (405, plain(f"Method {method} is not allowed here."))
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "path",
    [
        "/vcc",
        "/vcc/",
        "/vcc/us/chat/v2/",
        "/vcc/us/chat/v1/tenant/college/channels",
        "/vcc/xx/chat/v2/tenant/college/channels",
        "/vcc/us/chat/v2/tenant/college/channels/",
        "/vcc/us/chat/v2/tenant/college/unknown",
        "/vcc/us/chat/v2/tenant//channels",
        "/vcc/us/chat/v2/jwk//public",
        "/oauth",
        "/oauth/v2/token/",
        "/oauth/v1/token",
        "/chat-gateway/v1/web-hooks",
        "/chat-gateway/v2/webhooks",
        "/chat-gateway",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_not_there(api, method, path):
    assert problem(api.call(method, path)) == (404, plain(f"There is nothing at {path}."))


def test_what_nobody_expected_is_logged_with_the_reference_that_is_told(api, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise DatabaseError("the disk is full of secrets")

    monkeypatch.setattr("contactcenter_chat.queries.api.channels", fail)
    with caplog.at_level(logging.ERROR, "contactcenter_chat.api"):
        status, body = problem(api.get("channels"))
    reference = body.pop("referenceId")
    message = "Could not process this request due to an unexpected error."
    assert (status, body) == (500, plain(message))
    [record] = [record for record in caplog.records if record.name == "contactcenter_chat.http.problems"]
    assert reference in record.getMessage()
    assert "the disk is full of secrets" in caplog.text


def test_a_change_that_fails_half_way_leaves_nothing(api, center, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr("contactcenter_chat.actions.center.interactions.queue_interaction", fail)
    response = api.post("conversations", {"channelId": center.channel.pk}, **{"Idempotency-Key": "a"})
    assert problem(response)[0] == 500
    assert not Conversation.objects.exists()
    monkeypatch.undo()
    again = api.post("conversations", {"channelId": center.channel.pk}, **{"Idempotency-Key": "a"})
    assert again.status_code == 202


def test_text_in_a_query_that_is_not_utf8(api):
    assert api.get("channels?filter=name==%ff%fe").status_code == 200
    assert api.get("conversations?customer.%ff=%ff").status_code == 200


def test_a_tenant_in_the_path_that_is_no_label(api):
    for tenant in ("%00", "%F0%9F%91%8B", "x" * 1000, "..", "a b"):
        assert problem(api.get(f"/vcc/us/chat/v2/tenant/{tenant}/channels"))[0] == 403


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=10), children, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    [
        "name",
        "uri",
        "version",
        "notificationVersion",
        "webHookId",
        "routingOptions",
        "type",
        "id",
        "channelId",
        "customer",
        "history",
        "messages",
        "text",
        "authorType",
        "email",
        "customerId",
        "language",
    ]
)
bodies = st.dictionaries(members, json_values | st.dictionaries(members, json_values, max_size=3), max_size=5)


@pytest.mark.parametrize("path", POSTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies)
def test_no_body_is_too_odd_for_an_answer(api, conversation, receiver, path, body):
    response = api.post(path.format(conversation=conversation.pk), body)
    assert response.status_code in {200, 202, 204, 400}, (body, response.content)
    if response.status_code == 400:
        assert response["Content-Type"] == PROBLEM
        assert response.json()["errors"]


def test_a_complaint_says_the_field_and_no_more_of_the_value_than_helps(api, center):
    response = api.post("channels", {"name": {"x": "y" * 5000}, "webHookId": "1", "routingOptions": {"id": "2"}})
    assert len(response.json()["validations"][0]["value"]) == 200
    assert problem(api.put(f"channels/{center.channel.pk}", {"name": {}})) == (
        400,
        invalid("name: Must be a string.", "webHookId: May not be empty.", "routingOptions.id: May not be empty."),
    )
