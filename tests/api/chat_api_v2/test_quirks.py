"""What existing clients and receivers depend on, where the published description says otherwise or nothing."""

import json
import os
from pathlib import Path

import pytest
from django.test import Client

from contactcenter_chat import events
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import Delivery, SigningKey
from tests.factories import accepted, make_agent, start_conversation

from ..caller import basic, problem


@pytest.mark.parametrize(
    "accept", ["application/json", "application/hal+json", "application/problem+json", "*/*", "text/html", "x", ""]
)
def test_406_is_never_answered(api, accept):
    found = api.get("channels", Accept=accept)
    assert (found.status_code, found["Content-Type"]) == (200, "application/json")
    missing = api.get("channels/x", Accept=accept)
    assert problem(missing)[0] == 404
    assert api.get(f"{api.root}jwk/x/public", Accept=accept).status_code == 404


@pytest.mark.parametrize("content", [b"", b"ignored"])
def test_a_get_may_come_with_a_content_type(api, content):
    response = api.call("GET", "channels", content, content_type="application/json")
    assert response.status_code == 200


@pytest.mark.parametrize("region", ["us", "eu", "ca", "ap"])
def test_all_regions_are_the_same_one(api, center, region):
    path = f"/vcc/{region}/chat/v2/tenant/college/channels/{center.channel.pk}"
    assert api.get(path).json()["id"] == center.channel.pk


@pytest.mark.parametrize("slashes", ["//", "///"])
def test_doubled_slashes_in_front_are_overlooked(api, center, slashes):
    def get(path):
        # The test client would take the first part for a host.
        headers = {"Authorization": f"Bearer {api.token}", "x-api-key": center.key}
        return api.http.get("/", PATH_INFO=slashes + path, headers=headers)

    assert get("vcc/us/chat/v2/tenant/college/channels").json()["data"][0]["id"] == center.channel.pk
    key = SigningKey.objects.get()
    assert get(f"chat-gateway/v1/jwk/{key.pk}/public").json()["kid"] == key.pk
    assert problem(get("vcc/us/chat/v2/tenant/college/conversations/undefined"))[0] == 404
    assert problem(get("chat-gateway/v1/conversations/undefined"))[0] == 404
    assert problem(get("oauth/v2/token"))[0] == 405


def test_one_token_is_good_for_a_whole_chat(api, center):
    for _ in range(3):
        conversation_id = api.post("conversations", {"channelId": center.channel.pk}).json()["conversationId"]
        assert api.post(f"conversations/{conversation_id}/messages", {"text": "Hello"}).status_code == 202


def test_a_receiver_may_ask_for_a_conversation_that_has_ended(api, center):
    conversation = start_conversation(center.channel)
    api.delete(f"conversations/{conversation.pk}/participants/customer")
    assert api.get(f"conversations/{conversation.pk}").json()["id"] == conversation.pk


def test_sessions_cookies_and_csrf_play_no_part(api, center):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        f"{api.below}conversations",
        json.dumps({"channelId": center.channel.pk}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
    )
    assert response.status_code == 202
    assert not response.cookies


def test_the_projects_settings_of_drf_change_nothing(api, center, settings):
    settings.REST_FRAMEWORK = {
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.StaticHTMLRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.MultiPartParser"],
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
        "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
        "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
        "EXCEPTION_HANDLER": "nowhere.handler",
        "UNAUTHENTICATED_USER": None,
    }
    for _ in range(3):
        assert api.post("conversations", {"channelId": center.channel.pk}).status_code == 202
    assert problem(api.get("channels/x"))[0] == 404


def test_bodies_are_compact_and_in_raw_utf8(api, center):
    conversation_id = api.post(
        "conversations", {"channelId": center.channel.pk, "customer": {"name": "Zoë 👋"}}
    ).json()["conversationId"]
    content = api.get(f"conversations/{conversation_id}").content.decode()
    assert '"customer":{"name":"Zoë 👋"}' in content


def test_an_agents_name_is_first_and_last_joined_by_a_comma(center):
    make_agent(center.tenant, center.queue, first_name="Cosmin", last_name="Malutan")
    conversation = start_conversation(center.channel)
    interaction = accepted(conversation)
    add_message(conversation_id=conversation.pk, author_type=events.AGENT, text="Hi", agent=interaction.agent)
    bodies = [json.loads(delivery.body) for delivery in Delivery.objects.order_by("number")]
    assert [body.get("agentName") for body in bodies] == [None, "Cosmin,Malutan", "Cosmin,Malutan"]


def load(folder, name):
    return json.loads((Path(folder) / "payloads" / name).read_text())["payload"]


def shape(value):
    """A body's names and types, without its values."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


@pytest.fixture
def spec_dir():
    return os.environ["CONTACTCENTER_SPEC_DIR"]


@pytest.mark.spec
def test_answers_have_the_shapes_of_the_published_payloads(api, center, spec_dir):
    for name in ("name", "customerId", "email", "company", "caseId", "language"):
        assert name in load(spec_dir, "chat_api_v2/response_conversation.json")["customer"]
    customer = dict.fromkeys(("name", "customerId", "email", "company", "caseId", "language"), "x")
    created = api.post("conversations", {"channelId": center.channel.pk, "customer": customer}).json()
    api.delete(f"conversations/{created['conversationId']}/participants/customer")
    found = {
        "response_conversation.json": api.get(f"conversations/{created['conversationId']}").json(),
        "response_channels_list.json": api.get("channels").json(),
        "response_jwk.json": api.get(f"{api.root}jwk/{SigningKey.objects.get().pk}/public").json(),
        "response_oauth_token.json": token_of(center),
    }
    for name, body in found.items():
        assert shape(body) == shape(load(spec_dir, f"chat_api_v2/{name}")), name


def token_of(center):
    form = "application/x-www-form-urlencoded"
    headers = {"Authorization": basic(center.key, center.secret)}
    return Client().post("/oauth/v2/token", "grant_type=client_credentials", form, headers=headers).json()


@pytest.mark.spec
def test_problems_have_the_shapes_of_the_published_payloads(api, center, other, monkeypatch, spec_dir):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("contactcenter_chat.queries.api.webhook", fail)
    found = {
        "UnauthorizedResponse": (401, api.get("channels", Authorization="Bearer x")),
        "ForbiddenRequestResponse": (403, api.get(f"{api.root}tenant/museum/channels")),
        "ResourceNotFoundResponse": (404, api.get("channels/x")),
        "RequestValidationV2Problem": (400, api.put(f"channels/{center.channel.pk}", {})),
        "ValidationExceptionPayload": (400, api.post("channels", {})),
        "RequestOAuthProblem": (401, api.post("/oauth/v2/token")),
        "InternalServerErrorResponse": (500, api.get("web-hooks/x")),
        "jwk_404": (404, api.get(f"{api.root}jwk/EXaiWfZe20eSjklZ70074w/public")),
    }
    for name, (status, response) in found.items():
        published = load(spec_dir, f"errors/chatapi_v2_{name}.json")
        assert (response.status_code, response["Content-Type"]) == (status, published["content_type"])
        assert shape(response.json()) == shape(published["body"]), name
    unauthorized = load(spec_dir, "errors/chatapi_v2_UnauthorizedResponse.json")["body"]
    assert found["UnauthorizedResponse"][1].json() == unauthorized
    assert found["jwk_404"][1].json() == load(spec_dir, "errors/chatapi_v2_jwk_404.json")["body"]
