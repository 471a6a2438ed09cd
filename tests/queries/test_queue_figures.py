"""How queues stand: what waits counts from when it came to wait there, whatever it did before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contactcenter_chat.actions.center import interactions, overflow, transfers
from contactcenter_chat.database import atomic
from contactcenter_chat.models import Conversation, Interaction, clock
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.queries.queue_figures import Waiting, standing_of, waiting_in
from tests import factories

pytestmark = pytest.mark.django_db

AGO = timedelta(minutes=20)


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def agent(center):
    return factories.make_agent(center.tenant, center.queue)


@pytest.fixture
def other(center):
    return factories.make_queue(center.tenant, "Fees")


def in_queue(center):
    """A chat that has waited for twenty minutes."""
    conversation = factories.start_conversation(center.channel)
    rows = Interaction.objects.filter(conversation=conversation)
    since = timezone.now() - AGO
    rows.update(entered_at=since, queued_at=since)
    return rows.get()


def waits(queue):
    return waiting_in([queue.pk])[queue.pk]


def test_what_only_waits_counts_from_its_entry(center):
    interaction = in_queue(center)
    assert waits(center.queue) == Waiting(1, interaction.entered_at)
    assert standing_of(center.queue).longest_wait == 20 * 60


def test_what_came_back_from_an_agent_counts_from_then(center, agent):
    chat = in_queue(center)
    factories.accepted(chat.conversation)
    before = clock.now()
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
    assert waits(center.queue).since >= before
    assert standing_of(center.queue).longest_wait == 0
    chat.refresh_from_db()
    assert chat.entered_at < before  # its age it keeps


def test_what_rings_again_counts_from_then_too(center, agent):
    chat = in_queue(center)
    factories.accepted(chat.conversation)
    before = clock.now()
    interactions.reroute(interaction_id=chat.pk, agent_id=agent.pk, reason="no_reply")
    Interaction.objects.update(asked=[], group_key="")
    factories.offer_of(chat.conversation)
    assert waits(center.queue).count == 1
    assert waits(center.queue).since >= before


def test_in_the_queue_it_was_passed_on_to_it_counts_from_then(center, other):
    factories.overflows(center.queue, other)
    chat = in_queue(center)
    Interaction.objects.update(overflows_at=database_now())
    before = clock.now()
    assert overflow.after_longest_wait(chat.pk, database_now()) is True
    assert waits(center.queue) == Waiting()
    assert waits(other).since >= before


def test_in_the_queue_it_was_moved_to_it_counts_from_then(center, other):
    chat = in_queue(center)
    before = clock.now()
    with atomic():
        transfers.move_to_queue(Conversation.objects.lock(chat.conversation_id), chat, other)
    assert waits(other).since >= before


@pytest.mark.postgresql
def test_what_waits_is_counted_in_an_index(center):
    in_queue(center)
    factories.chat_history(center, count=100)  # so that no index but this one has little to read
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        cursor.execute("ANALYZE contactcenter_chat_interaction")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        # As after a vacuum: in so small a table, all indexes cost the same otherwise.
        cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = 'contactcenter_chat_interaction'")
        waits(center.queue)
        counting = next(each["sql"] for each in queries if "MIN" in each["sql"])
        cursor.execute(f"EXPLAIN {counting}")
        assert "Index Only Scan using cc_waiting_since" in str(cursor.fetchall())
