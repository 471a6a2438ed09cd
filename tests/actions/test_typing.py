"""Who types: at open desks, and to the application, once and without a trace."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import tasks
from contactcenter_chat.actions import typing
from contactcenter_chat.live import sending
from contactcenter_chat.models import Delivery, DeliveryAttempt, LogEntry, Receiver, Webhook
from contactcenter_chat.outbound import requests
from contactcenter_chat.wire.chat_api_v2 import FORMAT as CHAT_API_V2
from contactcenter_chat.wire.chat_gateway_v1 import FORMAT as CHAT_GATEWAY_V1
from tests.factories import accepted, make_agent, make_center, start_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    center = make_center("college")
    Webhook.objects.filter(pk=center.webhook.pk).update(version=CHAT_GATEWAY_V1.version)
    make_agent(center.tenant, center.queue)
    return center


@pytest.fixture
def chat(center):
    return accepted(start_conversation(center.channel))


@pytest.fixture
def posts(monkeypatch):
    posts = []

    def post(url, body, headers):
        posts.append((url, json.loads(body), headers))
        return requests.Response(duration_ms=1, status=500)

    monkeypatch.setattr("contactcenter_chat.outbound.requests.post", post)
    return posts


@pytest.fixture
def woken(monkeypatch):
    woken = []
    monkeypatch.setattr("contactcenter_chat.actions.typing.wakeup.wake_typing", lambda *about: woken.append(about))
    return woken


def everything():
    return [model.objects.count() for model in (LogEntry, Delivery, DeliveryAttempt)]


@pytest.mark.parametrize("types", [True, False])
def test_the_application_is_told_once(center, chat, posts, types):
    before = everything()
    tasks.tell_typing(chat.conversation_id, [chat.agent_id] if types else [])
    [(url, body, headers)] = posts
    assert url == center.webhook.uri
    assert isinstance(body.pop("timestamp"), int)
    users = [{"type": "agent", "id": chat.agent_id}] if types else []
    assert body == {
        "eventType": "ACTIVITY",
        "conversationId": chat.conversation_id,
        "data": {"name": "typing", "value": {"users": users}},
    }
    assert headers["X-8x8-Signature"]
    assert headers["X-8x8-Retry"] == "0"
    assert everything() == before  # also though it failed


@pytest.mark.parametrize(
    "change",
    [
        lambda webhook: Webhook.objects.filter(pk=webhook.pk).update(version=CHAT_API_V2.version),
        lambda webhook: Receiver.objects.filter(pk=webhook.pk).update(enabled=False),
        lambda webhook: Receiver.objects.filter(pk=webhook.pk).update(paused_until=timezone.now() + timedelta(days=1)),
        lambda webhook: Webhook.objects.filter(pk=webhook.pk).update(deleted_at="2026-01-01T00:00Z"),
    ],
)
def test_whoever_cannot_hear_of_it_is_not_told(center, chat, posts, change):
    change(center.webhook)
    tasks.tell_typing(chat.conversation_id, [chat.agent_id])
    assert posts == []


def test_only_who_handles_the_chat_types_in_it(center, chat, woken):
    other = make_agent(center.tenant, center.queue)
    typing.agent_types(chat.pk, other.pk, types=True)
    assert woken == []
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    assert woken == [(chat.conversation_id, (chat.agent_id,))]


def test_nothing_is_started_where_nobody_can_hear_of_it(center, chat, woken):
    Webhook.objects.update(version=CHAT_API_V2.version)
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    assert woken == []


def test_open_desks_are_told_for_how_long(monkeypatch):
    told = []
    monkeypatch.setattr(sending._sender, "add", lambda **about: told.append(about))
    typing.show_typing("c", "user")
    typing.show_thinking("c", "bot", 60)
    assert told == [{"signs": {"c": "typing user 8"}}, {"signs": {"c": "thinking bot 60"}}]
