"""What becomes of what a bot answers?"""

import pytest
from django.db import connection

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import writing
from contactcenter_chat.bots.base import Brief, End, HandOver, Say, Think
from contactcenter_chat.models import Card, Interaction
from tests.facts import fresh

from .conftest import DISCLOSED, PASSED_ON, answers, said, says, spell_of, take_turns


def test_thinking_is_shown_and_nothing_is_written(talk, bot, monkeypatch):
    shown = []
    monkeypatch.setattr(writing, "show_thinking", lambda *told: shown.append(told))
    answers(bot, Think(5), Think(9_999), Say("Here"))
    says(talk, "Hello")
    take_turns()
    assert shown == [(talk.pk, "bot", 5), (talk.pk, "bot", 120)]
    assert said(talk) == [DISCLOSED, "Here"]


def test_nothing_is_said_after_control_has_moved(talk, bot, center):
    def slow(turn):
        yield Say("One")
        conversations.assign_to_queue(conversation_id=talk.pk)
        yield Say("Two")

    bot.answers = staticmethod(slow)
    says(talk, "Hello")
    take_turns()
    assert said(talk) == [DISCLOSED, "One"]
    assert (spell_of(talk).end, Interaction.objects.get().state) == ("withdrawn", "waiting")


@pytest.mark.parametrize("action", ["text", None, 7, Say(""), Say("x", miss="sulky"), HandOver(Brief(summary=7)), 7.5])
def test_what_no_bot_may_answer_has_an_agent_go_on(talk, bot, action, caplog):
    answers(bot, action)
    says(talk, "Hello")
    take_turns()
    assert Interaction.objects.get().state == "waiting"
    assert fresh(talk, "script") == ("",)


@pytest.mark.parametrize("nothing", [[], [Think(1)], None])
def test_nothing_is_a_miss(talk, bot, nothing):
    bot.answers = staticmethod(lambda turn: nothing)
    says(talk, "Hrmpf")
    take_turns()
    assert said(talk) == [DISCLOSED, "Then I have not understood you. Can you say it in other words?"]
    says(talk, "Hrrmpf")
    take_turns()
    assert said(talk)[2:] == [PASSED_ON]
    assert spell_of(talk).misses == ["not_understood", "not_understood"]


def test_with_the_first_answer_a_person_may_be_chosen(talk, bot):
    for text in ("Hello", "Goodbye"):
        says(talk, text)
        take_turns()
    assert said(talk) == [DISCLOSED, "You said: Hello", "You said: Goodbye"]
    card = Card.objects.get()
    assert card.message.text == "You said: Hello"
    assert card.content["options"] == [{"title": "Talk to a person", "data": {"contactcenter": "human"}}]


def test_a_brief_is_asked_for_outside_of_transactions(talk, bot, monkeypatch):
    depths = []

    def brief(self, turn):
        depths.append(len(connection.savepoint_ids))
        return Brief()

    monkeypatch.setattr(bot, "brief", brief)
    answers(bot, Say("What?", miss="not_understood"))
    outside = len(connection.savepoint_ids)
    for text in ("Hrmpf", "Hrrmpf"):
        says(talk, text)
        take_turns()
    assert depths == [outside]


def test_a_brief_that_is_too_long_is_cut(talk, bot):
    answers(bot, HandOver(Brief(intent="fees", summary="x" * 20_000, tried=["y" * 900, 7])))
    says(talk, "Hello")
    take_turns()
    kept = Interaction.objects.get().brief
    assert (kept["intent"], len(kept["summary"]), [len(each) for each in kept["tried"]]) == ("fees", 3000, [200])


def test_two_misses_hand_over(talk, bot):
    answers(bot, Say("What?", miss="not_understood"))
    says(talk, "Hrmpf")
    take_turns()
    assert Card.objects.get().content["options"] == [{"title": "Talk to a person", "data": {"contactcenter": "human"}}]
    says(talk, "Hrrmpf")
    take_turns()
    assert said(talk) == [DISCLOSED, "What?", PASSED_ON]
    assert spell_of(talk).misses == ["not_understood", "not_understood"]
    assert (spell_of(talk).end, spell_of(talk).reason) == ("handed_over", "failed")


def test_it_ends_when_the_bot_says_so(talk, bot):
    answers(bot, Say("Done"), End("booked"))
    says(talk, "Hello")
    take_turns()
    assert (spell_of(talk).end, spell_of(talk).code) == ("bot_confirmed", "booked")
    assert fresh(talk, "state", "script") == ("idle", "")
