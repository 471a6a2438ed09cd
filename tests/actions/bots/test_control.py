"""Who is to answer a conversation: agents in a queue, or a bot?"""

import pytest
from django.db import transaction

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import control
from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.models import Conversation, Participant, PostAgentAssignment, Webhook
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed


@pytest.fixture
def center(db):
    """A centre whose application hears of bots."""
    center = factories.make_center()
    Webhook.objects.update(version="Chat Gateway v1.0")
    center.channel.refresh_from_db()
    return center


@pytest.fixture
def guided(center, settings):
    """A conversation that a script has; its log ends with 2, ``conversation.assigned``."""
    settings.CONTACTCENTER_CHAT = {"BOTS": ("guide",), "LIVE_HINTS": False}
    return conversations.start_conversation(channel=center.channel, data={}, script="guide")


@pytest.fixture
def handed_back(center, agent, chat):
    """A conversation that the bot behind a webhook has; its log ends with 8, ``conversation.assigned``."""
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    return chat.conversation


def locked(verb, conversation, *arguments):
    with transaction.atomic():
        found = Conversation.objects.lock(conversation.pk)
        verb(found, *arguments)
    return found


def idle(conversation):
    conversations.leave_as_customer(conversation_id=conversation.pk)
    return fresh(conversation, "last_number")[0]


# Given


def test_a_script_has_it(center, conversation):
    number = idle(conversation)
    found = locked(control.give_to_script, conversation, "guide")
    assert facts(conversation, after=number) == [
        (number + 1, "conversation.assigned", None, {"to": "script", "id": "guide"})
    ]
    assert owed(conversation, center.webhook, after=number) == [(number + 1, "CONVERSATION_UPDATE")]
    assert fresh(conversation, "state", "script") == ("active", "guide")
    assert found.script == "guide"


def test_another_bot_has_it(conversation):
    number = idle(conversation)
    locked(control.give, conversation, "webhook", "w-1")
    assert facts(conversation, after=number) == [
        (number + 1, "conversation.assigned", None, {"to": "webhook", "id": "w-1"})
    ]
    assert fresh(conversation, "state", "script") == ("active", "")


# Taken


def test_taken_from_a_script_nobody_has_it(center, guided):
    found = locked(control.take, guided)
    assert facts(guided, after=2) == [(3, "conversation.idled", None, {"remote": False})]
    assert owed(guided, center.webhook, after=2) == [(3, "CONVERSATION_UPDATE")]
    assert fresh(guided, "state", "script") == ("idle", "")
    assert fresh(guided, "last_ended_at")[0] is not None
    assert found.script == ""
    with nothing_written():
        locked(control.take, guided)


def test_taken_from_the_bot_of_after_the_agent_it_is_told_too(center, handed_back):
    bot = PostAgentAssignment.objects.get().webhook
    found = locked(control.take, handed_back)
    assert facts(handed_back, after=8) == [(9, "conversation.idled", None, {"remote": False})]
    for webhook in (center.webhook, bot):
        assert owed(handed_back, webhook, after=8) == [(9, "CONVERSATION_UPDATE")]
    assert not PostAgentAssignment.objects.exists()
    assert getattr(found, "post_agent", None) is None
    with nothing_written():
        locked(control.take, handed_back)


def test_what_an_agent_has_is_taken_from_no_bot(chat):
    with nothing_written():
        locked(control.take, chat.conversation)


def test_a_bot_that_only_waits_for_it_goes_on_waiting(center, chat):
    bot = factories.make_webhook(center.tenant, version="Chat Gateway v1.0")
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk)
    with nothing_written():
        locked(control.take, chat.conversation)
        locked(control.release, chat.conversation)


# The customer leaves


@pytest.mark.parametrize("who", ["guided", "handed_back"])
def test_the_customer_leaves_a_bot(request, center, who):
    conversation = request.getfixturevalue(who)
    number = fresh(conversation, "last_number")[0]
    locked(control.end_for_customer, conversation)
    customer = Participant.objects.get(type="user")
    assert facts(conversation, after=number) == [
        (number + 1, "customer.left", None, {"participant_id": customer.pk, "said": ""}),
        (number + 2, "conversation.idled", None, {"remote": False}),
    ]
    assert fresh(conversation, "state", "script") == ("idle", "")
    assert customer.left_at is not None


# Released


@pytest.mark.parametrize("who", ["guided", "handed_back"])
def test_released_it_is_nobodys_without_a_word(request, who):
    conversation = request.getfixturevalue(who)
    number = fresh(conversation, "last_number")[0]
    found = locked(control.release, conversation)
    assert facts(conversation, after=number) == []
    assert fresh(conversation, "state", "script") == ("active", "")
    assert not PostAgentAssignment.objects.exists()
    assert (found.script, getattr(found, "post_agent", None)) == ("", None)
    with nothing_written():
        locked(control.release, conversation)


def test_no_other_conversation_is_released(center, handed_back):
    kept = PostAgentAssignment.objects.get()
    other = factories.accepted(factories.start_conversation(center.channel))
    assign_post_agent(conversation_id=other.conversation_id, webhook_id=kept.webhook_id)
    interactions.end_interaction(interaction_id=other.pk, agent=other.agent)
    locked(control.release, other.conversation)
    assert PostAgentAssignment.objects.get() == kept


# What is not decided here


def test_what_a_remote_centre_decides_is_refused():
    control.check_local(False)
    with pytest.raises(Conflict) as caught:
        control.check_local(True)
    assert caught.value.code == "conflict"
