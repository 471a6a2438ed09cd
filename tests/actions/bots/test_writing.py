"""What becomes of what a bot answers?"""

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.bots.base import Brief, End, HandOver, Say, Think
from contactcenter_chat.models import Card, Interaction
from tests.facts import fresh

from .conftest import DISCLOSED, PASSED_ON, answers, said, says, spell_of, take_turns


def test_thinking_is_shown_and_nothing_is_written(talk, bot):
    answers(bot, Think(5), Say("Here"))
    says(talk, "Hello")
    take_turns()
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


@pytest.mark.parametrize("action", ["text", None, 7, Say(""), Say("x", miss="sulky"), HandOver(Brief(summary=7))])
def test_what_no_bot_may_answer_has_an_agent_go_on(talk, bot, action, caplog):
    answers(bot, action)
    says(talk, "Hello")
    take_turns()
    assert Interaction.objects.get().state == "waiting"
    assert fresh(talk, "script") == ("",)


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
