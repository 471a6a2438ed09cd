"""How are bots asked for their answers?"""

import json

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import turns
from contactcenter_chat.bots.base import Say
from contactcenter_chat.models import BotSpell, Card, Interaction, clock
from tests.receiver import Receiver
from tests.receiver import Say as Answer

from .conftest import DISCLOSED, LONG_AGO, PASSED_ON, SORRY, answers, said, says, spell_of, take_turns


def test_a_bot_answers_and_says_first_that_it_is_one(talk, bot):
    says(talk, "Hello")
    assert take_turns() == 1
    assert said(talk) == [DISCLOSED, "You said: Hello"]
    spell = spell_of(talk)
    assert (spell.turns, spell.answers, spell.misses, spell.due_at, spell.lease_until) == (1, 1, [], None, None)
    assert spell.disclosed_at is not None
    says(talk, "And again")
    take_turns()
    assert said(talk)[2:] == ["You said: And again"]
    assert [turn.number for turn in bot.turns] == [1, 2]
    assert bot.turns[1].before == (("user", "Hello"), ("bot", DISCLOSED), ("bot", "You said: Hello"))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_a_turn_costs(talk, bot, django_assert_num_queries):
    """However much was said before: each statement is time that the customer waits."""
    for number in range(3):
        says(talk, f"Hello {number}")
        take_turns()
    for number in range(3, 5):
        says(talk, f"Hello {number}")
        spell = turns._at_work.take()
        with django_assert_num_queries(23):
            turns._take(spell)
        turns._at_work.leave(spell)


def test_nothing_is_asked_while_nothing_is_said(talk, bot):
    assert take_turns() == 0
    assert spell_of(talk).due_at is None


def test_what_comes_while_it_answers_is_the_next_turn(talk, bot):
    def answer(turn):
        if turn.number == 1:
            says(talk, "Wait")
            says(talk, "there is more")
        yield Say(turn.text)

    bot.answers = staticmethod(answer)
    says(talk, "First")
    assert take_turns() == 1
    spell = spell_of(talk)
    assert spell.due_at > clock.now()  # what comes within a second is one turn
    BotSpell.objects.update(due_at=LONG_AGO)
    assert take_turns() == 1
    assert said(talk)[1:] == ["First", "Wait\nthere is more"]


def test_what_a_dead_worker_had_written_is_not_written_again(talk, bot):
    class Killed(BaseException):
        pass

    def dies(turn):
        yield Say("One")
        raise Killed

    bot.answers = staticmethod(dies)
    says(talk, "Hello")
    with pytest.raises(Killed):
        take_turns()
    assert take_turns() == 0  # its lease holds still
    BotSpell.objects.update(lease_until=LONG_AGO)
    answers(bot, Say("One"), Say("Two"))
    assert take_turns() == 1
    assert said(talk) == [DISCLOSED, "One", "Two"]


def test_what_is_said_after_a_dead_worker_had_written_all_is_answered(talk, bot, monkeypatch):
    class Killed(BaseException):
        pass

    def dies(*arguments):
        raise Killed

    says(talk, "Hello")
    with monkeypatch.context() as patched:
        patched.setattr(turns, "_finish", dies)
        answers(bot, Say("One"))
        with pytest.raises(Killed):
            take_turns()
    says(talk, "Are you there?")
    BotSpell.objects.update(lease_until=LONG_AGO)
    take_turns()
    BotSpell.objects.update(due_at=LONG_AGO)
    answers(bot, Say("Two"))
    assert take_turns() == 1
    assert said(talk) == [DISCLOSED, "One", "Two"]
    assert [turn.text for turn in bot.turns] == ["Hello", "Hello", "Are you there?"]


def test_who_has_lost_the_lease_writes_nothing_more(talk, bot):
    def slow(turn):
        yield Say("One")
        BotSpell.objects.update(lease_token=1)
        yield Say("Two")

    bot.answers = staticmethod(slow)
    says(talk, "Hello")
    take_turns()
    assert said(talk) == [DISCLOSED, "One"]


def test_a_rasa_server_answers_offers_and_hands_over(center, settings):
    answers = {
        "Can I pay in parts?": {"text": "Yes. Shall I see to it?", "buttons": [{"title": "Do", "payload": "/affirm"}]},
        "/affirm": {"custom": {"handover": {"intent": "pay in parts", "reason": "policy"}}},
    }

    def rasa(got):
        asked = json.loads(got.body)
        return Answer(body=json.dumps([{"recipient_id": asked["sender"], **answers[asked["message"]]}]).encode())

    with Receiver(rasa) as server:
        options = {"url": f"http://127.0.0.1:{server.port}", "private": True}
        settings.CONTACTCENTER_CHAT = {"BOTS": {"rosa": {"BACKEND": "rasa", "OPTIONS": options}}, "LIVE_HINTS": False}
        talk = conversations.start_conversation(channel=center.channel, data={}, script="rosa")
        says(talk, "Can I pay in parts?")
        take_turns()
        assert said(talk) == [DISCLOSED, "Yes. Shall I see to it?"]
        assert [each["title"] for each in Card.objects.get().content["options"]] == ["Do", "Talk to a person"]
        says(talk, "1")
        take_turns()
        assert [json.loads(each.body)["sender"] for each in server.got] == [talk.pk, talk.pk]
    brief = {"intent": "pay in parts", "identity": "none", "bot": "rosa", "reason": "policy"}
    assert (said(talk)[2:], Interaction.objects.get().brief) == ([PASSED_ON], brief)


def test_a_rasa_server_that_talks_rubbish_has_an_agent_go_on(center, settings, caplog):
    with Receiver(Answer(body=b"<html>")) as server:
        options = {"url": f"http://127.0.0.1:{server.port}", "private": True}
        settings.CONTACTCENTER_CHAT = {"BOTS": {"rosa": {"BACKEND": "rasa", "OPTIONS": options}}, "LIVE_HINTS": False}
        talk = conversations.start_conversation(channel=center.channel, data={}, script="rosa")
        says(talk, "Hello")
        take_turns()
    assert (said(talk), spell_of(talk).reason) == ([DISCLOSED, f"{SORRY} {PASSED_ON}"], "error")
