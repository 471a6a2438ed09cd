"""What an assistant is asked of what was said before: what nobody has answered, whatever came after it."""

import pytest

from contactcenter_chat.actions import optouts
from contactcenter_chat.actions.cards import submit_card
from contactcenter_chat.actions.center import interactions, timers
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.bots.base import HandOver, QuickReply, Say
from contactcenter_chat.models import BotSpell, BusinessStart, Card, Queue
from tests import factories
from tests.bots.scripted import echo
from tests.facts import fresh

from .conftest import LONG_AGO, said, says, silence, take_turns

ROOM = "How much is a room?"


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue)


@pytest.fixture
def handed_over(talk, agent):
    """It waits for an agent."""
    says(talk, "A person, please")
    take_turns()
    return talk


def back(chat):
    """The agent, who has seen all, gives it back."""
    (seen,) = fresh(chat.conversation, "last_number")
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent, bot="helper", heard=seen)


def taken_up(chat):
    """What the bot says to what it is asked at once, but for what it says in any case."""
    known = len(said(chat.conversation))
    back(chat)
    take_turns()
    assert fresh(chat.conversation, "control") == ("post_bot",)
    return said(chat.conversation)[known + 2 :]


# Whose words answer


def test_a_courtesy_does_not(handed_over):
    known = len(said(handed_over))
    says(handed_over, ROOM)
    says(handed_over, "How long does it take?")
    assert len(said(handed_over)) == known + 1
    assert taken_up(factories.accepted(handed_over)) == [f"You said: {ROOM}\nHow long does it take?"]


def test_that_it_hands_over_does_not(talk, agent, bot):
    bot.answers = staticmethod(lambda turn: iter([HandOver()]))
    says(talk, ROOM)
    take_turns()
    bot.answers = staticmethod(echo)
    assert taken_up(factories.accepted(talk)) == [f"You said: {ROOM}"]


def test_that_nobody_is_there_does_not(talk, agent, bot, closed):
    bot.answers = staticmethod(lambda turn: iter([HandOver()]))
    says(talk, ROOM)
    take_turns()
    says(talk, "Leave it for a colleague")
    BotSpell.objects.update(due_at=LONG_AGO)
    take_turns()
    Queue.objects.update(is_closed=False)
    timers.run_timers()
    bot.answers = staticmethod(echo)
    assert taken_up(factories.accepted(talk)) == [f"You said: {ROOM}"]


def test_what_it_says_in_its_turn_does(talk, agent, bot):
    bot.answers = staticmethod(lambda turn: iter([Say("50 euros"), HandOver()]))
    says(talk, ROOM)
    take_turns()
    assert taken_up(factories.accepted(talk)) == []


def test_an_agents_do(handed_over):
    says(handed_over, ROOM)
    chat = factories.accepted(handed_over)
    add_message(conversation_id=handed_over.pk, author_type="agent", agent=chat.agent, text="50 euros")
    assert taken_up(chat) == []


def test_what_the_app_says_for_it_is_told_in_the_log(handed_over):
    back(factories.accepted(handed_over))
    says(handed_over, ROOM)
    take_turns()
    silence()
    rows = handed_over.log.filter(message__author_type="bot").order_by("number")
    assert [bool(row.data.get("formality")) for row in rows] == [True] * 4 + [False, True]


# What is no question


def test_a_wish_that_was_met_is_none(handed_over):
    says(handed_over, "I want to talk to a human, not a bot")
    assert taken_up(factories.accepted(handed_over)) == []


def test_beside_a_wish_that_was_met_a_question_is_one(talk, agent):
    says(talk, ROOM)
    says(talk, "A person, please")
    take_turns()
    assert taken_up(factories.accepted(talk)) == [f"You said: {ROOM}"]


def test_a_wish_with_a_question_in_it_was_met(talk, agent):
    says(talk, f"{ROOM} I want a person")
    take_turns()
    assert taken_up(factories.accepted(talk)) == []


def test_a_wish_for_another_person_is_one(handed_over):
    chat = factories.accepted(handed_over)
    says(handed_over, "I want to talk to another person")
    back(chat)
    take_turns()
    assert fresh(handed_over, "control") == ("queue",)


def test_who_pressed_for_a_person_got_one(talk, agent, bot):
    says(talk, "Hello")
    take_turns()
    card = Card.objects.latest("message__number")
    submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": "Talk to a person"})
    take_turns()
    says(talk, ROOM)
    assert taken_up(factories.accepted(talk)) == [f"You said: {ROOM}"]


def test_what_was_chosen_before_the_agent_is_words_alone(talk, agent, bot):
    answers = [[Say("Which?", quick_replies=[QuickReply("Small", {"size": "s"})])], [HandOver()]]
    bot.answers = staticmethod(lambda turn: iter(answers.pop(0)))
    says(talk, "Hello")
    take_turns()
    card = Card.objects.latest("message__number")
    submit_card(conversation_id=talk.pk, card_id=card.pk, given={"title": "Small"})
    BotSpell.objects.update(due_at=LONG_AGO)
    take_turns()
    says(talk, ROOM)
    bot.answers = staticmethod(echo)
    assert taken_up(factories.accepted(talk)) == [f"You said: Small\n{ROOM}"]
    assert (bot.turns[-1].data, [each.data for each in bot.turns[-1].said]) == (None, [None, None])


@pytest.mark.parametrize("words", [["STOP"], ["STOP", "STOP"], ["STOP", "START"]])
@pytest.mark.parametrize("question", [[], [ROOM]])
def test_what_was_obeyed_about_opting_out_is_none(handed_over, words, question):
    BusinessStart.objects.create(tenant=handed_over.tenant, conversation=handed_over, key_digest="1")
    chat = factories.accepted(handed_over)
    for each in [*question, *words]:
        says(handed_over, each)
    assert taken_up(chat) == [f"You said: {each}" for each in question]


def test_in_the_customers_own_conversation_it_is_a_word_like_others(handed_over):
    chat = factories.accepted(handed_over)
    says(handed_over, "STOP")
    assert taken_up(chat) == ["You said: STOP"]


def test_start_of_who_is_not_out_is_a_word_like_others(handed_over):
    assert optouts.obeyed_of(handed_over, {1: "START"}) == set()


# Files


@pytest.mark.parametrize("text", ["", "thanks"])
def test_a_file_is_one(handed_over, text):
    chat = factories.accepted(handed_over)
    file = factories.make_attachment(handed_over)
    add_message(conversation_id=handed_over.pk, author_type="user", text=text, attachments=[file.pk])
    assert taken_up(chat) == [f"You said: {text}"]
