"""Who takes part in a conversation, and since when not any more."""

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import participants
from contactcenter_chat.models import Conversation, Participant
from tests import factories
from tests.facts import fresh, named, nothing_written


def locked(verb, conversation, *arguments):
    with transaction.atomic():
        return verb(Conversation.objects.lock(conversation.pk), *arguments)


def test_the_customer_has_joined_with_the_start(conversation):
    with nothing_written():
        found = locked(participants.participant_of, conversation, events.CUSTOMER)
    assert (found.pk, found.type) == (Participant.objects.get().pk, "user")


@pytest.mark.parametrize("author_type", [events.BOT, events.SYSTEM])
def test_who_speaks_joins_once(conversation, author_type):
    before = timezone.now()
    first = locked(participants.participant_of, conversation, author_type)
    with nothing_written():
        assert locked(participants.participant_of, conversation, author_type) == first
    assert fresh(first, "conversation_id", "type", "agent_id", "left_at") == (
        conversation.pk,
        author_type,
        None,
        None,
    )
    assert first.joined_at >= before


def test_each_agent_has_a_part_of_their_own(conversation, agent, colleague):
    parts = [locked(participants.participant_of, conversation, events.AGENT, each) for each in (agent, colleague)]
    assert [part.agent for part in parts] == [agent, colleague]
    assert locked(participants.participant_of, conversation, events.AGENT, agent) == parts[0]


def test_an_agent_leaves_this_conversation_alone(center, agent, chat):
    other = factories.accepted(factories.start_conversation(center.channel))
    before = timezone.now()
    participants.leave(chat.conversation, agent)
    assert Participant.objects.get(conversation=chat.conversation_id, agent=agent).left_at >= before
    assert Participant.objects.filter(left_at=None).count() == 3
    assert Participant.objects.get(conversation=other.conversation_id, agent=agent).left_at is None


def test_the_customer_leaves_and_is_back(agent, chat):
    before = timezone.now()
    locked(participants.mark_customer_left, chat.conversation)
    customer = Participant.objects.get(type="user")
    assert customer.left_at >= before
    assert Participant.objects.get(agent=agent).left_at is None
    locked(participants.mark_customer_back, chat.conversation)
    assert fresh(customer, "left_at") == (None,)


def test_who_is_back_is_the_customer_alone(agent, chat):
    participants.leave(chat.conversation, agent)
    locked(participants.mark_customer_back, chat.conversation)
    assert Participant.objects.get(agent=agent).left_at is not None


def test_how_a_fact_names_who_left(agent):
    assert participants.left_event(agent).data() == named(agent)
