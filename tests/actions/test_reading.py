"""Read receipts: per participant, only ever forward."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.actions.reading import mark_read
from contactcenter_chat.exceptions import Conflict, NotFound
from contactcenter_chat.models import Delivery, Participant, Webhook
from contactcenter_chat.wire.chat_gateway_v1 import FORMAT as CHAT_GATEWAY_V1
from tests.factories import accepted, log_of, make_agent, make_center, start_conversation
from tests.facts import facts, nothing_written

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    center = make_center()
    Webhook.objects.filter(pk=center.webhook.pk).update(version=CHAT_GATEWAY_V1.version)
    return center


@pytest.fixture
def conversation(center):
    return start_conversation(center.channel)


def read(conversation, ago, author_type=events.CUSTOMER, **more):
    return mark_read(
        conversation_id=conversation.pk,
        author_type=author_type,
        read_at=timezone.now() - timedelta(seconds=ago),
        **more,
    )


def test_a_receipt_moves_forward_only(conversation):
    assert read(conversation, 20) is True
    first = Participant.objects.get(type="user").read_at
    assert read(conversation, 30) is False
    assert Participant.objects.get(type="user").read_at == first
    assert read(conversation, 10) is True
    assert log_of(conversation).count("messages.read") == 2


def test_what_is_written_down(conversation):
    until = timezone.now() - timedelta(seconds=5)
    assert mark_read(conversation_id=conversation.pk, author_type="user", read_at=until) is True
    customer = Participant.objects.get()
    told = {
        "participant_id": customer.pk,
        "author_type": "user",
        "read_at": int(until.timestamp() * 1000),
        "agent_id": "",
    }
    assert facts(conversation, after=3) == [(4, "messages.read", None, told)]
    assert customer.read_at == until
    with nothing_written():
        assert mark_read(conversation_id=conversation.pk, author_type="user", read_at=until) is False


def test_each_has_their_own(conversation):
    read(conversation, 10)
    assert read(conversation, 20, events.BOT) is True
    assert Participant.objects.filter(read_at__isnull=False).count() == 2


def test_nobody_has_read_the_future(conversation):
    read(conversation, -3600)
    assert Participant.objects.get(type="user").read_at <= timezone.now()


def test_the_agents_reading_tells_the_webhook(center, conversation):
    agent = make_agent(center.tenant, center.queue)
    accepted(conversation)
    message = add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Hello")
    read(conversation, 0)
    mark_read(conversation_id=conversation.pk, author_type=events.AGENT, agent=agent, read_at=message.created_at)
    body = json.loads(Delivery.objects.latest("number").body)
    body.pop("timestamp")
    assert body == {
        "eventType": "ACTIVITY",
        "conversationId": conversation.pk,
        "data": {
            "name": "read-receipts",
            "value": [
                {
                    "timestamp": int(message.created_at.timestamp() * 1000),
                    "users": [{"id": agent.pk, "type": "agent"}],
                }
            ],
        },
    }
    assert Delivery.objects.filter(event_type="ACTIVITY").count() == 1  # not of the customer's own


def test_only_who_handles_it_reads_as_its_agent(center, conversation):
    agent = make_agent(center.tenant, center.queue)
    with pytest.raises(Conflict):
        read(conversation, 0, events.AGENT, agent=agent)


def test_what_was_erased_or_is_anothers_is_not_there(conversation):
    with pytest.raises(NotFound):
        read(conversation, 0, tenant_id=make_center().tenant.pk)
    erase_conversation(conversation_id=conversation.pk)
    with pytest.raises(NotFound):
        read(conversation, 0)
