"""A bot gets the conversation back when its agent ends: kept, obeyed, and over in time."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.bots.after_agent import assign_post_agent, end_overdue
from contactcenter_chat.actions.center import interactions, timers
from contactcenter_chat.actions.setup.webhooks import delete_webhook
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import Conversation, Delivery, PostAgentAssignment, Receiver, Webhook
from contactcenter_chat.wire.chat_gateway_v1 import FORMAT as CHAT_GATEWAY_V1
from tests.factories import accepted, log_of, make_agent, make_center, make_webhook, offer_of, start_conversation
from tests.facts import facts, fresh, nothing_written, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    center = make_center()
    Webhook.objects.filter(pk=center.webhook.pk).update(version=CHAT_GATEWAY_V1.version)
    make_agent(center.tenant, center.queue)
    return center


@pytest.fixture
def bot(center):
    return make_webhook(center.tenant, name="Bot", version=CHAT_GATEWAY_V1.version)


@pytest.fixture
def chat(center):
    """An interaction that an agent has."""
    return accepted(start_conversation(center.channel))


def assign(chat, bot, **configuration):
    assign_post_agent(conversation_id=chat.conversation_id, webhook_id=bot.pk, **configuration)


def end(chat):
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    return Conversation.objects.get()


def says(conversation, author_type, text="Hello"):
    messages.add_message(conversation_id=conversation.pk, author_type=author_type, text=text)


def told(webhook):
    """What a webhook is told: event, and the little that tells one from another."""
    found = []
    for row in Delivery.objects.filter(receiver_id=webhook.pk).order_by("number"):
        body = json.loads(row.body)
        data = body.get("data", {})
        found.append((body["eventType"], data.get("state") or data.get("isEcho", data.get("change"))))
    return found


def later(minutes):
    """Let the conversation be as it would be so much later, and run the timers."""
    back = timedelta(minutes=minutes)
    for row in PostAgentAssignment.objects.all():
        row.began_at -= back
        row.due_at -= back
        row.save()
    for row in Conversation.objects.all():
        Conversation.objects.filter(pk=row.pk).update(last_word_at=row.last_word_at and row.last_word_at - back)
    return timers.run_timers()["bots_over"]


# Kept


def test_what_is_kept(chat, bot):
    assign(chat, bot)
    row = PostAgentAssignment.objects.get()
    assert fresh(row, "conversation_id", "webhook_id", "tells_channel", "total_minutes", "silence_minutes") == (
        chat.conversation_id,
        bot.pk,
        False,
        300,
        150,
    )
    assert fresh(row, "began_at", "due_at") == (None, None)
    assert facts(chat.conversation, after=5) == []
    with nothing_written():
        assign(chat, bot)
    assign(chat, bot, tells_channel=True, total_minutes=20, silence_minutes=10)
    assert fresh(row, "tells_channel", "total_minutes", "silence_minutes") == (True, 20, 10)


def test_of_anothers_or_an_erased_conversation_nothing_is_kept(chat, bot, stranger):
    with refused(NotFound, resource_type="Conversation", resource_id=chat.conversation_id):
        assign(chat, bot, tenant_id=stranger.tenant_id)
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    with refused(NotFound, resource_type="Conversation", resource_id=chat.conversation_id):
        assign(chat, bot)


def test_of_what_a_remote_centre_has_nothing_is_kept(chat, bot):
    Conversation.objects.update(is_remote=True)
    with refused(Conflict, code="conflict"):
        assign(chat, bot)


# Obeyed


def test_the_agents_end_hands_over_to_the_bot(chat, bot, center):
    assign(chat, bot)
    conversation = end(chat)
    assert conversation.state == "active"
    assert log_of(conversation)[-3:] == ["agent.left", "interaction.ended", "conversation.assigned"]
    says(conversation, events.CUSTOMER)
    says(conversation, events.BOT)
    assert told(bot) == [("CONVERSATION_UPDATE", "active"), ("MESSAGE", False), ("MESSAGE", True)]
    body = json.loads(Delivery.objects.filter(receiver_id=bot.pk).earliest("number").body)
    assert body["data"]["assignment"] == {"type": "webhook", "id": bot.pk}
    # The channel's webhook heard of the agent's leaving, and of nothing more.
    assert told(center.webhook)[-1] == ("MEMBERS_CHANGED", "left")
    assert conversation.interactions.count() == 1


def test_the_channels_webhook_may_go_on_being_told(chat, bot, center):
    assign(chat, bot, tells_channel=True)
    conversation = end(chat)
    says(conversation, events.CUSTOMER)
    says(conversation, events.BOT)
    assert told(center.webhook)[-3:] == [("CONVERSATION_UPDATE", "active"), ("MESSAGE", True), ("MESSAGE", False)]
    assert told(bot) == [("CONVERSATION_UPDATE", "active"), ("MESSAGE", False), ("MESSAGE", True)]


def test_one_webhook_for_both_is_told_once(chat, center):
    assign(chat, center.webhook, tells_channel=True)
    says(end(chat), events.BOT)
    assert told(center.webhook)[-2:] == [("CONVERSATION_UPDATE", "active"), ("MESSAGE", True)]


def test_only_the_agents_own_end_hands_over(chat, bot):
    assign(chat, bot)
    conversations.leave_as_customer(conversation_id=chat.conversation_id)
    assert Conversation.objects.get().state == "idle"
    assert told(bot) == []
    assert PostAgentAssignment.objects.exists()  # kept for the next agent
    says(Conversation.objects.get(), events.CUSTOMER)
    interactions.end_interaction(
        interaction_id=chat.pk, agent=chat.agent
    )  # a repeat of what has ended otherwise changes nothing
    again = accepted(Conversation.objects.get())
    assert end(again).state == "active"
    assert told(bot) == [("CONVERSATION_UPDATE", "active")]


def test_a_repeated_end_hands_over_once(chat, bot):
    assign(chat, bot)
    end(chat)
    end(chat)
    assert told(bot) == [("CONVERSATION_UPDATE", "active")]


def test_the_last_assignment_counts(chat, bot, center):
    other = make_webhook(center.tenant, version=CHAT_GATEWAY_V1.version)
    assign(chat, other)
    assign(chat, bot, total_minutes=20, silence_minutes=10)
    end(chat)
    assert (told(other), told(bot)) == ([], [("CONVERSATION_UPDATE", "active")])


def test_a_webhook_that_is_gone_gets_nothing(chat, bot):
    assign(chat, bot)
    delete_webhook(bot)
    assert end(chat).state == "idle"


def test_a_webhook_that_is_off_gets_nothing(chat, bot):
    assign(chat, bot)
    Receiver.objects.filter(pk=bot.pk).update(enabled=False)
    assert end(chat).state == "idle"


def test_the_bot_gives_it_back_to_a_queue(chat, bot, center):
    assign(chat, bot)
    conversation = end(chat)
    conversations.assign_to_queue(conversation_id=conversation.pk, queue=center.queue)
    assert not PostAgentAssignment.objects.exists()
    assert log_of(conversation)[-1] == "interaction.queued"
    assert offer_of(conversation)
    assert told(center.webhook)[-1][0] == "QUEUED"


def test_the_customer_leaves_the_bot(chat, bot, center):
    assign(chat, bot)
    conversation = end(chat)
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert log_of(conversation)[-2:] == ["customer.left", "conversation.idled"]
    assert told(bot)[-2:] == [("MEMBERS_CHANGED", "left"), ("CONVERSATION_UPDATE", "idle")]
    assert told(center.webhook)[-1] == ("CONVERSATION_UPDATE", "idle")
    assert not PostAgentAssignment.objects.exists()
    says(conversation, events.CUSTOMER)
    assert Conversation.objects.get().open_interaction.queue == center.queue


# Over


def test_where_no_bot_has_it_nothing_is_over(chat, bot):
    assign(chat, bot)
    with nothing_written():
        assert end_overdue(conversation_id=chat.conversation_id, now=timezone.now() + timedelta(days=1)) is False


def test_what_is_due_first_is_looked_at_first(chat, bot):
    assign(chat, bot, total_minutes=20, silence_minutes=30)
    end(chat)
    row = PostAgentAssignment.objects.get()
    assert row.due_at - row.began_at == timedelta(minutes=20)
    assert end_overdue(conversation_id=chat.conversation_id, now=row.due_at - timedelta(seconds=1)) is False
    assert end_overdue(conversation_id=chat.conversation_id, now=row.due_at) is True
    assert log_of(chat.conversation)[-1] == "conversation.idled"


def test_it_is_over_after_the_whole_time(chat, bot, center):
    assign(chat, bot, total_minutes=20, silence_minutes=10)
    conversation = end(chat)
    for minutes in (9, 9):
        assert later(minutes) == 0
        says(conversation, events.CUSTOMER)
        says(conversation, events.BOT)
    assert later(1) == 0
    assert later(1) == 1
    assert Conversation.objects.get().state == "idle"
    assert told(bot)[-1] == told(center.webhook)[-1] == ("CONVERSATION_UPDATE", "idle")
    assert later(30) == 0


def test_it_is_over_when_the_customer_does_not_answer(chat, bot):
    assign(chat, bot, total_minutes=600, silence_minutes=10)
    conversation = end(chat)
    assert later(9) == 0
    says(conversation, events.BOT)
    assert later(9) == 0
    assert later(1) == 1
    assert Conversation.objects.get().state == "idle"


def test_a_bot_that_does_not_answer_is_given_the_whole_time(chat, bot):
    assign(chat, bot, total_minutes=60, silence_minutes=10)
    conversation = end(chat)
    says(conversation, events.CUSTOMER)
    assert later(50) == 0
    assert later(10) == 1


def test_it_is_noticed_in_time_after_the_customer_had_the_last_word(chat, bot):
    assign(chat, bot, total_minutes=600, silence_minutes=10)
    conversation = end(chat)
    says(conversation, events.CUSTOMER)
    assert later(10) == 0  # looked, and put off
    says(conversation, events.BOT)
    assert PostAgentAssignment.objects.get().due_at <= timezone.now() + timedelta(minutes=10)
    assert later(10) == 1


def test_while_a_bot_has_it_no_other_is_assigned(chat, bot):
    assign(chat, bot)
    end(chat)
    with pytest.raises(Conflict):
        assign(chat, bot)


def test_the_webhook_must_be_ours_and_understand(chat, bot):
    theirs = make_webhook(make_center().tenant, version=CHAT_GATEWAY_V1.version)
    old = make_webhook(bot.tenant)
    for webhook, code in ((theirs, "invalid_webhook"), (old, "invalid_value")):
        with pytest.raises(Invalid) as refused:
            assign(chat, webhook)
        assert (refused.value.field, refused.value.code) == ("webhook", code)
    assert not PostAgentAssignment.objects.exists()


def test_erasing_forgets_it(chat, bot):
    assign(chat, bot)
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    assert not PostAgentAssignment.objects.exists()


def test_erasing_takes_it_from_the_bot(chat, bot):
    assign(chat, bot)
    conversation = end(chat)
    conversations.erase_conversation(conversation_id=conversation.pk)
    assert Conversation.objects.get().state == "idle"
    assert not PostAgentAssignment.objects.exists()
