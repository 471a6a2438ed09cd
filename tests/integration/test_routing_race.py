"""A hundred dispatchers in ten processes, ten thousand interactions, two hundred agents, and random kills.

Afterwards: no interaction offered twice at once, no agent over capacity, none lost, first come first served.
"""

import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone

from contactcenter_chat.models import Agent, Conversation, Customer, Interaction, LogEntry, Offer, Queue
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PROCESSES, THREADS, AGENTS, QUEUES, INTERACTIONS, KILLS = 10, 10, 200, 20, 10_000, 6


def test_nothing_is_offered_twice_or_lost():
    center = factories.make_center(wrap_up_mode="none")
    queues = [factories.make_queue(center.tenant, wrap_up_mode="none") for _ in range(QUEUES)]
    for number in range(AGENTS):
        factories.make_agent(center.tenant, *random.sample(queues, 2), capacity=1 + number % 3)
    make_interactions(center, queues)
    run_dispatchers()

    assert dict(Interaction.objects.values_list("outcome").annotate(Count("pk"))) == {"handled": INTERACTIONS}
    per_interaction = Offer.objects.values("interaction").annotate(n=Count("pk"))
    assert per_interaction.aggregate(Max("n")) == {"n__max": 1}
    assert Offer.objects.filter(state="accepted").count() == INTERACTIONS
    assert not Agent.objects.exclude(load=0).exists()
    assert most_at_once() == []
    joined = LogEntry.objects.filter(kind="agent.joined").count()
    assert joined == LogEntry.objects.filter(kind="agent.left").count() == INTERACTIONS
    for queue in queues:
        of_queue = Interaction.objects.filter(queue=queue)
        first_come = list(of_queue.order_by("rank_at", "pk").values_list("pk", flat=True))
        offered = list(of_queue.order_by("offers__made_at").values_list("pk", flat=True))
        assert offered == first_come


def make_interactions(center, queues):
    """Ten thousand conversations that wait; in bulk, since starting them is not what is tried here."""
    customer = Customer.objects.create(tenant=center.tenant)
    conversations = [
        Conversation(tenant=center.tenant, channel=center.channel, customer=customer, state="active")
        for _ in range(INTERACTIONS)
    ]
    Conversation.objects.bulk_create(conversations)
    start = timezone.now() - timedelta(hours=1)
    interactions = [
        Interaction(
            tenant=center.tenant,
            conversation=conversation,
            queue=queues[number % QUEUES],
            entered_at=start + timedelta(milliseconds=number),
            rank_at=start + timedelta(milliseconds=number),
        )
        for number, conversation in enumerate(conversations)
    ]
    Interaction.objects.bulk_create(interactions)
    for interaction, conversation in zip(interactions, conversations, strict=True):
        conversation.open_interaction = interaction
    Conversation.objects.bulk_update(conversations, ["open_interaction"], batch_size=1000)
    assert Queue.objects.filter(interactions__state="waiting").distinct().count() == QUEUES


def run_dispatchers():
    """Run the processes to their end; kill one now and then, in whatever it is doing, and start another."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    command = [sys.executable, str(Path(__file__).with_name("race_worker.py")), str(THREADS)]
    root = Path(__file__).resolve().parent.parent.parent
    environment = {**os.environ, "DATABASE_URL": url, "DATABASE_POOL": "8"}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.integration.race_settings"
    environment["PYTHONPATH"] = str(root)

    def start():
        return subprocess.Popen(command, env=environment, cwd=root)

    workers = [start() for _ in range(PROCESSES)]
    try:
        for kill in range(1, KILLS + 1):
            wait_until_finished(INTERACTIONS * kill // (KILLS + 1), workers)
            victim = random.randrange(PROCESSES)
            workers[victim].kill()
            workers[victim].wait()
            workers[victim] = start()
        for worker in workers:
            assert worker.wait(timeout=900) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def wait_until_finished(number, workers):
    while Interaction.objects.filter(state="finished").count() < number:
        assert all(worker.poll() is None for worker in workers)
        with pytest.raises(subprocess.TimeoutExpired):
            workers[0].wait(timeout=0.5)


def most_at_once():
    """Agents who at some moment had more offers and chats than their capacity, by the rows' own times."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH changes AS (
                SELECT o.agent_id, o.made_at AS at, 1 AS load FROM contactcenter_chat_offer o
                UNION ALL
                SELECT i.agent_id, i.finished_at, -1 FROM contactcenter_chat_interaction i
            ), loads AS (
                SELECT agent_id, sum(load) OVER (PARTITION BY agent_id ORDER BY at, load) AS load FROM changes
            )
            SELECT l.agent_id, max(l.load) FROM loads l JOIN contactcenter_chat_agent a ON a.id = l.agent_id
            GROUP BY l.agent_id, a.capacity HAVING max(l.load) > a.capacity
            """
        )
        return cursor.fetchall()
