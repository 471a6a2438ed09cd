"""What a remote centre decides by itself cannot be decided here."""

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.models import PostAgentAssignment
from tests.factories import log_of, make_queue, make_webhook, start_conversation


def test_a_conversation_at_a_remote_centre_is_not_assigned_here(here, run):
    conversation = start_conversation(here.channel)
    run()
    before = log_of(conversation)
    bot = make_webhook(here.tenant, version="Chat Gateway v1.0")
    with pytest.raises(Conflict):
        conversations.assign_to_queue(conversation_id=conversation.pk, queue=make_queue(here.tenant))
    with pytest.raises(Conflict):
        assign_post_agent(conversation_id=conversation.pk, webhook_id=bot.pk)
    assert log_of(conversation) == before
    assert not PostAgentAssignment.objects.exists()
