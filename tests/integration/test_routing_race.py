"""A hundred dispatchers in ten processes, ten thousand interactions, two hundred agents, and random kills.

Afterwards: no interaction offered twice at once, no agent over capacity, none lost, nobody offered what they had not
the skills for, what is due first offered first to whoever could take it; the decisions can be made once more. Half of
the queues require skills, which their steps give up; two of them pass on what has waited for too long.
"""

import os
import random
import subprocess
import sys
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone

from contactcenter_chat.actions.center import placing
from contactcenter_chat.models import (
    Agent,
    Conversation,
    Customer,
    Interaction,
    LogEntry,
    Offer,
    Queue,
    RoutingDecision,
    Segment,
)
from contactcenter_chat.queries.decisions import explained, replay
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PROCESSES, THREADS, AGENTS, QUEUES, INTERACTIONS, KILLS = 10, 10, 200, 20, 10_000, 6
REPLAYED = 500
STEPS = (10, 25)  # seconds
MAX_WAIT = 15


def test_nothing_is_offered_twice_or_lost():
    center = factories.make_center(wrap_up_mode="none")
    skills = [factories.make_skill(center.tenant, name) for name in ("Fees", "Visas", "Housing")]
    queues = make_queues(center, skills)
    for number in range(AGENTS):
        agent = factories.make_agent(center.tenant, *random.sample(queues, 2), capacity=1 + number % 3)
        factories.give(agent, skills={skill: random.randint(1, 5) for skill in random.sample(skills, 2)})
    # Nobody's desk is lost: what is tried here is routing.
    Agent.objects.update(last_seen_at=timezone.now() + timedelta(days=1))
    make_interactions(center, queues)
    first_required = requirements_of_all()
    run_dispatchers()

    assert dict(Interaction.objects.values_list("outcome").annotate(Count("pk"))) == {"handled": INTERACTIONS}
    per_interaction = Offer.objects.values("interaction").annotate(n=Count("pk"))
    assert per_interaction.aggregate(Max("n")) == {"n__max": 1}
    assert Offer.objects.filter(state="accepted").count() == INTERACTIONS
    assert not Agent.objects.exclude(load=0).exists()
    assert most_at_once() == []
    joined = LogEntry.objects.filter(kind="agent.joined").count()
    assert joined == LogEntry.objects.filter(kind="agent.left").count() == INTERACTIONS
    passed_on = LogEntry.objects.filter(kind="interaction.overflowed").count()
    widened = Interaction.objects.filter(step__gt=0).count()
    assert passed_on > 0, "Nothing was passed on: the race is too easy."
    assert widened > 0, "No step was reached: the race is too easy."
    levels = {agent.pk: {row.skill_id: row.level for row in agent.skills.all()} for agent in with_skills()}
    assert offered_without_skills(levels) == []
    assert passed_over(first_required, levels) == []
    for queue in [queue for queue in queues[:-2] if not queue.requires]:
        of_queue = Interaction.objects.filter(queue=queue)
        first_come = list(of_queue.order_by("due_at", "pk").values_list("pk", flat=True))
        # Of those that were offered in one look, which have one time, the order is not told.
        offered = list(of_queue.order_by("offers__made_at", "due_at", "pk").values_list("pk", flat=True))
        assert offered == first_come
    sample = random.sample(list(Interaction.objects.order_by("pk")), REPLAYED)
    assert {replay(decision).same for each in sample for decision in explained(each)} == {True}


def make_queues(center, skills):
    """Every other one requires a skill until its steps; the first two pass on to the last two."""
    fields = {"wrap_up_mode": "none", "ring_seconds": 300}  # what a killed dispatcher leaves ringing, others take
    queues = [factories.make_queue(center.tenant, **fields) for _ in range(QUEUES)]
    for number, queue in enumerate(queues):
        if number % 2 == 0:
            skill = skills[number % len(skills)].pk
            steps = [{"after": STEPS[0], "requires": {skill: 2}}, {"after": STEPS[1], "requires": {}}]
            factories.plan(queue, requires={skill: 4}, steps=steps)
    for queue in queues[:2]:
        factories.overflows(queue, *queues[-2:])
        factories.plan(queue, max_wait_seconds=MAX_WAIT)
    return list(Queue.objects.filter(pk__in=[queue.pk for queue in queues]).order_by("created_at"))


def make_interactions(center, queues):
    """Ten thousand conversations that wait; in bulk, since starting them is not what is tried here."""
    customer = Customer.objects.create(tenant=center.tenant)
    conversations = [
        Conversation(tenant=center.tenant, channel=center.channel, customer=customer, state="active")
        for _ in range(INTERACTIONS)
    ]
    Conversation.objects.bulk_create(conversations)
    now = timezone.now()
    start = now - timedelta(hours=1)
    interactions = [
        Interaction(
            tenant=center.tenant,
            conversation=conversation,
            queue=queues[number % QUEUES],
            entered_at=start + timedelta(milliseconds=number),
        )
        for number, conversation in enumerate(conversations)
    ]
    for interaction in interactions:
        placing.enter(interaction, interaction.conversation, at=now)
    Interaction.objects.bulk_create(interactions)
    Segment.objects.bulk_create(
        Segment(tenant=center.tenant, queue=each.queue, interaction=each, entered_at=now, due_at=each.due_at)
        for each in interactions
    )
    for interaction, conversation in zip(interactions, conversations, strict=True):
        conversation.open_interaction = interaction
    Conversation.objects.bulk_update(conversations, ["open_interaction"], batch_size=1000)
    assert Queue.objects.filter(interactions__state="waiting").distinct().count() == QUEUES


def requirements_of_all():
    """What each interaction required at first, by its id."""
    rows = Interaction.objects.values_list("pk", "required")
    return {pk: required.get("skills", {}) for pk, required in rows}


def with_skills():
    return Agent.objects.prefetch_related("skills")


def has(levels, required):
    return all(levels.get(skill, 0) >= level for skill, level in required.items())


def offered_without_skills(levels):
    """Offers to agents who had not what was required at that moment, as the decision and the row keep it."""
    decisions = RoutingDecision.objects.values_list("interaction", "agent", "request", "interaction__required")
    return [
        pk
        for pk, agent, request, required in decisions
        if not has(levels[agent], request["required"]["skills"]) or not has(levels[agent], required.get("skills", {}))
    ]


def passed_over(first_required, levels):
    """Offers made while another waited in the same queue that was due before, and that the agent could have taken.

    Others are judged by what they required at first, which is what they required most; those that were passed on are
    left out, since when they came is another question.
    """
    moved = set(LogEntry.objects.filter(kind="interaction.overflowed").values_list("interaction", flat=True))
    rows = Offer.objects.order_by("made_at").values_list(
        "interaction__queue", "interaction", "made_at", "interaction__due_at", "agent"
    )
    by_queue = defaultdict(list)
    for queue, *row in rows:
        if row[0] not in moved:
            by_queue[queue].append(row)
    found = []
    for offered in by_queue.values():
        for at, (pk, made_at, due_at, agent) in enumerate(offered):
            later = (row for row in offered[at + 1 :] if row[1] > made_at and (row[2], row[0]) < (due_at, pk))
            found += [(pk, row[0]) for row in later if has(levels[agent], first_required[row[0]])]
    return found


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
