"""What clients of Chat Gateway v1 depend on, where the published description says otherwise or nothing."""

import json
import os
from pathlib import Path

import pytest
from django.test import Client

from tests.api.chat_api_v2.test_quirks import shape
from tests.factories import make_channel, start_conversation

from ..caller import problem
from .caller import HAL, VERSION, Gateway, items, text


@pytest.mark.parametrize(
    "accept", ["application/json", "application/hal+json", "application/problem+json", "*/*", "text/html", "x", ""]
)
def test_406_is_never_answered(gateway, accept):
    found = gateway.get("channels", Accept=accept)
    assert (found.status_code, found["Content-Type"]) == (200, HAL)
    missing = gateway.get("channels/x", Accept=accept)
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("content", [b"", b"ignored"])
def test_a_get_may_come_with_a_content_type(gateway, content):
    assert gateway.call("GET", "channels", content, content_type="application/json").status_code == 200


def test_a_thousand_on_a_page(gateway):
    for path in ("webhooks", "channels", "conversations"):
        assert gateway.get(f"{path}?size=1000&page=0").json()["page"]["size"] == 1000


def test_a_list_without_anything_has_its_list(gateway, center):
    conversation = start_conversation(center.channel)
    for path, name in (
        ("webhooks?filter=name==nobody", "webhooks"),
        ("conversations?filter=state==created", "conversations"),
        (f"conversations/{conversation.pk}/messages", "messages"),
        (f"conversations/{conversation.pk}/interactions?page=9", "interactions"),
    ):
        assert items(gateway.get(path), name) == []


@pytest.mark.parametrize("slashes", ["//", "///"])
def test_doubled_slashes_in_front_are_overlooked(gateway, center, slashes):
    response = gateway.http.get(
        "/", PATH_INFO=f"{slashes}chat-gateway/v1/channels", headers={"x-api-key": gateway.key}
    )
    assert items(response, "channels")[0]["id"] == center.channel.pk


def test_sessions_cookies_and_csrf_play_no_part(gateway, center):
    gateway.http = Client(enforce_csrf_checks=True)
    response = gateway.post("conversations", {"channelId": center.channel.pk})
    assert (response.status_code, dict(response.cookies)) == (202, {})


def test_numbers_and_unknown_members_are_taken(gateway, center):
    body = {"channelId": center.channel.pk, "user": {"name": 5, "additionalProperties": None, "x": {}}, "x": []}
    conversation_id = gateway.post("conversations", body).json()["conversationId"]
    user = gateway.get(f"conversations/{conversation_id}").json()["user"]
    assert user == {"name": "5", "additionalProperties": []}


def test_a_receiver_may_ask_for_a_conversation_that_has_ended(gateway, center):
    conversation = start_conversation(center.channel)
    gateway.patch(f"conversations/{conversation.pk}/participants/user", {"removed": True})
    assert gateway.get(f"conversations/{conversation.pk}").json()["state"] == "idle"


def load(name):
    folder = Path(os.environ["CONTACTCENTER_SPEC_DIR"]) / "payloads"
    return json.loads((folder / f"{name}.json").read_text())["payload"]


@pytest.mark.spec
def test_answers_have_the_shapes_of_the_published_payloads(gateway, center):
    center.webhook.version = VERSION
    center.webhook.save()
    created = gateway.post("conversations", {"channelId": center.channel.pk}).json()
    assert shape(created) == shape(load("chat_gateway_v1/response_conversation_created"))
    listed = gateway.get("webhooks").json()
    assert shape(listed) == shape(load("chat_gateway_v1/response_webhooks_list"))


@pytest.mark.spec
def test_the_documented_conversation_is_taken(gateway, center):
    make_channel(center.tenant, center.queue)
    body = load("chat_gateway_v1/request_create_conversation_docs")
    body["channelId"], body["assignment"]["id"] = center.channel.pk, f" {center.queue.pk}"
    conversation_id = gateway.post("conversations", body).json()["conversationId"]
    user = gateway.get(f"conversations/{conversation_id}").json()["user"]
    for each in (user, body["user"]):
        each["additionalProperties"].sort(key=lambda pair: pair["key"])
    assert user == body["user"]


@pytest.mark.spec
def test_problems_have_the_shapes_of_the_published_payloads(gateway, center, other):
    path = f"conversations/{start_conversation(center.channel).pk}"
    found = {
        "UnauthorizedResponse": (401, Gateway(center, key="x").get("channels")),
        "ForbiddenRequestResponse": (403, gateway.get("channels", **{"X-8x8-Tenant": "museum"})),
        "ResourceNotFoundResponse": (404, gateway.get("channels/x")),
        "ResourceNotFoundExceptionResponse": (404, gateway.post("conversations/aaa/typing", {})),
        "GeneralErrorResponse": (400, gateway.put(f"channels/{center.channel.pk}", {})),
        "ValidationExceptionPayload": (400, gateway.post("channels", {})),
        "BadRequestResponse": (400, gateway.post(f"{path}/messages", {"authorType": "ghfgh"})),
        "InvalidParameterExceptionResponse": (400, gateway.post(f"{path}/typing", {})),
    }
    for name, (status, response) in found.items():
        published = load(f"errors/gateway_v1_{name}")
        assert (response.status_code, response["Content-Type"]) == (status, published["content_type"])
        assert shape(response.json()) == shape(published["body"]), name
    denied = found["UnauthorizedResponse"][1].json()
    published = load("errors/gateway_v1_UnauthorizedResponse")["body"]
    assert {**denied, "referenceId": ""} == {**published, "referenceId": ""}


@pytest.mark.parametrize(
    "path",
    [
        "/cc/v1/nothing",
        "/cc",
        "/cc/v1/users/",
        "/cc/v1/stats/rt/queue/",
        "/chat-gateway/v2/webhooks",
        "/chat-gateway",
    ],
)
def test_unknown_paths_of_neighbouring_apis_get_json(gateway, path):
    assert problem(gateway.get(path)) == (404, text(f"There is nothing at {path}."))
