"""A conversation from its start to its wrap-up: what is written down, in which order."""

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import interactions, transfers, wrapup
from contactcenter_chat.models import Interaction, Lane
from tests import factories
from tests.facts import fresh, owed


def say(conversation, author_type, text, agent=None):
    return messages.add_message(conversation_id=conversation.pk, author_type=author_type, text=text, agent=agent)


def told(conversation, webhook):
    return [event for _number, event in owed(conversation, webhook)]


def test_a_chat_from_start_to_wrap_up(center, agent):
    conversation = factories.start_conversation(center.channel, history=["Hello, I am a bot."])
    interaction = factories.accepted(conversation)
    say(conversation, events.AGENT, "Good morning", agent)
    say(conversation, events.CUSTOMER, "Hi")
    interactions.end_interaction(interaction_id=interaction.pk, agent=agent)
    wrapup.finish(interaction_id=interaction.pk, agent=agent)

    assert factories.log_of(conversation) == [
        "conversation.started",
        "message.added",
        "conversation.activated",
        "interaction.queued",
        "interaction.offered",
        "agent.joined",
        "message.added",
        "message.added",
        "agent.left",
        "interaction.ended",
        "conversation.idled",
        "interaction.wrapped_up",
    ]
    assert told(conversation, center.webhook) == ["QUEUED", "AGENT_JOINED", "TEXT", "AGENT_LEFT"]
    assert fresh(conversation, "state", "open_interaction_id", "last_number") == ("idle", None, 12)
    assert fresh(interaction, "state", "outcome", "ended_by") == ("finished", "handled", "agent")
    assert fresh(interaction, "first_reply_at")[0] is not None
    assert fresh(agent, "load") == (0,)
    assert Lane.objects.get().due_at is not None


def test_handed_on_then_opened_again_by_the_customer(center, agent):
    fees = factories.make_queue(center.tenant, "Fees")
    second = factories.make_agent(center.tenant, fees)
    conversation = factories.start_conversation(center.channel)
    chat = factories.accepted(conversation)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=fees)
    handed_on = factories.accepted(conversation)
    interactions.end_interaction(interaction_id=handed_on.pk, agent=second)
    wrapup.finish(interaction_id=handed_on.pk, agent=second)
    message = say(conversation, events.CUSTOMER, "One more thing")
    opened = Interaction.objects.get(state="waiting")
    assert message.interaction == opened
    assert (opened.queue, opened.target_agent) == (fees, second)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert list(Interaction.objects.order_by("entered_at").values_list("state", "outcome", "ended_by")) == [
        ("wrap_up", "transferred", "agent"),
        ("finished", "handled", "agent"),
        ("finished", "short_abandoned", "customer"),
    ]
    assert told(conversation, center.webhook) == [
        "QUEUED",
        "AGENT_JOINED",
        "TRANSFER",
        "AGENT_LEFT",
        "QUEUED",
        "AGENT_JOINED",
        "AGENT_LEFT",
        "QUEUED",
    ]
