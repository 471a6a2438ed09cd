"""An agent's row: how it is made, its load, and what it is doing at every second."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contactcenter_chat.actions.center import agents, interactions, presence, wrapup
from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.models import Agent, Interaction, PresenceSpan, QueueMember
from contactcenter_chat.models.queues import Presence
from tests import factories
from tests.facts import fresh, nothing_written, refused


def spans():
    return list(PresenceSpan.objects.order_by("pk").values_list("presence", "activity"))


# Made


def test_a_user_becomes_an_agent(center):
    queues = [center.queue, factories.make_queue(center.tenant)]
    user = factories.make_user()
    agent = agents.create_agent(tenant=center.tenant, user=user, queues=queues)
    assert fresh(agent, "tenant_id", "user_id", "capacity", "load", "presence") == (
        center.tenant.pk,
        user.pk,
        3,
        0,
        "offline",
    )
    assert set(QueueMember.objects.values_list("queue", "agent", "level")) == {(q.pk, agent.pk, 3) for q in queues}
    assert spans() == [("offline", "idle")]


def test_how_many_chats_at_once_may_be_said(center):
    agent = agents.create_agent(tenant=center.tenant, user=factories.make_user(), capacity=7)
    assert fresh(agent, "capacity") == (7,)


def test_a_foreign_queue_makes_no_agent(center):
    foreign = factories.make_center().queue
    user = factories.make_user()
    with refused(NotFound, resource_type="Queue", resource_id=foreign.pk):
        agents.create_agent(tenant=center.tenant, user=user, queues=[center.queue, foreign])


# Types


def test_typing_is_noted_for_the_clock_of_the_first_reply(agent, chat):
    before = timezone.now()
    agents.note_typing(interaction_id=chat.pk, agent=agent)
    assert fresh(chat, "agent_typed_at")[0] >= before


def test_only_who_has_the_chat_types_in_it(agent, chat, colleague):
    with nothing_written():
        agents.note_typing(interaction_id=chat.pk, agent=colleague)
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    with nothing_written():
        agents.note_typing(interaction_id=chat.pk, agent=agent)


# Changed


def test_a_change_is_written_with_the_span_that_begins(agent):
    changed = agents.change(agent.pk, presence=Presence.ON_BREAK, presence_reason="lunch")
    assert (changed.presence, fresh(agent, "presence", "presence_reason", "load")) == (
        "on_break",
        ("on_break", "lunch", 0),
    )
    assert spans() == [("offline", "idle"), ("available", "idle"), ("on_break", "idle")]


@pytest.mark.parametrize("load", [-1, 13])
def test_the_table_refuses_less_than_nothing_and_more_than_a_slot_beyond_the_capacity(agent, load):
    with pytest.raises(IntegrityError), transaction.atomic():
        agents.change(agent.pk, load=load)
    assert fresh(agent, "load") == (0,)


@pytest.mark.parametrize(
    ("before", "change", "wakes"),
    [
        ({"load": 1}, {"load": -1}, True),
        ({"load": 1}, {"load": 0}, False),
        ({"load": 1}, {"load": 1}, False),
        ({"load": 9}, {"load": -1}, True),
        ({"load": 9}, {"capacity": 4}, True),
        ({"load": 9}, {"capacity": 3}, False),
        ({"load": 12}, {"load": -3}, False),
        ({"load": 1, "presence": "on_break"}, {"load": -1}, False),
        ({"presence": "on_break"}, {"presence": "available"}, True),
        ({"paused_until": timezone.now()}, {"paused_until": None}, True),
        ({"paused_until": timezone.now(), "load": 1}, {"load": -1}, False),
    ],
)
def test_who_can_take_more_than_before_wakes_the_queues(center, conversation, agent, woken, before, change, wakes):
    Agent.objects.update(**before)
    assert woken(agents.change, agent.pk, **change) == ([("wake_routing", center.queue.pk)] if wakes else [])


def test_who_drains_is_done_with_the_last(agent):
    Agent.objects.update(presence="draining", presence_reason="going home", load=2)
    agents.change(agent.pk, load=-1)
    assert fresh(agent, "presence", "presence_reason", "load") == ("draining", "going home", 1)
    agents.change(agent.pk, load=-1)
    assert fresh(agent, "presence", "presence_reason", "load") == ("work_offline", "", 0)


def test_what_is_kept_for_an_agent_is_routed_too(center, agent, conversation, woken):
    specialist = factories.make_agent(center.tenant, presence="offline")
    assert woken(agents.wake_queues_of, specialist.pk) == []
    Interaction.objects.update(target_agent=specialist)
    assert woken(agents.wake_queues_of, specialist.pk) == [("wake_routing", center.queue.pk)]


# What it is doing


def test_every_second_is_in_one_span(agent, chat):
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    wrapup.finish(interaction_id=chat.pk, agent=agent)
    presence.set_presence(agent_id=agent.pk, presence=Presence.ON_BREAK, reason="lunch")
    assert spans() == [
        ("offline", "idle"),
        ("available", "idle"),
        ("available", "offering"),
        ("available", "handling"),
        ("available", "wrap_up"),
        ("available", "idle"),
        ("on_break", "idle"),
    ]
    rows = list(PresenceSpan.objects.order_by("pk"))
    assert [row.ended_at for row in rows[:-1]] == [row.started_at for row in rows[1:]]
    assert rows[-1].ended_at is None


def test_a_chat_counts_for_more_than_what_rings_or_is_wrapped_up(center, agent, chat):
    factories.offer_of(factories.start_conversation(center.channel))
    other = factories.start_conversation(center.channel)
    factories.accepted(other)
    assert spans()[-1] == ("available", "handling")
    interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    assert spans()[-1] == ("available", "handling")


# Locked for an offer


@pytest.mark.parametrize(
    ("changes", "free"),
    [
        ({}, True),
        ({"load": 8}, True),
        ({"load": 9}, False),
        ({"presence": "draining"}, False),
        ({"paused_until": timezone.now()}, True),
        ({"paused_until": timezone.now() + timedelta(hours=1)}, False),
    ],
)
def test_who_can_take_an_offer(agent, changes, free):
    Agent.objects.update(**changes)
    with transaction.atomic():
        assert agents.lock_free([agent.pk, "none"], timezone.now()) == ({agent.pk: agent} if free else {})


def test_mail_is_work_though_it_takes_no_slot(center, agent):
    """What an agent does, and whether it is done, is not to be told by its load alone."""
    factories.set_pace("mail")
    interaction = factories.accepted(factories.start_conversation(center.channel))
    assert (fresh(agent, "load"), spans()[-1]) == ((0,), ("available", "handling"))
    interactions.end_interaction(interaction_id=interaction.pk, agent=agent)
    assert spans()[-1] == ("available", "wrap_up")
    agents.change(agent.pk, presence="draining")
    assert spans()[-1] == ("draining", "wrap_up")
    wrapup.finish(interaction_id=interaction.pk, agent=agent)
    assert fresh(agent, "presence", "load") == ("work_offline", 0)


@pytest.mark.parametrize(("load", "share", "free"), [(8, 1, True), (8, 3, False), (6, 3, True), (9, 0, False)])
def test_who_could_take_what_takes_a_share(agent, load, share, free):
    Agent.objects.update(load=load)
    assert Agent.objects.free(timezone.now(), share).exists() is free
