"""A repeated request: the first answer again, byte for byte, and done once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.models import Channel, Conversation, IdempotencyRecord, Message, Webhook
from tests.factories import make_queue, start_conversation

from .caller import Caller, invalid, plain, problem

KEY = {"Idempotency-Key": "a0f04570-d330-11ea-87d0-0242ac130003"}


def channel_body(center, **changes):
    return {
        "name": "Löwe 👋",
        "webHookId": center.webhook.pk,
        "routingOptions": {"type": "queue", "id": center.queue.pk},
        **changes,
    }


def same(first, second):
    return (first.status_code, first.content, dict(first.headers)) == (
        second.status_code,
        second.content,
        dict(second.headers),
    )


def test_a_channel_is_made_once(api, center):
    first = api.post("channels", channel_body(center), **KEY)
    second = api.post("channels", channel_body(center), **KEY)
    assert first.status_code == 200
    assert same(first, second)
    assert Channel.objects.count() == 2


def test_a_conversation_is_started_once(api, center):
    first = api.post("conversations", {"channelId": center.channel.pk}, **KEY)
    second = api.post("conversations", {"channelId": center.channel.pk}, **KEY)
    assert first.status_code == 202
    assert same(first, second)
    assert Conversation.objects.count() == 1


def test_a_message_is_said_once(api, center):
    conversation = start_conversation(center.channel)
    path = f"conversations/{conversation.pk}/messages"
    first, second = (api.post(path, {"text": "Hello"}, **KEY) for _ in range(2))
    assert (first.status_code, first.content) == (202, b"")
    assert same(first, second)
    assert Message.objects.count() == 1
    assert api.post(path, {"text": "Hello"}).status_code == 202
    assert Message.objects.count() == 2


def test_a_webhook_is_verified_and_made_once(api, receiver):
    body = {"name": "Portal", "uri": "https://portal.example.org/", "version": "v2.0"}
    first = api.post("web-hooks", body, **KEY)
    receiver.status = 500
    second = api.post("web-hooks", body, **KEY)
    assert first.status_code == 200
    assert same(first, second)
    assert len(receiver.posts) == 1
    assert Webhook.objects.filter(name="Portal", receiver__uri=body["uri"]).count() == 1


def test_the_first_answer_is_given_even_when_things_have_changed(api, center):
    first = api.post("channels", channel_body(center), **KEY)
    api.delete(f"channels/{first.json()['id']}")
    assert same(first, api.post("channels", channel_body(center), **KEY))


def test_another_body_with_the_same_key_is_refused(api, center):
    conversation = start_conversation(center.channel)
    path = f"conversations/{conversation.pk}/messages"
    api.post(path, {"text": "Hello"}, **KEY)
    mismatch = (422, plain("This Idempotency-Key was used for another request."))
    assert problem(api.post(path, {"text": "Goodbye"}, **KEY)) == mismatch
    assert problem(api.post("channels", channel_body(center), **KEY))[0] == 422
    other = start_conversation(center.channel)
    assert problem(api.post(f"conversations/{other.pk}/messages", {"text": "Hello"}, **KEY)) == mismatch
    assert Message.objects.count() == 1


def test_what_was_refused_may_be_tried_again(api, center):
    body = channel_body(center, routingOptions={"id": "unknown"})
    assert api.post("channels", body, **KEY).status_code == 400
    assert not IdempotencyRecord.objects.exists()
    queue = make_queue(center.tenant)
    assert api.post("channels", channel_body(center, routingOptions={"id": queue.pk}), **KEY).status_code == 200


def test_keys_of_two_api_keys_do_not_meet(api, center, other):
    path = f"conversations/{start_conversation(center.channel).pk}/messages"
    api.post(path, {"text": "Hello"}, **KEY)
    theirs = f"conversations/{start_conversation(other.channel).pk}/messages"
    assert Caller(other).post(theirs, {"text": "Hello"}, **KEY).status_code == 202
    assert Message.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ä"])
def test_a_key_that_is_none_is_refused(api, center, key):
    response = api.post("conversations", {"channelId": center.channel.pk}, **{"Idempotency-Key": key})
    assert problem(response) == (400, invalid("Idempotency-Key: Must be 1 to 255 visible ASCII characters."))


def test_a_long_key_is_fine(api, center):
    headers = {"Idempotency-Key": "x" * 255}
    assert api.post("conversations", {"channelId": center.channel.pk}, **headers).status_code == 202


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_time_are_done_once(api, center):
    conversation = start_conversation(center.channel)
    together = threading.Barrier(6)

    def say(_number):
        caller = Caller(center)
        together.wait()
        try:
            return caller.post(f"conversations/{conversation.pk}/messages", {"text": "Hello"}, **KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(say, range(6)))
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 6
    assert Message.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_second_waits_for_the_first_and_gets_its_answer(center, monkeypatch):
    """While the first is at work the second has begun, and does nothing of its own."""
    begun, go_on = threading.Event(), threading.Event()
    start = conversations.start_conversation
    calls = []

    def slow(**arguments):
        calls.append(arguments)
        begun.set()
        assert go_on.wait(10)
        return start(**arguments)

    monkeypatch.setattr(conversations, "start_conversation", slow)

    def create():
        try:
            return Caller(center).post("conversations", {"channelId": center.channel.pk}, **KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(create)
        assert begun.wait(10)
        second = pool.submit(create)
        wait_until_one_waits_for_a_lock()
        assert not second.done()
        go_on.set()
        assert same(first.result(10), second.result(10))
    assert len(calls) == 1
    assert Conversation.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_second_does_it_when_the_first_fails(center, monkeypatch):
    conversation = start_conversation(center.channel)
    begun, go_on = threading.Event(), threading.Event()
    original, calls = messages.add_message, []

    def fails_first(**arguments):
        calls.append(arguments)
        if len(calls) == 1:
            begun.set()
            assert go_on.wait(10)
            raise RuntimeError("The first one fails.")
        return original(**arguments)

    monkeypatch.setattr(messages, "add_message", fails_first)

    def say():
        try:
            return Caller(center).post(f"conversations/{conversation.pk}/messages", {"text": "Hello"}, **KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(say)
        assert begun.wait(10)
        second = pool.submit(say)
        wait_until_one_waits_for_a_lock()
        go_on.set()
        assert first.result(10).status_code == 500
        assert second.result(10).status_code == 202
    assert Message.objects.count() == 1


def wait_until_one_waits_for_a_lock():
    """PostgreSQL says when a connection to this database waits for another's transaction."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits.")
