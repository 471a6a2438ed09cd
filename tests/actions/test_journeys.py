"""A conversation from its start to its wrap-up: what is written down, in which order."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.bots import after_agent
from contactcenter_chat.actions.center import interactions, offers, presence, timers, transfers, wrapup
from contactcenter_chat.models import Interaction, Lane, PostAgentAssignment
from tests import factories
from tests.facts import everything, fresh, owed


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


# Clocks that are wrong

# When rows of the set-up and participants were made, which nobody judges.
OF_THIS_PROCESS = {"created_at", "joined_at", "updated_at"}
JUDGED = {"Conversation", "Attachment", "Message"}


def times():
    """The times that the rows have: (table and field, time)."""
    return [
        (f"{name}.{field}", value)
        for name, rows in everything().items()
        for row in rows
        for field, value in row.items()
        if isinstance(value, datetime) and not (field in OF_THIS_PROCESS and name not in JUDGED)
    ]


@pytest.mark.postgresql
@pytest.mark.parametrize("hours", [-5, 5])
def test_a_process_whose_clock_is_wrong_writes_what_time_it_is(hours, center, agent, monkeypatch):
    """A chat, a reroute, a transfer, a bot after it and a wrap-up: nothing of it begins or is due by that clock."""
    usual, before = timezone.now, timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: usual() + timedelta(hours=hours))
        conversation = factories.start_conversation(center.channel, history=["Hello, I am a bot."])
        factories.make_attachment(conversation)
        offers.decline_offer(offer_id=factories.offer_of(conversation).pk, agent=agent)
        Interaction.objects.update(asked=[], ask_again_at=None, group_key="")
        chat = factories.accepted(conversation)
        interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
        Interaction.objects.update(asked=[], ask_again_at=None, group_key="")
        chat = factories.accepted(conversation)
        say(conversation, events.AGENT, "Good morning", agent)
        say(conversation, events.CUSTOMER, "Hi")
        interactions.end_interaction(interaction_id=chat.pk, agent=agent)
        wrapup.extend(interaction_id=chat.pk, agent=agent)
        wrapup.finish(interaction_id=chat.pk, agent=agent)
        bot = factories.make_webhook(center.tenant, name="Bot", version="Chat Gateway v1.0")
        other = factories.start_conversation(center.channel)
        with_bot = factories.accepted(other)
        after_agent.assign_post_agent(conversation_id=other.pk, webhook_id=bot.pk)
        interactions.end_interaction(interaction_id=with_bot.pk, agent=agent)
        conversations.leave_as_customer(conversation_id=factories.start_conversation(center.channel).pk)
        presence.set_presence(agent_id=agent.pk, presence="on_break")
        timers.run_timers()
    wrong = [(name, value) for name, value in times() if not timedelta(hours=-4) < value - before < timedelta(hours=4)]
    assert wrong == []
    assert PostAgentAssignment.objects.get().began_at
