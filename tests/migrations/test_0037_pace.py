"""Is what agents have counted in thirds from then on, and in chats again when it is taken back?"""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from contactcenter_chat.models import Agent, Interaction, QueueSnapshot
from tests import factories

migration = import_module("contactcenter_chat.migrations.0037_pace")
EDITOR = SimpleNamespace(connection=connection)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("chats", "thirds"), [(0, 0), (1, 3), (3, 9)])
def test_chats_become_thirds(center, chats, thirds):
    factories.make_agent(center.tenant)
    Agent.objects.update(load=chats)
    migration.count_in_thirds(apps, EDITOR)
    assert Agent.objects.get().load == thirds


def holding(center, paces, *, freed=(), **changed):
    """Chats of the agent who is there, of these paces; those at these places are freed."""
    chats = [factories.accepted(factories.start_conversation(center.channel)) for _ in paces]
    for place, (chat, pace) in enumerate(zip(chats, paces, strict=True)):
        freed_at = timezone.now() if place in freed else None
        Interaction.objects.filter(pk=chat.pk).update(pace=pace, freed_at=freed_at, **changed)


@pytest.mark.parametrize(
    ("paces", "freed", "load", "chats"),
    [
        ([], (), 0, 0),
        ([], (), 7, 0),
        (["live"], (), 3, 1),
        (["messaging"], (), 1, 1),
        (["messaging"] * 3, (), 3, 3),
        (["live", "messaging", "messaging"], (), 5, 3),
        (["mail", "mail"], (), 0, 2),
        (["live", "messaging"], (0, 1), 0, 2),
        (["live"] * 4, (), 12, 4),
        (["live"] * 5, (4,), 12, 4),
    ],
)
def test_thirds_become_the_chats_that_an_agent_has(center, paces, freed, load, chats):
    """At most the capacity, which is four: the table of the version before takes no more."""
    factories.make_agent(center.tenant, center.queue, capacity=5)
    holding(center, paces, freed=freed)
    Agent.objects.update(load=load, capacity=4)
    migration.count_in_chats(apps, EDITOR)
    assert Agent.objects.get().load == chats


def test_what_rings_and_what_is_wrapped_up_counts_and_what_is_over_does_not(center):
    agent = factories.make_agent(center.tenant, center.queue, capacity=9)
    other = factories.make_agent(center.tenant)
    holding(center, ["mail"], state="wrap_up")
    holding(center, ["live"], state="finished")
    holding(center, ["live"])
    assert factories.offer_of(factories.start_conversation(center.channel)).agent == agent
    migration.count_in_chats(apps, EDITOR)
    assert [Agent.objects.get(pk=each.pk).load for each in (agent, other)] == [3, 0]


def test_snapshots_of_another_shape_are_forgotten(center):
    QueueSnapshot.objects.create(of=center.queue, taken_at=timezone.now(), content={})
    migration.forget_snapshots(apps, EDITOR)
    assert not QueueSnapshot.objects.exists()


@pytest.fixture
def center():
    return factories.make_center()
