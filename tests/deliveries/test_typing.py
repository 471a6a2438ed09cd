"""Who types is told to the application, once and without a trace; a receiver that hangs holds up nobody."""

import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import tasks
from contactcenter_chat.actions import typing
from contactcenter_chat.deliveries import typing as told_typing
from contactcenter_chat.models import Delivery, DeliveryAttempt, LogEntry, Receiver, TypingSign, Webhook
from contactcenter_chat.models.clock import NOW
from contactcenter_chat.outbound import requests
from contactcenter_chat.queries.assignment import Told
from contactcenter_chat.wire.chat_api_v2 import FORMAT as CHAT_API_V2
from contactcenter_chat.wire.chat_gateway_v1 import FORMAT as CHAT_GATEWAY_V1
from contactcenter_chat.workers import wakeup
from tests.factories import accepted, make_agent, make_center, start_conversation

from .test_leases import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def conf(settings):
    """Set some of the app's settings."""

    def change(**values):
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, **values}

    change(DELIVERY_THREADS=1)
    return change


def make_hearing_center(label="college"):
    center = make_center(label)
    Webhook.objects.filter(pk=center.webhook.pk).update(version=CHAT_GATEWAY_V1.version)
    make_agent(center.tenant, center.queue)
    return center


@pytest.fixture
def center():
    return make_hearing_center()


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


def everything():
    return [model.objects.count() for model in (LogEntry, Delivery, DeliveryAttempt)]


@pytest.mark.parametrize("types", [True, False])
def test_the_application_is_told_once(center, chat, posts, types):
    before = everything()
    typing.agent_types(chat.pk, chat.agent_id, types=types)
    tasks.tell_typing()
    tasks.tell_typing()
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


def test_that_a_bot_thinks_is_told_as_well(center, chat, posts):
    typing.bot_thinks(chat.conversation_id, "helper", 20)
    tasks.tell_typing()
    [(_url, body, _headers)] = posts
    assert body["data"] == {"name": "typing", "value": {"users": [{"type": "bot", "id": "helper"}]}}
    assert not TypingSign.objects.exists()


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
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    change(center.webhook)
    tasks.tell_typing()
    assert posts == []
    assert not TypingSign.objects.exists()


def test_of_many_signs_the_newest_is_told(chat, posts):
    for _ in range(5):
        typing.agent_types(chat.pk, chat.agent_id, types=True)
    typing.agent_types(chat.pk, chat.agent_id, types=False)
    tasks.tell_typing()
    assert [body["data"]["value"]["users"] for _url, body, _headers in posts] == [[]]


def test_nobody_is_told_late(chat, posts):
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    TypingSign.objects.update(said_at=NOW - timedelta(seconds=typing.TYPING_SECONDS))
    tasks.tell_typing()
    assert posts == []
    assert not TypingSign.objects.exists()


def test_one_that_fails_keeps_nobody_from_being_told(center, chat, posts, monkeypatch, caplog):
    other = start_conversation(center.channel)
    TypingSign.objects.say(other.pk, "agent", ["a"])
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    tell = told_typing.tell

    def fail_first(sign):
        if sign.conversation_id == other.pk:
            raise RuntimeError("broken")
        tell(sign)

    monkeypatch.setattr(told_typing, "tell", fail_first)
    tasks.tell_typing()
    assert [body["conversationId"] for _url, body, _headers in posts] == [chat.conversation_id]
    assert f"Who types in conversation {other.pk} was not told" in caplog.text


@pytest.mark.parametrize("broken", ["decrypt", "post_once"])
def test_nor_does_a_receiver_of_a_conversation_the_others(broken, center, chat, posts, monkeypatch, caplog):
    both = {each.pk for each in (center.webhook, make_hearing_center("school").webhook)}
    told = [Told(pk, CHAT_GATEWAY_V1.version) for pk in both]
    usual, calls = getattr(told_typing, broken), []

    def fail_first(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError("broken")
        return usual(*args, **kwargs)

    monkeypatch.setattr(told_typing, "receivers_of", lambda conversation: told)
    monkeypatch.setattr(told_typing, broken, fail_first)
    TypingSign.objects.say(chat.conversation_id, "agent", ["a"])
    tasks.tell_typing()
    assert len(posts) == 1
    assert any(f"Receiver {pk} was not told who types" in caplog.text for pk in both)


def test_the_clock_wakes_for_what_waits(chat, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_typing", lambda: woken.append("typing"))
    told_typing.wake_if_due()
    assert woken == []
    typing.agent_types(chat.pk, chat.agent_id, types=True)
    told_typing.wake_if_due()
    assert woken == ["typing"]


@pytest.fixture
def hanging(monkeypatch, conf):
    """Receivers of one centre hang until they are let go; who was asked, in order."""
    conf(DELIVERY_THREADS=4)
    monkeypatch.setattr(told_typing, "_being_told", told_typing.BeingTold())
    monkeypatch.setattr(told_typing, "_threads", told_typing.Threads("typing", lambda: 4))
    asked, go_on, some = [], threading.Event(), threading.Condition()

    def tell(sign):
        with some:
            asked.append(sign.conversation_id)
            some.notify_all()
        if sign.conversation.tenant.label == "college":
            go_on.wait(20)

    def wait_for(count):
        with some:
            assert some.wait_for(lambda: len(asked) >= count, 20)
        return list(asked)

    monkeypatch.setattr(told_typing, "tell", tell)
    yield wait_for
    go_on.set()
    told_typing._threads.finish()


def type_in(center, count=1):
    chats = [start_conversation(center.channel).pk for _ in range(count)]
    for pk in chats:
        TypingSign.objects.say(pk, "agent", ["a"])
    return chats


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_tenant_has_half_of_the_threads(center, hanging):
    type_in(center, 3)
    tasks.tell_typing()
    assert len(hanging(2)) == 2
    (other,) = type_in(make_hearing_center("school"))
    tasks.tell_typing()
    assert hanging(3)[2] == other
    tasks.tell_typing()
    assert TypingSign.objects.count() == 1  # the third waits for one of the two


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_conversation_has_one_thread_so_that_the_order_stays(center, hanging):
    (pk,) = type_in(center)
    tasks.tell_typing()
    assert hanging(1) == [pk]
    TypingSign.objects.say(pk, "agent", [])
    tasks.tell_typing()
    assert TypingSign.objects.get().agent_ids == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_process_may_do_several_tasks_at_once(center, conf, monkeypatch):
    conf(DELIVERY_THREADS=8)
    monkeypatch.setattr(told_typing, "_being_told", told_typing.BeingTold())
    told = []
    monkeypatch.setattr(told_typing, "tell", lambda sign: told.append(sign.conversation_id))
    chats = type_in(center, 40)
    in_threads(*[tell_until_none_is_left] * 4)
    told_typing._threads.finish()
    assert sorted(told) == sorted(chats)


def tell_until_none_is_left():
    while TypingSign.objects.exists():
        tasks.tell_typing()
