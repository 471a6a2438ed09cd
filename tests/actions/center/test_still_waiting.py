"""Who waits long is told, again and again, that somebody will come."""

from datetime import timedelta

import pytest

from contactcenter_chat.actions.center import interactions, transfers
from contactcenter_chat.actions.center.queues import save_queue
from contactcenter_chat.actions.center.timers import run_timers
from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.models import Interaction, Queue
from tests import factories
from tests.facts import locked, refused

SOON = {"waiting": {"en": "Somebody will be with you soon.", "es": "Enseguida."}}


@pytest.fixture
def queue(center):
    factories.plan(center.queue, texts=SOON, waiting_text_seconds=120)
    return center.queue


def waits(center, **data):
    return factories.start_conversation(center.channel, **data)


def pass_time(seconds):
    for each in Interaction.objects.filter(told_again_at__isnull=False):
        by = timedelta(seconds=seconds)
        Interaction.objects.filter(pk=each.pk).update(told_again_at=each.told_again_at - by)


def said(conversation):
    return list(conversation.messages.filter(author_type="system").values_list("text", flat=True))


def test_it_is_told_every_two_minutes(center, queue):
    conversation = waits(center, language="es")
    told = []
    for _ in range(4):
        pass_time(61)
        told.append(run_timers()["still_waiting_told"])
    assert told == [0, 1, 0, 1]
    assert said(conversation) == ["Enseguida."] * 2


def test_a_queue_without_a_text_or_a_time_tells_nothing(center):
    factories.plan(center.queue, texts=SOON)
    first = waits(center)
    factories.plan(center.queue, texts={}, waiting_text_seconds=120)
    waits(center)
    assert set(Interaction.objects.values_list("told_again_at", flat=True)) == {None}
    assert said(first) == []


def test_a_text_that_was_taken_away_is_told_no_more(center, queue):
    conversation = waits(center)
    factories.plan(queue, texts={})
    pass_time(121)
    assert run_timers()["still_waiting_told"] == 0
    assert (said(conversation), Interaction.objects.get().told_again_at) == ([], None)


@pytest.mark.parametrize("later", [{"is_put_off": True}, {"is_follow_up": True}, {"state": "offering"}])
def test_who_is_not_expecting_anybody_is_not_told(center, queue, later):
    conversation = waits(center)
    Interaction.objects.update(**later)
    Queue.objects.update(is_closed=later == {"is_put_off": True})
    pass_time(121)
    assert run_timers()["still_waiting_told"] == 0
    assert said(conversation) == []


def test_the_time_begins_anew_in_another_queue(center, queue):
    other = factories.make_queue(center.tenant)
    conversation = waits(center)
    pass_time(121)
    locked(move, conversation, other)
    assert run_timers()["still_waiting_told"] == 0
    assert Interaction.objects.get().told_again_at is None


def move(conversation, queue):
    transfers.move_to_queue(conversation, Interaction.objects.select_related("queue").get(), queue)


@pytest.mark.parametrize("seconds", [-1, 29, 3601])
def test_no_such_time(center, seconds):
    center.queue.waiting_text_seconds = seconds
    with refused(Invalid, field="waiting_text_seconds", value=seconds):
        save_queue(center.queue)


def test_who_came_while_it_was_closed_is_told_from_its_opening_on(center, queue):
    Queue.objects.update(is_closed=True, when_closed="wait")
    center.channel.queue.refresh_from_db()
    conversation = waits(center)
    assert Interaction.objects.get().told_again_at is None
    Queue.objects.update(is_closed=False)
    assert run_timers()["queues_opened"] == 1
    assert said(conversation) == []
    pass_time(121)
    run_timers()
    assert said(conversation) == ["Somebody will be with you soon."]


def test_who_is_taken_from_an_agent_is_told_after_that_time_again(center, queue, agent):
    conversation = waits(center)
    chat = factories.accepted(conversation)
    pass_time(1800)
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
    assert run_timers()["still_waiting_told"] == 0
    assert said(conversation) == []
