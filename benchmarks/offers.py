"""How many offers a second do two processes make on one queue, and does it matter how much waits there?

The baseline is the bare act, by the same two processes on the same rows: take the first row that waits, mark it,
insert an offer, commit. Then chats come at half that rate, and in a burst, and what is measured is how long each waits
for its offer. ``python -m benchmarks offers``
"""

import os
import subprocess
import sys
import time

from .base import Row

os.environ["DATABASE_POOL"] = "0"  # the database is dropped at the end

FEW, MANY = 20_000, 1_000_000
AGENTS, CAPACITY = 200, 25
BURST, BURST_SECONDS = 1000, 10
STEADY_CAPACITY, STEADY_SECONDS, STEADY_GOAL = 5, 15, 1.0
TURN = 0.05  # seconds between two looks of whoever brings chats and takes them away again
PROCESSES = 2
GOAL, FLAT = 0.25, 0.2

FILL = """
    CREATE TEMPORARY TABLE coming ON COMMIT DROP AS
        SELECT number, now() - interval '1 second' * (%(last)s - number) AS at
        FROM generate_series(%(first)s, %(last)s) AS number;
    INSERT INTO contactcenter_chat_conversation
            (id, tenant_id, channel_id, customer_id, state, data, language, last_number, last_word_by, created_at,
             last_active_at, script, is_remote, remote_id)
        SELECT 'c' || number, %(tenant)s, %(channel)s, %(customer)s, 'active', '{}', '', 0, '', at, at, '', false, ''
        FROM coming;
    INSERT INTO contactcenter_chat_interaction
            (id, tenant_id, conversation_id, queue_id, state, outcome, ended_by, priority, entered_at, due_at,
             ask_round, wrap_up_extensions, codes_missing, is_remote, remote_agent)
        SELECT 'i' || number, %(tenant)s, 'c' || number, %(queue)s, 'waiting', '', '', 0, at, at, 0, 0, false, false,
            ''
        FROM coming;
"""
FILL_NOW = FILL.replace("interval '1 second'", "interval '0 seconds'")
EMPTY = "TRUNCATE contactcenter_chat_conversation CASCADE"
BARE = """
    WITH next AS (
        SELECT id FROM contactcenter_chat_interaction
        WHERE queue_id = %(queue)s AND state = 'waiting' AND NOT is_remote AND ask_again_at IS NULL AND group_key = ''
        ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
        UPDATE contactcenter_chat_interaction SET state = 'offering' FROM next
        WHERE contactcenter_chat_interaction.id = next.id RETURNING contactcenter_chat_interaction.id
    )
    INSERT INTO contactcenter_chat_offer (id, interaction_id, agent_id, state, reason, ask_round, made_at, expires_at)
        SELECT substr(md5(id), 1, 22), id, %(agent)s, 'pending', '', 0, now(), now() FROM marked
"""
UNMET = """
    UPDATE contactcenter_chat_interaction
        SET group_key = 'unmet', required = '{"skills": {"nobody-has-this": 1}, "language": ""}'
        WHERE substr(id, 2)::int <= %(last)s
"""
RESET = """
    DELETE FROM contactcenter_chat_offer;
    DELETE FROM contactcenter_chat_routingdecision;
    DELETE FROM contactcenter_chat_logentry;
    UPDATE contactcenter_chat_interaction SET state = 'waiting' WHERE state = 'offering';
    UPDATE contactcenter_chat_agent SET load_thirds = 0;
    UPDATE contactcenter_chat_conversation SET last_number = 0 WHERE last_number > 0;
"""


# Whoever was offered something a second ago has done with it.
DONE_WITH = """
    WITH old AS (
        UPDATE contactcenter_chat_offer SET state = 'withdrawn', ended_at = now()
        WHERE state = 'pending' AND made_at < now() - interval '1 second' RETURNING interaction_id
    )
    UPDATE contactcenter_chat_interaction SET state = 'finished' FROM old
    WHERE contactcenter_chat_interaction.id = old.interaction_id;
    UPDATE contactcenter_chat_agent SET load_thirds = held.thirds FROM (
        SELECT agent.id, 3 * count(offer.id) AS thirds FROM contactcenter_chat_agent AS agent
        LEFT JOIN contactcenter_chat_offer AS offer ON offer.agent_id = agent.id AND offer.state = 'pending'
        GROUP BY agent.id
    ) AS held WHERE held.id = contactcenter_chat_agent.id AND load_thirds <> held.thirds
"""
WAITED = """
    SELECT count(*), percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM made_at - entered_at))
    FROM contactcenter_chat_offer AS offer
    JOIN contactcenter_chat_interaction AS interaction ON interaction.id = offer.interaction_id
"""


def run():
    """Return the rows of this benchmark."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    center, rows = prepare(), []
    few, bare = _filled(center, 1, FEW), _rate(center, "bare")
    rows.append(Row(f"offers, {FEW:,} waiting", few, "/s", f"bare: {bare:,.0f} /s", few / bare, f"≥ {GOAL}"))
    many = _filled(center, FEW + 1, MANY)
    rows.append(Row(f"offers, {MANY:,} waiting", many, "/s", f"{FEW:,}: {few:,.0f} /s", many / few, f"≥ {1 - FLAT}"))
    unmet = MANY - 1000
    _execute(UNMET, {"last": unmet})
    _execute("VACUUM ANALYZE contactcenter_chat_interaction")
    mixed = _rate(center, "ours", most=900)
    name = f"offers, the first {unmet:,} wait in vain"
    rows.append(Row(name, mixed, "/s", f"{FEW:,}: {few:,.0f} /s", mixed / few, f"≥ {1 - FLAT}"))
    return [*rows, _burst(center), _steady(center, few / 2)]


def prepare():
    """A queue of agents who can take much at once."""
    from contactcenter_chat.models import Customer
    from tests.factories import make_agent, make_center

    center = make_center("benchmark")
    center.customer = Customer.objects.create(tenant=center.tenant)
    center.agents = [make_agent(center.tenant, center.queue, capacity=CAPACITY) for _ in range(AGENTS)]
    return center


def _filled(center, first, last):
    """Have so many wait, and return how many offers a second are made then."""
    _come(center, first, last, FILL)
    _vacuum()
    return _rate(center, "ours")


def _come(center, first, last, fill):
    """Have chats of these numbers wait."""
    from django.db import connection, transaction

    names = {"tenant": center.tenant, "channel": center.channel, "customer": center.customer, "queue": center.queue}
    values = {name: row.pk for name, row in names.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(fill, {**values, "first": first, "last": last})


def _vacuum():
    _execute("VACUUM ANALYZE contactcenter_chat_interaction")
    _execute("VACUUM ANALYZE contactcenter_chat_conversation")


def _burst(center):
    """How long it takes until all of many who come at once are offered to somebody."""
    _execute(EMPTY)
    _come(center, 1, BURST, FILL_NOW)
    _vacuum()
    seconds = BURST / _rate(center, "ours")
    if _waited()[0] != BURST:
        raise RuntimeError("Not all of them were offered to somebody.")
    goal = f"{BURST_SECONDS} s"
    return Row(f"{BURST:,} chats at once, all offered after", seconds, "s", goal, seconds / BURST_SECONDS, "≤ 1")


def _steady(center, per_second):
    """How long chats wait for their offers that come at this rate, while agents have others ended."""
    from contactcenter_chat.models import Agent

    _execute(EMPTY)
    Agent.objects.update(load=0, capacity=STEADY_CAPACITY)
    processes = _started(center, "steady", 0)
    for process in processes:
        _begin(process)
    began, come = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < STEADY_SECONDS:
        if (now := int(passed * per_second)) > come:
            _come(center, come + 1, now, FILL_NOW)
            come = now
        _execute(DONE_WITH)
        time.sleep(TURN)
    for process in processes:
        process.communicate()
    offered, p95 = _waited()
    if offered != come:
        raise RuntimeError(f"Of {come} who came, {offered} were offered to somebody.")
    name = f"wait for an offer at {per_second:.0f} chats/s, p95, {AGENTS} agents of {STEADY_CAPACITY}"
    return Row(name, 1000 * p95, "ms", f"{STEADY_GOAL:g} s", p95 / STEADY_GOAL, "≤ 1")


def _waited():
    """How many were offered to somebody, and how many seconds 95 of 100 waited at most."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(WAITED)
        offered, p95 = cursor.fetchone()
    return offered, float(p95)


def _execute(statement, values=None):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rate(center, way, most=AGENTS * CAPACITY):
    """How many offers a second both processes make until nobody is free, or so many are made."""
    from contactcenter_chat.models import Offer

    _execute(RESET)
    processes = _started(center, way, most)
    started = time.perf_counter()
    for process in processes:
        _begin(process)
    for process in processes:
        process.stdout.readline()  # it is done
    seconds = time.perf_counter() - started
    for process in processes:
        process.communicate()
    return Offer.objects.count() / seconds


def _started(center, way, most):
    """Both processes, which are ready and wait for the word."""
    command = [sys.executable, "-m", "benchmarks.offers", way, center.queue.pk, center.agents[0].pk, str(most)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    for process in processes:
        process.stdout.readline()
    return processes


def _begin(process):
    process.stdin.write("\n")
    process.stdin.flush()


def work(way, queue_id, agent_id, most):
    """What one process does."""
    import django

    django.setup()
    from django.db import connection

    from contactcenter_chat.actions.center import routing

    with connection.cursor() as cursor:
        print("ready", flush=True)
        sys.stdin.readline()
        if way == "ours":
            routing.route_queue(queue_id)
        elif way == "steady":
            until = time.monotonic() + STEADY_SECONDS + 3
            while time.monotonic() < until:
                routing.route_queue(queue_id)
                time.sleep(TURN / PROCESSES)
        else:
            for _ in range(most // PROCESSES):
                cursor.execute(BARE, {"queue": queue_id, "agent": agent_id})
    print("done", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    work(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
