"""A contact centre with a chat, and what the verbs wake."""

import pytest

from contactcenter_chat.workers import wakeup
from tests import factories

WAKE_UPS = ("wake_delivery", "wake_routing", "wake_callbacks", "wake_typing", "wake_scanning", "wake_fetching")


@pytest.fixture
def center(db):
    return factories.make_center()


@pytest.fixture
def agent(center):
    """Available, a member of the centre's queue."""
    return factories.make_agent(center.tenant, center.queue)


@pytest.fixture
def colleague(center, agent):
    """Another one of the same queue, who came later."""
    return factories.make_agent(center.tenant, center.queue, first_name="Alan", last_name="Turing")


@pytest.fixture
def stranger(db):
    """An agent of another contact centre."""
    return factories.make_agent(factories.make_tenant().tenant)


@pytest.fixture
def conversation(center):
    """One that waits; its log ends with 3, ``interaction.queued``."""
    return factories.start_conversation(center.channel)


@pytest.fixture
def chat(agent, conversation):
    """The interaction that the agent has; its log ends with 5, ``agent.joined``."""
    return factories.accepted(conversation)


@pytest.fixture
def woken(monkeypatch, django_capture_on_commit_callbacks):
    """Call a verb; return what it wakes after the commit, as (name of the wake-up, *arguments)."""

    def after(verb, *positional, **arguments):
        found = []
        for name in (
            "wake_delivery",
            "wake_routing",
            "wake_callbacks",
            "wake_typing",
            "wake_scanning",
            "wake_fetching",
        ):
            monkeypatch.setattr(wakeup, name, lambda *about, name=name: found.append((name, *about)))
        with django_capture_on_commit_callbacks(execute=True):
            verb(*positional, **arguments)
        return found

    return after
