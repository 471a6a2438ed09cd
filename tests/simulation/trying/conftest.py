"""A contact centre whose bot is tried."""

import pytest

from contactcenter_chat.models import Channel
from tests import factories
from tests.bots.scripted import SETTING, Scripted, echo


@pytest.fixture
def center(transactional_db):
    """The bot is asked in a thread, with a connection of its own."""
    center = factories.make_center("college")
    Channel.objects.update(bot="faq")
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
def articles(center):
    """By their titles."""
    parts = factories.make_article(center.tenant, "Can I pay my tuition in parts?", answer="Yes, in three.")
    grades = factories.make_article(center.tenant, "Where are my grades?", answer="In the portal.", level="signed")
    return {"parts": parts, "grades": grades}
