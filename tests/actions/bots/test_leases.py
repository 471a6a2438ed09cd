"""Which worker is at a turn now?"""

import threading

import pytest

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import leases, turns
from contactcenter_chat.actions.bots.leases import AtWork
from contactcenter_chat.bots.base import Say
from contactcenter_chat.models import BotSpell, TypingSign, Webhook
from tests import factories

from .conftest import DISCLOSED, LONG_AGO, said, says


def test_a_tenant_has_at_most_half_of_the_threads(center, bot, settings):
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOT_THREADS": 1}
    other = factories.make_center()
    for channel in (center.channel, center.channel, other.channel):
        says(conversations.start_conversation(channel=channel, data={}, script="helper"), "Hello")
    at_work = AtWork()
    taken = [at_work.take() for _ in range(3)]
    assert {each.tenant_id for each in taken[:2]} == {center.tenant.pk, other.tenant.pk}
    assert taken[2] is None
    at_work.leave(taken[0])
    at_work.leave(taken[1])


@pytest.fixture
def signs(monkeypatch):
    shown = []
    monkeypatch.setattr("contactcenter_chat.live.sign", lambda **sign: shown.append(sign))
    return shown


def begun(conversation, seconds_ago):
    """The turns of a process that has begun this one's so long ago."""
    says(conversation, "Hello")
    at_work = AtWork()
    spell = at_work.take()
    at_work._held[spell.pk].since -= seconds_ago
    return at_work, spell


def test_a_turn_that_takes_long_is_shown_once(talk, signs):
    at_work, spell = begun(talk, 2)
    at_work.show_slow()
    at_work.show_slow()
    (shown,) = signs
    assert 27 < shown.pop("seconds") <= 28
    assert shown == {"conversation_id": talk.pk, "kind": "thinking", "author_type": "bot"}
    assert list(TypingSign.objects.values_list("author_type", "agent_ids")) == [("bot", ["helper"])]
    at_work.leave(spell)


def test_a_turn_that_is_fast_is_not_shown(talk, signs):
    at_work, spell = begun(talk, 1)
    at_work.show_slow()
    assert signs == []
    at_work.leave(spell)
    at_work.show_slow()
    assert signs == []


def test_what_somebody_else_is_at_by_now_is_not_shown(talk, signs):
    at_work, spell = begun(talk, 2)
    BotSpell.objects.update(lease_token=1)
    at_work.show_slow()
    assert signs == []
    at_work.leave(spell)


def test_an_application_that_cannot_be_told_is_not(talk, signs):
    Webhook.objects.update(version="v2.0")
    at_work, spell = begun(talk, 2)
    at_work.show_slow()
    assert len(signs) == 1
    assert not TypingSign.objects.exists()
    at_work.leave(spell)


def test_a_sign_that_fails_keeps_the_others_and_their_leases(talk, center, signs, monkeypatch, caplog):
    at_work, spell = begun(talk, 2)
    monkeypatch.setattr(leases, "bot_thinks", lambda *about: 1 / 0)
    at_work.show_slow()
    assert signs == []
    assert "It was not shown that a bot thinks" in caplog.text
    at_work.leave(spell)


def test_who_was_stalled_before_it_asked_has_lost_it_to_another(talk, bot, monkeypatch):
    says(talk, "Hello")
    monkeypatch.setattr(turns._at_work, "_looking", threading.current_thread())
    taken = []
    for _worker in range(3):  # the first has died
        BotSpell.objects.update(lease_until=LONG_AGO)
        taken.append(turns._at_work.take())
        turns._at_work.leave(taken[-1])
    _dead, stalled, there = taken
    asked = []

    def answer(turn):
        asked.append(turn.text)
        turns._take(stalled)  # goes on while the other one's bot thinks
        yield Say("Hello as well")

    bot.answers = staticmethod(answer)
    turns._take(there)
    assert asked == ["Hello"]
    assert said(talk) == [DISCLOSED, "Hello as well"]
