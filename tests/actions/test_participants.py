"""Who takes part in a conversation, since when not any more, and who may speak."""

import pytest
from django.db import transaction
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, participants
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.exceptions import Conflict, NotFound
from contactcenter_chat.models import Conversation, Participant
from tests import factories
from tests.facts import fresh, locked, named, nothing_written


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


# Who may speak


def living(conversation, tenant_id=None):
    with transaction.atomic():
        return participants.living(conversation.pk, tenant_id)


def handles(conversation, agent):
    with transaction.atomic():
        try:
            participants.check_handles(Conversation.objects.lock(conversation.pk), agent)
        except Conflict:
            return False
        return True


def test_a_living_conversation(conversation):
    assert living(conversation) == living(conversation, conversation.tenant_id) == conversation


def test_what_is_anothers_unknown_or_erased(conversation, stranger):
    for pk, tenant_id in ((conversation.pk, stranger.tenant_id), ("none", None)):
        with pytest.raises(NotFound) as caught, transaction.atomic():
            participants.living(pk, tenant_id)
        assert (caught.value.resource_type, caught.value.resource_id) == ("Conversation", pk)
    conversations.erase_conversation(conversation_id=conversation.pk)
    with pytest.raises(NotFound):
        living(conversation)


def test_who_handles_it(agent, chat, colleague, stranger):
    conversation = chat.conversation
    assert [handles(conversation, each) for each in (agent, colleague, stranger, None)] == [True, False, False, False]
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    assert not handles(conversation, agent)


def test_who_is_only_asked_does_not_handle_it(agent, conversation):
    factories.offer_of(conversation)
    assert not handles(conversation, agent)
