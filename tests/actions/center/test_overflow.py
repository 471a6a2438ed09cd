"""What has waited for too long, or where nobody is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import overflow, presence, timers
from contactcenter_chat.models import Agent, Interaction, Queue
from tests import factories
from tests.facts import facts, fresh, nothing_written


@pytest.fixture
def other(center):
    other = factories.make_queue(center.tenant, "General")
    factories.overflows(center.queue, other)
    return other


# The longest wait


def test_after_the_longest_wait_it_is_passed_on(center, other, conversation):
    factories.plan(center.queue, max_wait_seconds=900)
    interaction = Interaction.objects.get()
    assert interaction.overflows_at == interaction.entered_at + timedelta(seconds=900)
    assert timers.run_timers()["overflows_due"] == 0
    Interaction.objects.update(overflows_at=timezone.now())
    assert timers.run_timers()["overflows_due"] == 1
    assert fresh(interaction, "queue_id", "overflows_at") == (other.pk, None)


def test_without_another_queue_there_is_no_longest_wait(center, conversation):
    factories.plan(center.queue, max_wait_seconds=900)
    assert fresh(Interaction.objects.get(), "overflows_at") == (None,)


def test_what_rings_is_passed_on_only_when_it_waits_again(center, other, agent, conversation):
    factories.offer_of(conversation)
    Interaction.objects.update(overflows_at=timezone.now())
    assert timers.run_timers()["overflows_due"] == 0
    assert Interaction.objects.get().queue == center.queue


def test_where_no_queue_serves_it_it_stays(center, other, conversation):
    Queue.objects.filter(pk=other.pk).update(is_closed=True)
    Interaction.objects.update(overflows_at=timezone.now())
    assert timers.run_timers()["overflows_due"] == 1
    assert Interaction.objects.get().queue == center.queue
    assert timers.run_timers()["overflows_due"] == 0
    Queue.objects.filter(pk=other.pk).update(is_closed=False)
    Interaction.objects.update(overflows_at=timezone.now())  # a while later
    timers.run_timers()
    assert Interaction.objects.get().queue == other


# Nobody there


def empty_for(queue, seconds):
    Queue.objects.filter(pk=queue.pk).update(empty_since=timezone.now() - timedelta(seconds=seconds))


def test_where_nobody_is_there_for_long_it_is_passed_on(center, other, conversation):
    factories.plan(center.queue, when_empty="overflow")
    timers.run_timers()
    assert fresh(center.queue, "empty_since") != (None,)
    empty_for(center.queue, 119)
    assert timers.run_timers()["queues_empty"] == 0
    empty_for(center.queue, 120)
    assert timers.run_timers()["queues_empty"] == 1
    assert Interaction.objects.get().queue == other
    assert [data["reason"] for _n, name, _i, data in facts(conversation) if name == "interaction.overflowed"] == [
        "empty"
    ]


def test_or_the_customer_is_told_and_it_is_kept_for_later(center, conversation):
    factories.plan(center.queue, when_empty="message", texts={"empty": {"en": "Nobody is here just now."}})
    interaction = Interaction.objects.get()
    empty_for(center.queue, 120)
    assert timers.run_timers()["queues_empty"] == 1
    assert fresh(interaction, "is_follow_up", "queue_id") == (True, center.queue.pk)
    assert fresh(interaction, "due_at") == (interaction.entered_at + timedelta(hours=4),)
    assert [message.text for message in conversation.messages.filter(author_type="system")] == [
        "Nobody is here just now."
    ]
    assert timers.run_timers()["queues_empty"] == 0


def test_what_was_moved_meanwhile_is_left_alone(center, other, conversation):
    factories.plan(center.queue, when_empty="message")
    interaction = Interaction.objects.get()
    conversations.assign_to_queue(conversation_id=conversation.pk, queue=other)
    assert not overflow.leave(center.queue.pk, interaction.pk)
    assert fresh(interaction, "is_follow_up") == (False,)


def test_with_nowhere_to_go_nothing_is_tried(center, other, conversation):
    factories.plan(center.queue, when_empty="overflow")
    Queue.objects.filter(pk=other.pk).update(is_closed=True)
    empty_for(center.queue, 120)
    with nothing_written():
        assert overflow.look(center.queue.pk, timezone.now()) == 0


@pytest.mark.parametrize(
    ("changes", "is_there"),
    [
        ({"presence": "available"}, True),
        ({"presence": "on_break", "load": 3}, True),
        ({"presence": "on_break"}, False),
        ({"presence": "offline"}, False),
    ],
)
def test_who_is_there(center, agent, other, conversation, changes, is_there):
    """Available, or in a chat: a break alone is nobody's being there."""
    factories.plan(center.queue, when_empty="overflow")
    Agent.objects.filter(pk=agent.pk).update(**changes)
    empty_for(center.queue, 120)
    timers.run_timers()
    assert fresh(center.queue, "empty_since") == (None,) if is_there else (Interaction.objects.get().queue == other)


def test_a_queue_that_says_nothing_of_it_keeps_what_waits(center, other, conversation):
    empty_for(center.queue, 1000)
    timers.run_timers()
    assert Interaction.objects.get().queue == center.queue


def test_once_somebody_is_there_the_time_begins_anew(center, other, agent, conversation):
    factories.plan(center.queue, when_empty="overflow")
    presence.set_presence(agent_id=agent.pk, presence="offline")
    timers.run_timers()
    assert fresh(center.queue, "empty_since") != (None,)
    presence.set_presence(agent_id=agent.pk, presence="available")
    timers.run_timers()
    assert fresh(center.queue, "empty_since") == (None,)
