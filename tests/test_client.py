"""The client of the Chat API v2, against the served API."""

import pytest
import requests

from contactcenter_chat.client import ApiError, ChatApiClient
from contactcenter_chat.models import Channel, Conversation, Webhook
from contactcenter_chat.simulation import receiver
from tests import factories

# In memory, SQLite has one connection; the live server's threads would still hold it when the test is over.
pytestmark = pytest.mark.postgresql


@pytest.fixture
def center(transactional_db):
    return factories.make_center()


@pytest.fixture
def api(center, live_server):
    return ChatApiClient(live_server.url, center.tenant.label, center.key, center.secret)


@pytest.fixture
def callbacks(settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "ALLOW_PRIVATE_WEBHOOKS": True}
    with receiver.running() as running:
        yield running


def test_a_webhook_is_created_found_again_and_pointed_elsewhere(api, callbacks):
    created = api.ensure_webhook("Site", callbacks.url)
    assert api.ensure_webhook("Site", callbacks.url) == created
    assert Webhook.objects.get(pk=created).revision == 1

    assert api.ensure_webhook("Site", f"{callbacks.url}other") == created
    webhook = Webhook.objects.get(pk=created)
    assert (webhook.uri, webhook.revision) == (f"{callbacks.url}other", 2)


def test_a_channel_is_created_found_again_and_given_another_queue(api, center):
    other = factories.make_queue(center.tenant)
    created = api.ensure_channel("Site", center.webhook.pk, center.queue.pk)
    assert api.ensure_channel("Site", center.webhook.pk, center.queue.pk) == created
    assert Channel.objects.get(pk=created).revision == 1

    assert api.ensure_channel("Site", center.webhook.pk, other.pk) == created
    assert Channel.objects.get(pk=created).queue == other


def test_a_conversation_from_start_to_leaving(api, center):
    conversation_id = api.start_conversation(center.channel.pk, {"name": "Rosa"}, [("bot", "Hello")])
    api.say(conversation_id, "one")
    api.say(conversation_id, "two", author_type="bot")
    api.leave(conversation_id)

    assert api.conversation(conversation_id)["customer"] == {"name": "Rosa"}
    said = [(message["authorType"], message["originalText"]) for message in api.messages(conversation_id)]
    assert said == [("bot", "Hello"), ("user", "one"), ("bot", "two")]
    assert Conversation.objects.get().state == "idle"


def test_the_public_key_needs_no_token(center, live_server):
    api = ChatApiClient(live_server.url, center.tenant.label, "nobody", "nothing")
    key = center.tenant.signing_keys.get()
    assert api.jwk(key.pk) == key.public_jwk


def test_an_error_answer_is_an_error_with_its_status(api, center, live_server):
    with pytest.raises(ApiError, match="was not found") as error:
        api.conversation("x" * 22)
    assert error.value.status == 404

    stranger = ChatApiClient(live_server.url, center.tenant.label, center.key, "wrong")
    with pytest.raises(ApiError) as error:
        stranger.webhooks()
    assert error.value.status == 401


def test_one_token_serves_until_it_is_about_to_expire(api, monkeypatch):
    paths = []
    request = requests.Session.request
    monkeypatch.setattr(
        requests.Session,
        "request",
        lambda self, method, url, **o: paths.append(url) or request(self, method, url, **o),
    )
    api.webhooks()
    api.channels()
    assert [url.rpartition("/")[2] for url in paths] == ["token", "web-hooks", "channels"]

    api._token._renew_at = 0.0
    api.webhooks()
    assert [url.rpartition("/")[2] for url in paths[3:]] == ["token", "web-hooks"]


def test_the_reason_of_what_is_nested_too_deeply_to_be_read_is_all_of_it():
    response = requests.Response()
    response.status_code, response._content = 502, b"[" * 5000
    assert ApiError("GET", "channels", response).reason == "[" * 5000
