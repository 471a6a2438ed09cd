"""A conversation that a bot of the app has."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.bots import ends, turns
from contactcenter_chat.actions.messages import add_message
from contactcenter_chat.models import BotSpell, Message, Queue, Webhook, clock
from tests import factories
from tests.bots.scripted import SETTING, Scripted, echo

DISCLOSED = "You are chatting with the automated assistant of College."
SORRY = "I am sorry, something went wrong on my side."
PASSED_ON = "I am handing you over to a colleague, who sees what you have written here."
LONG_AGO = timezone.now() - timedelta(hours=1)


@pytest.fixture
def center(db):
    """A centre whose application hears of bots."""
    center = factories.make_center()
    Webhook.objects.update(version="Chat Gateway v1.0")
    center.channel.refresh_from_db()
    return center


@pytest.fixture
def bot(settings, monkeypatch):
    """The bot ``helper``, which repeats what it is told; a test gives it other answers."""
    settings.CONTACTCENTER_CHAT = {"BOTS": {"helper": SETTING, "own": {}}, "LIVE_HINTS": False}
    monkeypatch.setattr(Scripted, "answers", staticmethod(echo))
    monkeypatch.setattr(Scripted, "turns", [])
    return Scripted


@pytest.fixture
def talk(center, bot):
    """A conversation that the bot has, in which nothing was said yet."""
    return conversations.start_conversation(channel=center.channel, data={}, script="helper")


def says(conversation, text):
    return add_message(conversation_id=conversation.pk, author_type="user", text=text)


def take_turns():
    """Take all turns that are due, in this thread; return how many.

    Nobody renews their leases meanwhile: whoever does needs a connection of its own, for which the test may be over.
    """
    taken, at_work = 0, turns._at_work
    looking, at_work._looking = at_work._looking, at_work._looking or threading.current_thread()
    try:
        while spell := at_work.take():
            turns._work(spell)
            taken += 1
    finally:
        at_work._looking = looking
    return taken


def said(conversation, author_type="bot"):
    rows = Message.objects.filter(conversation=conversation, author_type=author_type).order_by("number")
    return list(rows.values_list("text", flat=True))


def spell_of(conversation):
    return BotSpell.objects.filter(conversation=conversation).latest("began_at", "pk")


def answers(bot, *actions):
    """Have the bot answer with these, whatever it is asked."""
    bot.answers = staticmethod(lambda turn: iter(actions))


def silence(times=1):
    for _ in range(times):
        BotSpell.objects.filter(ended_at=None).update(look_at=LONG_AGO)
        for spell in ends.silent(clock.now()):
            assert ends.look(spell.pk, clock.now())


@pytest.fixture
def closed(center):
    Queue.objects.update(is_closed=True)
    center.queue.refresh_from_db()
    return center.queue
