"""The five operations on webhooks, and verify."""

import json

import pytest

from contactcenter_chat.models import Webhook
from tests.factories import make_channel, make_webhook

from ..caller import invalid, plain, problem

BODY = {"name": "Portal", "uri": "https://portal.example.org/callbacks", "version": "v2.0"}


def made(api, **changes):
    response = api.post("web-hooks", {**BODY, **changes})
    assert response.status_code == 200, response.content
    return response.json()


def test_create_answers_the_webhook(api, center, receiver):
    response = api.post("web-hooks", BODY)
    row = Webhook.objects.get(name="Portal", receiver__uri=BODY["uri"])
    assert (response.status_code, response.json()) == (200, {"id": row.pk, **BODY})
    assert response["Content-Type"] == "application/json"
    assert response["ETag"] == '"1"'
    assert row.tenant_id == center.tenant.pk


def test_create_sends_a_signed_verification_first(api, receiver):
    made(api)
    [(uri, body, headers)] = receiver.posts
    assert (uri, body) == (BODY["uri"], '{"notificationVersion":"v2.0","eventType":"WEB_HOOK_VERIFY"}')
    assert headers["X-8x8-Tenant-Id"] == "college"
    assert headers["X-8x8-Signature"]


def test_an_address_that_does_not_answer_makes_no_webhook(api, receiver):
    receiver.status = 500
    before = Webhook.objects.count()
    response = api.post("web-hooks", BODY)
    assert problem(response) == (
        400,
        invalid("uri: The URL did not pass the verification. It answered 500."),
    )
    assert Webhook.objects.count() == before


@pytest.mark.parametrize(
    "given",
    [{"version": "v2.0"}, {"notificationVersion": "v2.0"}, {}, {"version": None}, {"version": "v2.0", "x": []}],
)
def test_the_version_has_two_names_and_a_default(api, receiver, given):
    body = {"name": BODY["name"], "uri": BODY["uri"], **given}
    answer = api.post("web-hooks", body).json()
    assert answer["version"] == "v2.0"
    assert "notificationVersion" not in answer


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"version": "v1.0"}, ["version: The events of v1.0 are not supported, use v2.0."]),
        (
            {"notificationVersion": "v1.0", "version": None},
            ["notificationVersion: The events of v1.0 are not supported, use v2.0."],
        ),
        ({"version": "v3.0"}, ["version: Invalid version=v3.0, has to be v2.0"]),
        ({"version": 2}, ["version: Must be a string."]),
        ({"name": ""}, ["name: May not be empty."]),
        ({"name": "  "}, ["name: May not be empty."]),
        ({"name": None}, ["name: May not be empty."]),
        ({"name": 5}, ["name: Must be a string."]),
        ({"name": "x" * 256}, ["name: May not be longer than 255 characters."]),
        ({"name": "a\0b"}, ["name: May not contain the character U+0000."]),
        ({"uri": None}, ["uri: May not be empty."]),
        ({"uri": ["https://x.org"]}, ["uri: Must be a string."]),
        ({"uri": "ftp://x.org/"}, ["uri: Must be an http or https URL without a user name."]),
        ({"uri": "https:///path"}, ["uri: Must be an http or https URL without a user name."]),
        ({"uri": "https://x.org/" + "a" * 2000}, ["uri: May not be longer than 2000 characters."]),
        ({"name": "", "uri": ""}, ["name: May not be empty.", "uri: May not be empty."]),
    ],
)
def test_bad_values_are_named(api, receiver, changes, errors):
    body = {**BODY, **changes}
    webhook = made(api)
    receiver.posts.clear()
    for response in (api.post("web-hooks", body), api.put(f"web-hooks/{webhook['id']}", body)):
        assert problem(response) == (400, invalid(*errors))
    assert receiver.posts == []
    assert api.get(f"web-hooks/{webhook['id']}").json() == webhook


def test_a_name_may_have_255_characters(api, receiver):
    assert made(api, name="é" * 255)["name"] == "é" * 255


def test_get_and_list(api, center, receiver):
    first = {"id": center.webhook.pk, "name": "Portal", "uri": center.webhook.uri, "version": "v2.0"}
    second = made(api, name="Second")
    response = api.get(f"web-hooks/{second['id']}")
    assert (response.status_code, response.json(), response["ETag"]) == (200, second, '"1"')
    listed = api.get("web-hooks")
    assert listed.json() == {
        "data": [first, second],
        "page": {"pageSize": 20, "pageIndex": 0, "elementCount": 2, "pageCount": 1},
    }


def test_update_replaces_and_raises_the_revision(api, receiver):
    webhook = made(api)
    changed = {"name": "New", "uri": "https://portal.example.org/other", "version": "v2.0"}
    response = api.put(f"web-hooks/{webhook['id']}", changed)
    assert (response.status_code, response.json()) == (200, {"id": webhook["id"], **changed})
    assert response["ETag"] == '"2"'
    assert [post[0] for post in receiver.posts] == [BODY["uri"], changed["uri"]]


def test_update_verifies_only_a_new_address(api, receiver):
    webhook = made(api)
    receiver.status = 500
    assert api.put(f"web-hooks/{webhook['id']}", {**BODY, "name": "New"}).status_code == 200
    response = api.put(f"web-hooks/{webhook['id']}", {**BODY, "uri": "https://other.example.org/"})
    assert response.status_code == 400
    assert api.get(f"web-hooks/{webhook['id']}").json() == {**webhook, "name": "New"}


@pytest.mark.parametrize("current", ["2", '"2"', 'W/"2"', "*"])
def test_if_match_lets_the_current_revision_pass(api, receiver, current):
    webhook = made(api)
    path = f"web-hooks/{webhook['id']}"
    assert api.put(path, {**BODY, "name": "Second"}, **{"If-Match": '"1"'}).status_code == 200
    assert api.put(path, {**BODY, "name": "Third"}, **{"If-Match": current}).json()["name"] == "Third"


def test_a_stale_if_match_changes_nothing(api, receiver):
    webhook = made(api)
    path = f"web-hooks/{webhook['id']}"
    api.put(path, {**BODY, "name": "Second"})
    response = api.put(path, {**BODY, "name": "Third"}, **{"If-Match": '"1"'})
    assert problem(response) == (412, plain("It was changed by somebody else since it was read."))
    assert api.get(path).json()["name"] == "Second"


@pytest.mark.parametrize("header", ["abc", "-1", "1.5", '"1', "", "99999999999999999999"])
def test_an_if_match_that_is_no_revision_is_refused(api, receiver, header):
    webhook = made(api)
    response = api.put(f"web-hooks/{webhook['id']}", BODY, **{"If-Match": header})
    assert problem(response) == (400, invalid("If-Match: Must be the revision of an earlier answer."))


def test_delete_takes_it_away(api, receiver):
    webhook = made(api)
    response = api.delete(f"web-hooks/{webhook['id']}")
    assert (response.status_code, response.content) == (204, b"")
    for method in (api.get, api.delete):
        assert problem(method(f"web-hooks/{webhook['id']}")) == (
            404,
            plain(f"Resource of type WebHook with id {webhook['id']} was not found."),
        )
    assert webhook["id"] not in json.dumps(api.get("web-hooks").json())


def test_a_webhook_that_a_channel_uses_stays(api, center):
    response = api.delete(f"web-hooks/{center.webhook.pk}")
    assert problem(response) == (409, plain("A channel uses this webhook."))
    assert api.get(f"web-hooks/{center.webhook.pk}").status_code == 200
    api.delete(f"channels/{center.channel.pk}")
    assert api.delete(f"web-hooks/{center.webhook.pk}").status_code == 204


def test_verify_tries_an_address_and_keeps_nothing(api, receiver):
    before = Webhook.objects.count()
    body = {"uri": BODY["uri"], "version": "v2.0"}
    response = api.post("web-hooks/verify", body)
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers
    receiver.status = 302
    assert problem(api.post("web-hooks/verify", body))[0] == 400
    assert len(receiver.posts) == 2
    assert Webhook.objects.count() == before


def test_private_addresses_are_refused(api, settings):
    settings.CONTACTCENTER_CHAT = {"ALLOW_PRIVATE_WEBHOOKS": False}
    response = api.post("web-hooks/verify", {"uri": "http://127.0.0.1:9/", "version": "v2.0"})
    status, body = problem(response)
    assert status == 400
    assert body["errors"][0].startswith("uri: ")


def test_no_transaction_is_open_while_the_address_is_tried(center, receiver, monkeypatch, django_db_blocker):
    """Also where the project wraps each request in a transaction."""
    from django.db import connection

    from contactcenter_chat.api.chat_api_v2.urls import wire_paths

    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    for pattern in wire_paths:
        assert pattern.callback._non_atomic_requests == {"default"}


def test_lists_are_paged(api, center):
    for number in range(5):
        make_webhook(center.tenant, name=f"W{number}")
    names = []
    for index in range(3):
        body = api.get(f"web-hooks?size=2&page={index}").json()
        assert body["page"] == {"pageSize": 2, "pageIndex": index, "elementCount": 6, "pageCount": 3}
        names += [webhook["name"] for webhook in body["data"]]
    assert names == ["Portal", "W0", "W1", "W2", "W3", "W4"]
    beyond = api.get("web-hooks?size=2&page=3").json()
    assert beyond == {"data": [], "page": {"pageSize": 2, "pageIndex": 3, "elementCount": 6, "pageCount": 3}}


def test_a_thousand_on_a_page_is_the_most(api, center):
    assert api.get("web-hooks?size=1000").json()["page"]["pageSize"] == 1000
    assert api.get("web-hooks?size=5000").json()["page"]["pageSize"] == 1000


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("size=", "size: Must be a whole number, 1 or more."),
        ("size=0", "size: Must be a whole number, 1 or more."),
        ("size=-1", "size: Must be a whole number, 1 or more."),
        ("size=abc", "size: Must be a whole number, 1 or more."),
        ("size=1.5", "size: Must be a whole number, 1 or more."),
        ("size=%D9%A3", "size: Must be a whole number, 1 or more."),
        ("page=-1", "page: Must be a whole number, 0 or more."),
        ("page=%00", "page: Must be a whole number, 0 or more."),
    ],
)
def test_wrong_page_numbers_are_named(api, query, error):
    for path in ("web-hooks", "channels", "conversations"):
        assert problem(api.get(f"{path}?{query}")) == (400, invalid(error))


def test_pages_far_beyond_the_end_are_empty(api):
    for path in ("web-hooks", "channels", "conversations"):
        body = api.get(f"{path}?page={'9' * 30}").json()
        assert body["data"] == []


def test_a_list_with_nothing_in_it(api, center):
    make_channel(center.tenant, center.queue, name="x")
    api.delete(f"channels/{center.channel.pk}")
    body = api.get("conversations").json()
    assert body == {"data": [], "page": {"pageSize": 20, "pageIndex": 0, "elementCount": 0, "pageCount": 0}}
