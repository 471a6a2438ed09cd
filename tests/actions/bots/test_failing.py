"""What when a bot fails, or takes too long?"""

from datetime import timedelta

import pytest

from contactcenter_chat.bots.base import Say
from contactcenter_chat.models import BotPause, Failure, Interaction, clock

from .conftest import DISCLOSED, PASSED_ON, SORRY, said, says, spell_of, take_turns


def test_an_error_has_an_agent_go_on(talk, bot, caplog):
    def fails(turn):
        yield Say("One")
        raise ValueError("no such thing")

    bot.answers = staticmethod(fails)
    says(talk, "Hello")
    take_turns()
    assert said(talk) == [DISCLOSED, "One", f"{SORRY} {PASSED_ON}"]
    interaction = Interaction.objects.get()
    told = {"identity": "none", "bot": "helper", "reason": "error", "intent": "test", "summary": "Hello"}
    assert interaction.brief == told
    assert (spell_of(talk).end, spell_of(talk).reason) == ("failed", "error")
    failure = Failure.objects.get()
    assert (failure.step, failure.row, failure.error) == ("bot_turns", talk.pk, "ValueError: no such thing")
    assert BotPause.objects.get().failures == 1


def test_what_fails_while_it_is_closed_asks_as_well(talk, bot, closed, caplog):
    bot.answers = staticmethod(lambda turn: 1 / 0)
    says(talk, "Hello")
    take_turns()
    assert said(talk)[1].startswith(SORRY)
    spell = spell_of(talk)
    assert (spell.choosing, spell.due_at, spell.end) == (True, None, "")
    assert spell.look_at - clock.now() > timedelta(minutes=14)


def test_a_brief_that_fails_as_well(talk, bot, monkeypatch, caplog):
    bot.answers = staticmethod(lambda turn: 1 / 0)
    monkeypatch.setattr(bot, "brief", lambda self, turn: 1 / 0)
    says(talk, "Hello")
    says(talk, "Are you there?")
    take_turns()
    assert Interaction.objects.get().brief["summary"] == "Hello\nAre you there?"


def test_only_a_bot_that_was_asked_and_answers_has_not_failed(talk, bot, caplog):
    BotPause.objects.create(tenant_id=talk.tenant_id, bot="helper", failures=4)
    says(talk, "Can I talk to a human?")
    take_turns()
    assert BotPause.objects.get().failures == 4


def test_what_is_no_end_of_words(talk, bot, caplog):
    bot.answers = staticmethod(lambda turn: iter([Say("Again")] * 60))
    says(talk, "Hello")
    take_turns()
    assert len(said(talk)) == 1 + 50 + 1
    assert spell_of(talk).reason == "error"


def test_what_cannot_be_remembered(talk, bot, caplog):
    def answer(turn):
        turn.memory["day"] = {1}
        yield Say("Yes")

    bot.answers = staticmethod(answer)
    says(talk, "Hello")
    take_turns()
    told = "TypeError: What a bot leaves in turn.memory must be JSON: Object of type set is not JSON serializable"
    assert Failure.objects.get().error == told


@pytest.mark.parametrize(("length", "reason"), [(63_989, None), (63_990, "error")])
def test_what_is_too_much_to_remember(talk, bot, caplog, length, reason):
    def answer(turn):
        turn.memory["day"] = "ä" * length
        yield Say("Yes")

    bot.answers = staticmethod(answer)
    says(talk, "Hello")
    take_turns()
    told = "TypeError: What a bot leaves in turn.memory may have 64000 characters, not 64001."
    assert [each.error for each in Failure.objects.all()] == ([told] if reason else [])
    assert (spell_of(talk).memory == {}) is (reason is not None)


def test_one_that_says_itself_that_it_is_late(talk, bot, caplog):
    def late(turn):
        raise TimeoutError("not answered in time")

    bot.answers = staticmethod(late)
    says(talk, "Hello")
    take_turns()
    assert said(talk) == [DISCLOSED, f"{SORRY} {PASSED_ON}"]
    assert (spell_of(talk).end, spell_of(talk).reason) == ("failed", "timeout")
