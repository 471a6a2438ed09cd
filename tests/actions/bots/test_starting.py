"""How does the business begin a conversation?"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from contactcenter_chat.actions.bots import ends
from contactcenter_chat.actions.bots.starting import start_with_bot
from contactcenter_chat.actions.customers import find_or_create_customer
from contactcenter_chat.actions.upkeep.erasure import erase_customer
from contactcenter_chat.bots.base import QuickReply
from contactcenter_chat.exceptions import Closed, IdempotencyMismatch, Invalid, NotFound, OptedOut
from contactcenter_chat.models import (
    BotSpell,
    BusinessStart,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Interaction,
    Queue,
    Webhook,
    clock,
)
from contactcenter_chat.queries.identity import names_for
from tests import factories
from tests.facts import facts, fresh, refused

from .conftest import DISCLOSED, said, says, take_turns

READY = "Your room is ready."


@pytest.fixture
def channel(center, bot):
    Channel.objects.update(bot="helper")
    return Channel.objects.get()


@pytest.fixture
def customer(channel):
    data = {"customerId": "42", "name": "Grace", "email": "grace@example.org", "language": "en"}
    return find_or_create_customer(tenant=channel.tenant, data=data, names=names_for(channel))


def begin(channel, customer, key="room 7", text=READY, **options):
    return start_with_bot(channel=channel, customer=customer, text=text, key=key, **options)


def test_the_bot_says_what_it_is_and_then_its_words(channel, customer):
    conversation = begin(channel, customer, quick_replies=[QuickReply("Thanks", "thanks")])
    assert said(conversation) == [DISCLOSED, READY]
    kinds = [kind for _number, kind, _interaction, _data in facts(conversation)]
    assert kinds == [
        "conversation.started",
        "conversation.assigned",
        "message.added",
        "bot.disclosed",
        "message.added",
    ]
    assert fresh(conversation, "state", "control", "control_holder", "language") == ("active", "bot", "helper", "en")
    assert conversation.customer == customer
    assert not Interaction.objects.exists()


def test_the_application_is_told_that_it_exists_first(channel, customer):
    conversation = begin(channel, customer)
    bodies = [each.body for each in Delivery.objects.filter(conversation=conversation).order_by("number")]
    told = [
        (body["eventType"], body["data"].get("state", body["data"].get("text"))) for body in map(json.loads, bodies)
    ]
    assert told == [
        ("CONVERSATION_UPDATE", "created"),
        ("CONVERSATION_UPDATE", "active"),
        ("MESSAGE", DISCLOSED),
        ("MESSAGE", READY),
    ]
    assert json.loads(bodies[0])["data"] == {
        "state": "created",
        "assignment": {"type": "script", "id": "helper"},
        "user": {
            "customerId": "42",
            "name": "Grace",
            "email": "grace@example.org",
            "language": "en",
            "additionalProperties": [],
        },
        "channel": "ChatAPI",
    }


def test_the_bot_answers_what_the_customer_says_then(channel, customer):
    conversation = begin(channel, customer)
    says(conversation, "Where?")
    assert take_turns() == 1
    assert said(conversation) == [DISCLOSED, READY, "You said: Where?"]


def test_other_data_are_told_where_they_are_given(channel, customer):
    conversation = begin(channel, customer, data={"phone": "+34 600"})
    assert fresh(conversation, "data") == ({"phone": "+34 600"},)


def test_the_same_key_is_the_same_conversation(channel, customer):
    first = begin(channel, customer)
    Queue.objects.update(is_closed=True)
    Customer.objects.update(opted_out_at=clock.now())
    assert begin(channel, customer, text="Once more") == first
    assert said(first) == [DISCLOSED, READY]
    assert BusinessStart.objects.get().key_digest != "room 7"


def test_another_key_is_another_conversation(channel, customer):
    assert begin(channel, customer) != begin(channel, customer, key="room 8")


def test_the_key_of_another_customer_is_refused(channel, customer):
    begin(channel, customer)
    other = Customer.objects.create(tenant=channel.tenant, name="Ada")
    with refused(IdempotencyMismatch):
        begin(channel, other)


def test_the_same_key_in_another_contact_centre_is_another(channel, customer):
    begin(channel, customer)
    other = factories.make_center("other")
    Webhook.objects.update(version="Chat Gateway v1.0")
    Channel.objects.update(bot="helper")
    stranger = Customer.objects.create(tenant=other.tenant)
    begin(Channel.objects.get(pk=other.channel.pk), stranger)
    assert Conversation.objects.count() == 2


def test_a_customer_of_elsewhere_is_not_there(channel, customer):
    other = factories.make_center("other")
    stranger = Customer.objects.create(tenant=other.tenant)
    with refused(NotFound):
        begin(channel, stranger)


def test_an_erased_customer_is_not_there(channel, customer):
    erase_customer(customer_id=customer.pk)
    with refused(NotFound):
        begin(channel, customer)


def test_a_channel_that_is_gone_is_not_there(channel, customer):
    channel.deleted_at = clock.now()
    with refused(NotFound):
        begin(channel, customer)


def test_who_has_opted_out_is_left_alone(channel, customer):
    Customer.objects.update(opted_out_at=clock.now())
    with refused(OptedOut, code="opted_out", status=409):
        begin(channel, customer)


def test_closed_it_says_when_it_opens(channel, customer):
    opens_at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    Queue.objects.update(is_closed=True, opens_at=opens_at)
    message = "It is closed now, and opens at 2026-12-01T09:00+00:00."
    with refused(Closed, code="closed", status=409, opens_at=opens_at, message=message):
        begin(channel, customer)


def test_closed_for_good_it_says_no_time(channel, customer):
    Queue.objects.update(is_closed=True, opens_at=None)
    with refused(Closed, opens_at=None, message="It is closed now."):
        begin(channel, customer)


def test_an_application_that_cannot_be_told_is_refused(channel, customer):
    Webhook.objects.update(version="v2.0")
    message = "The channel's application cannot be told of a conversation that it has not begun."
    with refused(Invalid, field="channel", message=message):
        begin(Channel.objects.get(), customer)


@pytest.mark.parametrize("name", ["", "own", "gone"])
def test_without_a_bot_that_is_asked_here_it_is_refused(channel, customer, name):
    Channel.objects.update(bot=name)
    with refused(Invalid, field="channel"):
        begin(Channel.objects.get(), customer)


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_must_be_one(channel, customer, key):
    with refused(Invalid, field="key"):
        begin(channel, customer, key=key)


def test_nothing_to_say_is_refused(channel, customer):
    with refused(Invalid, field="text"):
        begin(channel, customer, text=" ")


def test_it_ends_when_the_customer_says_nothing(channel, customer):
    conversation = begin(channel, customer)
    assert not ends.silent(clock.now() + timedelta(minutes=14)).exists()
    later = clock.now() + timedelta(minutes=16)
    assert ends.look(BotSpell.objects.get().pk, later)
    assert BotSpell.objects.get().end == "unanswered"
    assert fresh(conversation, "state") == ("idle",)
    assert said(conversation) == [DISCLOSED, READY]
    says(conversation, "I was away")
    take_turns()
    assert said(conversation)[2:] == [DISCLOSED, "You said: I was away"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_at_once_it_is_begun_once(channel, customer):
    others = [customer, customer, Customer.objects.create(tenant=channel.tenant, name="Ada")]
    barrier = threading.Barrier(len(others))

    def run(each):
        try:
            barrier.wait()
            return begin(channel, each).pk
        except IdempotencyMismatch:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(others)) as threads:
        found = list(threads.map(run, others))
    assert Conversation.objects.count() == 1
    assert {each for each in found if each != "refused"} == {Conversation.objects.get().pk}
