"""Who may say something in a conversation."""

import pytest
from django.db import transaction

from contactcenter_chat.actions import conversations, speaking
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.exceptions import Conflict, NotFound
from contactcenter_chat.models import Conversation
from tests import factories


def living(conversation, tenant_id=None):
    with transaction.atomic():
        return speaking.living(conversation.pk, tenant_id)


def handles(conversation, agent):
    with transaction.atomic():
        try:
            speaking.check_handles(Conversation.objects.lock(conversation.pk), agent)
        except Conflict:
            return False
        return True


def test_a_living_conversation(conversation):
    assert living(conversation) == living(conversation, conversation.tenant_id) == conversation


def test_what_is_anothers_unknown_or_erased(conversation, stranger):
    for pk, tenant_id in ((conversation.pk, stranger.tenant_id), ("none", None)):
        with pytest.raises(NotFound) as caught, transaction.atomic():
            speaking.living(pk, tenant_id)
        assert (caught.value.resource_type, caught.value.resource_id) == ("Conversation", pk)
    conversations.erase_conversation(conversation_id=conversation.pk)
    with pytest.raises(NotFound):
        living(conversation)


def test_who_handles_it(agent, chat, colleague, stranger):
    conversation = chat.conversation
    assert [handles(conversation, each) for each in (agent, colleague, stranger)] == [True, False, False]
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    assert not handles(conversation, agent)


def test_who_is_only_asked_does_not_handle_it(agent, conversation):
    factories.offer_of(conversation)
    assert not handles(conversation, agent)
