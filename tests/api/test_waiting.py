"""Where does who waits stand, and is anybody there? Our own two operations, on both wires."""

from datetime import timedelta

import pytest

from contactcenter_chat.actions.center.departments import save_department
from contactcenter_chat.models import Department, OpeningHours, Queue
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.wire.base import iso_time
from tests.factories import (
    accepted,
    busy_agent,
    chat_history,
    make_agent,
    make_queue,
    renew_snapshots,
    start_conversation,
)

from .chat_gateway_v1.caller import Gateway

NOWHERE = {
    "queueId": None,
    "queueName": None,
    **dict.fromkeys(("departmentId", "departmentName")),
    "isOpen": None,
    "openUntil": None,
    "opensAt": None,
    "isFollowUp": False,
    "position": None,
    "isPositionExact": True,
    "estimate": None,
    "alternatives": [],
}


@pytest.fixture(params=["v2", "v1"])
def client(request, api, center):
    """A client of each wire."""
    return api if request.param == "v2" else Gateway(center)


def is_open(queue):
    named = {"queueId": queue.pk, "queueName": queue.name, "departmentId": None, "departmentName": None}
    return {**named, "isOpen": True, "openUntil": None, "opensAt": None}


def minutes(low, high):
    return {"fromMinutes": low, "toMinutes": high, "isRough": False}


def test_a_channel_whose_queue_is_always_open(client, center):
    path = f"channels/{center.channel.pk}/availability"
    response = client.get(path)
    assert response.status_code == 200
    assert response.json() == {"channelId": center.channel.pk, **is_open(center.queue), "estimate": None}
    chat_history(center)
    make_agent(center.tenant, center.queue)
    renew_snapshots()
    assert client.get(path).json()["estimate"] == minutes(1, 1)


def test_a_channel_whose_queue_is_closed(client, center):
    chat_history(center)
    make_agent(center.tenant, center.queue)
    opens = database_now() + timedelta(hours=3)
    Queue.objects.filter(pk=center.queue.pk).update(is_closed=True, opens_at=opens, turns_at=opens)
    assert client.get(f"channels/{center.channel.pk}/availability").json() == {
        "channelId": center.channel.pk,
        **is_open(center.queue),
        "isOpen": False,
        "opensAt": iso_time(opens),
        "estimate": None,
    }


def test_a_channel_whose_queue_closes_later(client, center):
    closes = database_now() + timedelta(hours=3)
    Queue.objects.filter(pk=center.queue.pk).update(turns_at=closes)
    told = client.get(f"channels/{center.channel.pk}/availability").json()
    assert (told["isOpen"], told["openUntil"], told["opensAt"]) == (True, iso_time(closes), None)


def test_a_channel_whose_queue_would_not_answer_before_it_closes(client, center):
    chat_history(center, seconds=3600)
    busy_agent(center)
    before = start_conversation(center.channel)
    closes = database_now() + timedelta(minutes=5)
    Queue.objects.filter(pk=center.queue.pk).update(turns_at=closes, hours=nightly(center, closes))
    opens = iso_time(closes.replace(second=0, microsecond=0) + timedelta(hours=23))
    closed = {**is_open(center.queue), "isOpen": False, "openUntil": None, "opensAt": opens}
    path = f"channels/{center.channel.pk}/availability"
    assert client.get(path).json() == {"channelId": center.channel.pk, **closed, "estimate": None}
    after = start_conversation(center.channel)
    told = client.get(f"conversations/{after.pk}/waiting").json()
    assert {name: told[name] for name in (*closed, "position")} == {**closed, "position": None}
    told = client.get(f"conversations/{before.pk}/waiting").json()
    assert (told["isOpen"], told["openUntil"], told["position"]) == (True, iso_time(closes), 1)
    Queue.objects.filter(pk=center.queue.pk).update(closing_seconds=60)
    told = client.get(path).json()
    assert (told["isOpen"], told["openUntil"], told["opensAt"]) == (True, iso_time(closes), None)
    assert told["estimate"] is not None


def nightly(center, closes):
    """Hours that close at that time of every day, after an hour."""
    period = [f"{closes - timedelta(hours=1):%H:%M}", f"{closes:%H:%M}"]
    weekly = {str(day): [period] for day in range(7)}
    return OpeningHours.objects.create(tenant=center.tenant, name="Office", weekly=weekly)


def test_the_department_of_the_queue(client, center):
    department = Department(tenant=center.tenant, name="Finance")
    save_department(department, queues=[center.queue], entry=center.queue)
    conversation = start_conversation(center.channel)
    for path in (f"channels/{center.channel.pk}/availability", f"conversations/{conversation.pk}/waiting"):
        told = client.get(path).json()
        assert (told["departmentId"], told["departmentName"]) == (department.pk, "Finance")


def test_where_who_waits_stands_with_queues_that_are_shorter(client, center):
    chat_history(center)
    busy_agent(center)
    short, longer = make_queue(center.tenant, "Short"), make_queue(center.tenant, "Longer")
    for queue in (short, longer):
        chat_history(center, seconds=60 if queue is short else 600, queue=queue)
        busy_agent(center, queue=queue)
    Queue.objects.filter(pk=make_queue(center.tenant, "Closed").pk).update(is_closed=True)
    waiting = [start_conversation(center.channel) for _ in range(2)][1]
    response = client.get(f"conversations/{waiting.pk}/waiting")
    assert response.status_code == 200
    assert response.json() == {
        "conversationId": waiting.pk,
        "state": "waiting",
        **is_open(center.queue),
        "isFollowUp": False,
        "position": 2,
        "isPositionExact": True,
        "estimate": minutes(10, 10),
        "alternatives": [{"queueId": short.pk, "queueName": "Short", "estimate": minutes(1, 1)}],
    }


def test_what_an_agent_has_stands_nowhere(client, center):
    make_agent(center.tenant, center.queue)
    conversation = start_conversation(center.channel)
    accepted(conversation)
    told = client.get(f"conversations/{conversation.pk}/waiting").json()
    assert told == NOWHERE | {"conversationId": conversation.pk, "state": "handling", **is_open(center.queue)}


def test_a_conversation_in_which_nothing_goes_on(client, center):
    conversation = start_conversation(center.channel)
    type(conversation).objects.update(open_interaction=None)
    told = client.get(f"conversations/{conversation.pk}/waiting").json()
    assert told == NOWHERE | {"conversationId": conversation.pk, "state": "none"}


@pytest.mark.parametrize("path", ["conversations/x/waiting", "channels/x/availability"])
def test_what_is_not_there(client, path):
    assert client.get(path).status_code == 404


def test_as_much_is_asked_however_many_queues_there_are(api, center, django_assert_num_queries):
    chat_history(center)
    busy_agent(center)
    waiting = start_conversation(center.channel)
    path = f"conversations/{waiting.pk}/waiting"
    api.get(path)
    with django_assert_num_queries(6):
        api.get(path)
    for _ in range(3):
        make_queue(center.tenant)
    with django_assert_num_queries(6):
        api.get(path)
