import pytest
from django.utils import timezone

from contactcenter_chat import models
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.upkeep.redelivery import redeliver
from contactcenter_chat.deliveries import draining
from contactcenter_chat.models import Delivery, Lane
from contactcenter_chat.workers import wakeup
from tests import factories
from tests.receiver import Receiver, Say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def conf(settings):
    settings.CONTACTCENTER_CHAT = {"ALLOW_PRIVATE_WEBHOOKS": True, "LIVE_HINTS": False, "DELIVERY_THREADS": 1}


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def conversation(receiver):
    """One whose two events have been delivered."""
    center = factories.make_center()
    models.Receiver.objects.update(uri=receiver.url)
    factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    draining.drain()
    return conversation


def events_of(receiver):
    return [got.event["eventType"] for got in receiver.got]


def test_what_was_delivered_goes_out_again_with_the_same_event_id_in_order(conversation, receiver):
    assert redeliver(Delivery.objects.order_by("-number")) == 2
    assert draining.drain() == 2
    assert events_of(receiver) == ["QUEUED", "AGENT_JOINED"] * 2
    assert receiver.got[2].event_id == receiver.got[0].event_id
    assert [got.retry for got in receiver.got] == [0, 0, 0, 0]


def test_one_by_its_id(conversation, receiver):
    joined = Delivery.objects.get(event_type="AGENT_JOINED")
    assert redeliver([joined.pk]) == 1
    draining.drain()
    assert events_of(receiver) == ["QUEUED", "AGENT_JOINED", "AGENT_JOINED"]


def test_what_was_dead_starts_over_with_its_schedule(conversation, receiver):
    Delivery.objects.update(state=Delivery.State.DEAD, attempts_made=15)
    receiver.answer = Say(500)
    redeliver(Delivery.objects.filter(event_type="QUEUED"))
    draining.drain()
    again = Delivery.objects.get(event_type="QUEUED")
    assert (again.state, again.attempts_made) == (Delivery.State.PENDING, 1)


def test_what_is_pending_is_due_now_and_keeps_its_attempts(conversation, receiver):
    receiver.answer = Say(500)
    redeliver(Delivery.objects.filter(event_type="QUEUED"))
    draining.drain()
    assert Lane.objects.get().due_at > timezone.now()
    assert redeliver(Delivery.objects.filter(state=Delivery.State.PENDING)) == 1
    assert Lane.objects.get().due_at <= timezone.now()
    assert Delivery.objects.get(event_type="QUEUED").attempts_made == 1


def test_what_was_erased_stays_unsent(conversation, receiver):
    erase_conversation(conversation_id=conversation.pk)
    assert redeliver(Delivery.objects.all()) == 0
    assert draining.drain() == 0
    assert len(receiver.got) == 2


def test_workers_are_woken_only_when_there_is_something(conversation, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake_delivery", lambda: woken.append(True))
    redeliver([])
    assert woken == []
    redeliver(Delivery.objects.all())
    assert woken == [True]


def test_more_than_one_transaction_full(conversation, receiver, monkeypatch):
    monkeypatch.setattr("contactcenter_chat.actions.upkeep.redelivery.AT_ONCE", 1)
    assert redeliver(Delivery.objects.all()) == 2
    draining.drain()
    assert events_of(receiver) == ["QUEUED", "AGENT_JOINED"] * 2
