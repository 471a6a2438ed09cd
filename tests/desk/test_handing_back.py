"""The agent gives a chat back to the assistant."""

from datetime import timedelta

import pytest

from contactcenter_chat.actions.bots.after_agent import assign_post_agent
from contactcenter_chat.models import BotPause, Channel, Conversation, Interaction, LogEntry, clock
from tests import factories

from .conftest import customer_says, told

OFFERED = "button[name=then]"


@pytest.fixture
def with_bot(chat):
    Channel.objects.update(bot="faq")
    return chat


def test_it_is_offered_where_the_channel_has_a_bot(with_bot, desk):
    dialog = desk.page("ask_to_end", with_bot.pk)
    assert told(dialog.select_one(OFFERED)) == "Back to the assistant"
    assert "Or the assistant faq goes on: the customer is told so." in told(dialog)
    number = Conversation.objects.values_list("last_number", flat=True).get()
    assert dialog.select_one("[name=seen]")["value"] == str(number)


def test_it_is_not_where_there_is_none_or_it_is_in_trouble(chat, desk):
    assert desk.page("ask_to_end", chat.pk).select_one(OFFERED) is None
    Channel.objects.update(bot="faq")
    BotPause.objects.create(tenant=chat.tenant, bot="faq", paused_until=clock.now() + timedelta(hours=1))
    assert desk.page("ask_to_end", chat.pk).select_one(OFFERED) is None
    response = desk.post("end", chat.pk, then="assistant")
    assert (response.status_code, response.content.decode()) == (
        409,
        "The assistant cannot go on just now. End the chat without it.",
    )
    assert Interaction.objects.get().state == "handling"


def test_the_agent_wraps_up_and_the_bot_goes_on(with_bot, desk):
    seen = desk.page("ask_to_end", with_bot.pk).select_one("[name=seen]")["value"]
    customer_says(with_bot, "One more thing")
    assert desk.post("end", with_bot.pk, then="assistant", seen=seen).status_code == 204
    conversation = Conversation.objects.get()
    assert (conversation.control, conversation.control_holder) == ("post_bot", "faq")
    assert Interaction.objects.get().state == "wrap_up"
    assert conversation.bot_spells.get().due_at is not None  # for what the agent has not seen
    assert "gave the chat back to the bot" in told(desk.page("chat", conversation.pk))
    assert desk.post("end", with_bot.pk, then="assistant", seen=seen).status_code in (204, 404, 409)
    assert LogEntry.objects.filter(kind="conversation.handed_back").count() == 1
    assert desk.post("say", conversation.pk, text="Late", after="0").status_code == 409


def test_to_end_is_to_end_still(with_bot, desk):
    assert desk.post("end", with_bot.pk).status_code == 204
    assert Conversation.objects.get().state == "idle"


def test_where_a_client_has_named_one_that_is_told(with_bot, desk, center):
    assign_post_agent(conversation_id=with_bot.conversation_id, bot="faq")
    dialog = desk.page("ask_to_end", with_bot.pk)
    assert dialog.select_one(OFFERED) is None
    assert "The assistant goes on with the chat." in told(dialog)


@pytest.mark.parametrize("seen", ["", "x", "1" * 20])
def test_what_was_seen_is_a_number(with_bot, desk, seen):
    assert desk.post("end", with_bot.pk, then="assistant", seen=seen).status_code == 400
    assert Interaction.objects.get().state == "handling"


def test_others_cannot(with_bot, stranger, colleague):
    for other in (stranger, colleague):
        assert other.post("end", with_bot.pk, then="assistant").status_code == 404
    assert factories.log_of(with_bot.conversation)[-1] != "conversation.handed_back"
