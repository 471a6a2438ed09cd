"""What can be said in a conversation, and by whom."""

import pytest
from django.utils import timezone

from contactcenter_chat import events
from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound
from contactcenter_chat.models import Conversation, Interaction, Message, Participant
from tests import factories
from tests.facts import facts, fresh, nothing_written, owed, refused

WRITTEN = ("conversation_id", "interaction_id", "author_type", "text", "number", "client_id", "history")


def say(conversation, author_type=events.CUSTOMER, text="Hi", agent=None, **options):
    return messages.add_message(
        conversation_id=conversation.pk, author_type=author_type, text=text, agent=agent, **options
    )


def added(message, agent=None):
    return {
        "message_id": message.pk,
        "author_type": message.author_type,
        "participant_id": message.participant_id,
        "agent_id": agent.pk if agent else "",
        "agent_first_name": agent.user.first_name if agent else "",
        "agent_last_name": agent.user.last_name if agent else "",
        "history": False,
    }


# Said


def test_the_customer_says_something(center, chat):
    message = say(chat.conversation, text="  Grüß dich 👋 ")
    assert facts(chat.conversation, after=5) == [(6, "message.added", chat.pk, added(message))]
    assert owed(chat.conversation, center.webhook, after=5) == []  # the application said so itself
    assert fresh(message, *WRITTEN) == (
        chat.conversation_id,
        chat.pk,
        "user",
        "  Grüß dich 👋 ",
        6,
        "",
        False,
    )
    assert fresh(message, "tenant_id", "delivery_state", "external_provider") == (center.tenant.pk, "", None)
    shown = fresh(chat.conversation, "state", "last_number", "last_word_by", "last_word_at", "last_active_at")
    assert shown == ("active", 6, "user", message.created_at, message.created_at)
    assert message.participant.type == "user"
    assert fresh(chat, "first_reply_at") == (None,)


def test_the_agent_says_something(center, agent, chat):
    message = say(chat.conversation, events.AGENT, "Good morning", agent)
    assert facts(chat.conversation, after=5) == [(6, "message.added", chat.pk, added(message, agent))]
    assert owed(chat.conversation, center.webhook, after=5) == [(6, "TEXT")]
    assert message.participant == Participant.objects.get(agent=agent)
    assert fresh(chat.conversation, "last_word_by", "last_word_at") == ("agent", message.created_at)


def test_the_first_reply_is_noted_once(agent, chat):
    say(chat.conversation, events.BOT)
    assert fresh(chat, "first_reply_at") == (None,)
    first = say(chat.conversation, events.AGENT, agent=agent)
    say(chat.conversation, events.AGENT, agent=agent)
    assert fresh(chat, "first_reply_at") == (first.created_at,)


def test_a_bot_joins_with_its_first_words(conversation):
    message, again = say(conversation, events.BOT), say(conversation, events.BOT)
    assert facts(conversation, after=3) == [
        (4, "message.added", Interaction.objects.get().pk, added(message) | {"courtesy": True}),
        (5, "message.added", Interaction.objects.get().pk, added(again) | {"courtesy": True}),
    ]
    bot = Participant.objects.get(type="bot")
    assert (message.participant, again.participant, bot.agent_id, bot.left_at) == (bot, bot, None, None)


def test_log_numbers_have_no_gap(conversation):
    for text in ("one", "two"):
        say(conversation, text=text)
    assert [number for number, *_fact in facts(conversation)] == [1, 2, 3, 4, 5]
    assert list(conversation.messages.order_by("number").values_list("number", "text")) == [(4, "one"), (5, "two")]


def test_where_it_was_said_is_kept(conversation):
    where = {"name": "mail", "externalMessageId": "7"}
    assert fresh(say(conversation, external_provider=where), "external_provider") == (where,)


def test_workers_are_woken_when_something_is_owed(agent, chat, woken):
    assert woken(say, chat.conversation) == []
    assert woken(say, chat.conversation, events.AGENT, agent=agent) == [("wake_delivery",)]


# Somebody is to answer


def test_what_the_customer_says_after_the_end_opens_an_episode_in_the_last_queue(center, agent, chat):
    fees = factories.make_queue(center.tenant, "Fees")
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    Conversation.objects.update(last_queue=fees, last_agent=None)
    message = say(chat.conversation, text="One more thing")
    opened = Interaction.objects.get(state="waiting")
    assert facts(chat.conversation, after=8) == [
        (9, "conversation.activated", opened.pk, {}),
        (10, "interaction.queued", opened.pk, {"queue_id": fees.pk, "queue_name": "Fees"}),
        (11, "message.added", opened.pk, added(message)),
    ]
    assert owed(chat.conversation, center.webhook, after=8) == [(10, "QUEUED")]
    assert fresh(chat.conversation, "state", "open_interaction_id") == ("active", opened.pk)
    assert message.interaction_id == opened.pk


def test_while_somebody_answers_nothing_opens(chat):
    say(chat.conversation)
    assert Interaction.objects.get() == chat


def test_what_a_bot_says_opens_nothing(conversation):
    conversations.leave_as_customer(conversation_id=conversation.pk)
    message = say(conversation, events.BOT, "Anything else?")
    assert message.interaction_id is None
    assert fresh(conversation, "state", "open_interaction_id") == ("idle", None)
    assert Interaction.objects.get().state == "finished"


# Not said


def test_an_agent_who_does_not_have_the_chat_says_nothing(center, chat, colleague, stranger):
    for other in (colleague, stranger):
        with refused(Conflict, message="You are not in this chat any more."):
            say(chat.conversation, events.AGENT, agent=other)


def test_nor_does_one_who_has_ended_it(agent, chat):
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    with refused(Conflict, code="conflict"):
        say(chat.conversation, events.AGENT, agent=agent)


def test_nor_one_at_whose_desk_it_rings(agent, conversation):
    factories.offer_of(conversation)
    with refused(Conflict, code="conflict"):
        say(conversation, events.AGENT, agent=agent)


@pytest.mark.parametrize("text", ["", "  \n", "a" * 16_001, "nul \x00"])
def test_what_is_no_text(conversation, text):
    with refused(Invalid, field="text"):
        say(conversation, text=text)


def test_as_long_as_it_may_be(conversation):
    assert fresh(say(conversation, text="a" * 16_000), "text") == ("a" * 16_000,)


def test_a_refused_message_opens_nothing(conversation):
    conversations.leave_as_customer(conversation_id=conversation.pk)
    with refused(Invalid, field="attachments", value="none"):
        say(conversation, attachments=["none"])


@pytest.mark.parametrize("author_type", [events.CUSTOMER, events.BOT, events.SYSTEM])
def test_in_anothers_conversation_nothing_is_said(conversation, stranger, author_type):
    with refused(NotFound, resource_type="Conversation", resource_id=conversation.pk):
        say(conversation, author_type, tenant_id=stranger.tenant_id)
    say(conversation, author_type, tenant_id=conversation.tenant_id)


@pytest.mark.parametrize("author_type", [events.CUSTOMER, events.BOT])
def test_where_all_was_erased_nothing_is_said(conversation, author_type):
    conversations.erase_conversation(conversation_id=conversation.pk)
    with refused(NotFound, resource_type="Conversation", resource_id=conversation.pk):
        say(conversation, author_type)


# Said again


def test_a_repeat_is_the_first(chat):
    first = say(chat.conversation, client_id="c-1")
    assert fresh(first, "client_id") == ("c-1",)
    with nothing_written():
        assert say(chat.conversation, text="something else", client_id="c-1") == first


def test_in_another_conversation_it_is_no_repeat(center, chat):
    other = factories.start_conversation(center.channel)
    say(chat.conversation, client_id="c-1")
    assert say(other, client_id="c-1").conversation_id == other.pk


def test_without_an_id_of_its_own_it_is_said_twice(chat):
    say(chat.conversation)
    say(chat.conversation)
    assert Message.objects.count() == 2


# To a remote centre


@pytest.mark.parametrize(
    ("author_type", "state"), [(events.CUSTOMER, "queued"), (events.BOT, "queued"), (events.SYSTEM, "")]
)
def test_what_a_remote_centre_is_told_is_on_its_way(conversation, author_type, state):
    Conversation.objects.update(is_remote=True)
    assert fresh(say(conversation, author_type), "delivery_state") == (state,)


def test_times(conversation):
    before = timezone.now()
    message = say(conversation)
    assert before <= message.created_at <= timezone.now()
    assert conversation.log.get(number=4).at == message.created_at


def test_nobody_else_says_anything(conversation):
    with refused(Invalid, field="author_type", value="customer"):
        messages.add_message(conversation_id=conversation.pk, author_type="customer", text="Hello")
