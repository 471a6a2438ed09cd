"""How long an interaction was in a queue, and what came of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import interactions, transfers
from contactcenter_chat.models import Interaction, Segment
from tests import factories

WHAT = ("queue_id", "outcome")


def segments():
    return list(Segment.objects.order_by("pk").values_list(*WHAT))


def test_from_being_queued_to_being_accepted_to_the_end(center, agent, conversation):
    segment, interaction = Segment.objects.get(), Interaction.objects.get()
    assert (segment.tenant, segment.queue, segment.interaction) == (center.tenant, center.queue, interaction)
    assert (segment.entered_at, segment.due_at) == (interaction.entered_at, interaction.due_at)
    assert (segment.accepted_at, segment.left_at, segment.step) == (None, None, 0)
    chat = factories.accepted(conversation)
    segment.refresh_from_db()
    assert (segment.accepted_at, segment.left_at) == (chat.accepted_at, None)
    chat = interactions.end_interaction(interaction_id=chat.pk, agent=agent)
    segment.refresh_from_db()
    assert (segment.left_at, segment.outcome) == (chat.ended_at, "handled")


def test_who_leaves_while_waiting(center, conversation):
    Interaction.objects.update(entered_at=Interaction.objects.get().entered_at - timedelta(minutes=1))
    conversations.leave_as_customer(conversation_id=conversation.pk)
    assert segments() == [(center.queue.pk, "abandoned")]


def test_a_transfer_begins_another(center, agent, conversation):
    other = factories.make_queue(center.tenant)
    chat = factories.accepted(conversation)
    transfers.transfer_to_queue(interaction_id=chat.pk, agent=agent, queue=other)
    assert segments() == [(center.queue.pk, "transferred"), (other.pk, "")]


def test_moved_while_waiting(center, conversation):
    other = factories.make_queue(center.tenant)
    conversations.assign_to_queue(conversation_id=conversation.pk, queue=other)
    assert segments() == [(center.queue.pk, "transferred"), (other.pk, "")]
    assert Segment.objects.filter(interaction=Interaction.objects.get()).count() == 2


def test_taken_back_from_an_agent_it_goes_on(center, agent, conversation):
    chat = factories.accepted(conversation)
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="agent_lost")
    assert segments() == [(center.queue.pk, "")]


def test_it_is_in_one_queue_at_a_time(center, conversation):
    segment = Segment.objects.get()
    segment.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        segment.save(force_insert=True)


def test_it_outlives_what_it_measured(center, conversation):
    conversations.erase_conversation(conversation_id=conversation.pk)
    Interaction.objects.all().delete()
    assert Segment.objects.get().interaction is None
