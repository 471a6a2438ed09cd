"""What does a bot say to who waits for an agent?"""

from datetime import UTC, datetime

import pytest

from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.actions.center import transfers
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.bots.base import HandOver, QuickReply, Say
from contactcenter_chat.events import QUICK_REPLIES
from contactcenter_chat.models import Card, Interaction, Queue, Segment
from tests import factories
from tests.facts import facts, fresh

from .conftest import said as bot_said
from .conftest import says, take_turns

UNKNOWN = "I cannot say how long it takes. You keep your place, and a colleague answers here."


@pytest.fixture
def waiting(talk):
    says(talk, "A person, please")
    take_turns()
    return talk


def last(conversation):
    return facts(conversation)[-1][3]


def test_how_long_is_answered_and_marked(waiting):
    (epoch,) = fresh(waiting, "control_epoch")
    says(waiting, "How long does it take?")
    assert bot_said(waiting)[-1] == UNKNOWN
    assert (last(waiting)["courtesy"], last(waiting)["bot"]) == (True, "helper")
    assert fresh(waiting, "control", "control_epoch") == ("queue", epoch)
    assert take_turns() == 0
    assert Interaction.objects.get().state == "waiting"


def test_with_the_estimate_where_there_is_one(center, talk):
    factories.chat_history(center)
    agent = factories.make_agent(center.tenant, center.queue, capacity=1)
    busy = factories.start_conversation(center.channel)
    assert factories.accepted(busy).agent == agent
    says(talk, "A person, please")
    take_turns()
    factories.renew_snapshots()
    says(talk, "¿Cuánto falta?")
    assert bot_said(talk)[-1] == "It takes about 5 minutes until a colleague is here. You keep your place."
    assert Segment.objects.get(interaction__conversation=talk).told_low == 5


def test_while_closed_it_says_when(waiting, center):
    Queue.objects.update(is_closed=True, opens_at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    Interaction.objects.update(is_put_off=True)
    says(waiting, "How long?")
    assert bot_said(waiting)[-1].startswith("My colleagues are there again on Tuesday, ")


def test_when_it_has_closed_since_then_it_says_so(waiting, center):
    """What was estimated before holds no longer."""
    Queue.objects.update(is_closed=True, opens_at=datetime(2026, 12, 1, 6, tzinfo=UTC))
    says(waiting, "How long?")
    told = bot_said(waiting)[-1]
    assert told.startswith("My colleagues are there again on Tuesday, ")
    assert told.endswith(" a.m.")
    assert ".." not in told
    Queue.objects.update(opens_at=None)
    says(waiting, "How long does it take?")
    told = "None of my colleagues is here at the moment. You keep your place, and a colleague answers here."
    assert bot_said(waiting)[-1] == told


def test_in_the_customers_language(waiting):
    type(waiting).objects.update(language="es")
    says(waiting, "¿Cuánto tarda?")
    assert bot_said(waiting)[-1].startswith("No puedo decir cuánto tarda.")


def test_other_words_are_left_to_the_agent(waiting):
    before = len(bot_said(waiting))
    says(waiting, "I forgot to say that it is room 7")
    assert len(bot_said(waiting)) == before


def test_where_no_bot_has_handed_over_nobody_answers(center, bot):
    conversation = factories.start_conversation(center.channel)
    says(conversation, "How long?")
    assert bot_said(conversation) == []


def test_an_agent_answers_it_who_has_the_chat(waiting, center):
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(waiting)
    before = len(bot_said(waiting))
    says(waiting, "How long?")
    assert len(bot_said(waiting)) == before


def test_what_a_clients_bot_says_meanwhile_is_marked_too(center, bot):
    conversation = factories.start_conversation(center.channel)
    add_message(conversation_id=conversation.pk, author_type="bot", text="Somebody will be with you soon.")
    assert last(conversation)["courtesy"] is True
    says(conversation, "Fine")
    assert "courtesy" not in last(conversation)


def press(conversation, card, title):
    submit_card(conversation_id=conversation.pk, card_id=card.pk, given={"title": title})


def test_who_presses_what_was_asked_before_is_told_how_long(talk, bot):
    bot.answers = staticmethod(lambda turn: iter([Say("Which?", [QuickReply("Blue", 1)])]))
    says(talk, "Hello")
    take_turns()
    card = Card.objects.get()
    says(talk, "A person, please")
    take_turns()
    before = len(bot_said(talk))
    press(talk, card, "Blue")
    assert bot_said(talk)[before:] == [UNKNOWN]
    assert last(talk)["courtesy"] is True
    assert [each["title"] for each in last_card(talk).content["options"]] == [
        "Go on with the assistant",
        "It is settled",
    ]
    assert (take_turns(), fresh(talk, "control")) == (0, ("queue",))
    press(talk, card, "Blue")  # the same again
    assert bot_said(talk)[before:] == [UNKNOWN]


@pytest.mark.parametrize("reason", ["policy", "error", "timeout"])
def test_a_bot_that_may_not_go_on_is_offered_nowhere(talk, bot, reason):
    """It would have its turns, and what it may cost, anew."""

    def answer(turn):
        turn.memory["tokens"] = 40_000
        yield HandOver(reason=reason)

    bot.answers = staticmethod(answer)
    says(talk, "Hello")
    take_turns()
    says(talk, "How long does it take?")
    assert bot_said(talk)[-1] == UNKNOWN
    assert not Card.objects.exists()
    for _ in range(2):
        says(talk, "Go on with the assistant")
        assert bot_said(talk).count("You keep your place, and a person answers here next.") == 1
    assert (take_turns(), fresh(talk, "control")) == (0, ("queue",))
    says(talk, "It is settled")
    take_turns()
    assert fresh(talk, "state") == ("idle",)


def last_card(conversation):
    return Card.objects.filter(message__conversation=conversation).latest("message__number")


def test_what_can_be_chosen_beside_that_goes_back_to_the_bot(waiting):
    says(waiting, "How long does it take?")
    press(waiting, last_card(waiting), "Go on with the assistant")
    take_turns()
    assert fresh(waiting, "control") == ("bot",)


def test_what_a_clients_bot_has_asked_is_answered_by_nobody(center, bot):
    conversation = factories.start_conversation(center.channel)
    choice = [(QUICK_REPLIES, {"options": [{"title": "Yes"}]})]
    asked = add_message(conversation_id=conversation.pk, author_type="bot", text="Well?", cards=choice)
    press(conversation, asked.cards.get(), "Yes")
    assert bot_said(conversation) == ["Well?"]
    assert fresh(conversation, "control") == ("queue",)


def test_what_an_agent_has_handed_on_offers_nothing_that_would_not_be_obeyed(waiting, center):
    agent = factories.make_agent(center.tenant, center.queue)
    chat = factories.accepted(waiting)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=center.queue)
    before = last_card(waiting)
    says(waiting, "How long does it take?")
    assert bot_said(waiting)[-1] == UNKNOWN
    assert last_card(waiting) == before
