"""What is over by the clock?"""

from datetime import timedelta

from contactcenter_chat.actions.bots import ends
from contactcenter_chat.bots.base import Say
from contactcenter_chat.models import BotPause, BotSpell, Card, Interaction, clock
from tests.facts import fresh

from .conftest import DISCLOSED, LONG_AGO, PASSED_ON, SORRY, said, says, silence, spell_of, take_turns


def test_one_that_takes_too_long_is_not_waited_for(talk, bot):
    def slow(turn):
        BotSpell.objects.update(answer_by=LONG_AGO)
        assert ends.give_up(spell_of(talk).pk, clock.now())
        yield Say("Too late")

    bot.answers = staticmethod(slow)
    says(talk, "Hello")
    take_turns()
    assert said(talk) == [DISCLOSED, f"{SORRY} {PASSED_ON}"]
    told = {"identity": "none", "bot": "helper", "reason": "timeout", "summary": "Hello"}
    assert Interaction.objects.get().brief == told
    assert not ends.give_up(spell_of(talk).pk, clock.now())


def test_one_that_has_answered_at_the_last_moment_has_not_failed(talk, bot, monkeypatch):
    """Between the look at what is overdue and the lock."""
    says(talk, "Hello")
    spell = spell_of(talk)
    BotSpell.objects.update(answer_by=LONG_AGO)
    look = ends.living

    def answers_first(conversation_id):
        monkeypatch.setattr(ends, "living", look)
        take_turns()
        return look(conversation_id)

    monkeypatch.setattr(ends, "living", answers_first)
    assert not ends.give_up(spell.pk, clock.now())
    assert said(talk) == [DISCLOSED, "You said: Hello"]
    assert not BotPause.objects.exists()


def test_one_that_no_thread_comes_to_is_given_up_as_well(talk, bot):
    says(talk, "Hello")
    spell = spell_of(talk)
    assert timedelta(seconds=28) < spell.answer_by - clock.now() <= timedelta(seconds=30)
    BotSpell.objects.update(answer_by=LONG_AGO)
    assert [each.pk for each in ends.overdue(clock.now())] == [spell.pk]


def test_silence_is_asked_about_and_ends_it(talk, bot):
    says(talk, "Hello")
    take_turns()
    assert timedelta(seconds=295) < spell_of(talk).look_at - clock.now() <= timedelta(seconds=300)
    silence()
    assert said(talk)[-1] == "Is there anything else I can help with?"
    assert [each["title"] for each in Card.objects.latest("message__number").content["options"]] == [
        "No, that was all"
    ]
    assert timedelta(seconds=595) < spell_of(talk).look_at - clock.now() <= timedelta(seconds=600)
    silence()
    assert (spell_of(talk).end, spell_of(talk).code) == ("bot_assumed", "system:bot_contained")
    assert fresh(talk, "state", "script") == ("idle", "")
