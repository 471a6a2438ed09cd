"""How many offers a second do two processes make on one queue, and does it matter how much waits there?

The baseline is the bare act, by the same two processes on the same rows: take the first row that waits, mark it,
insert an offer, commit. ``python -m benchmarks offers``
"""

import os
import subprocess
import sys
import time

from .base import Row

os.environ["DATABASE_POOL"] = "0"  # the database is dropped at the end

FEW, MANY = 20_000, 1_000_000
AGENTS, CAPACITY = 200, 25
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
    return rows


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
    from django.db import connection, transaction

    names = {"tenant": center.tenant, "channel": center.channel, "customer": center.customer, "queue": center.queue}
    values = {name: row.pk for name, row in names.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILL, {**values, "first": first, "last": last})
    _execute("VACUUM ANALYZE contactcenter_chat_interaction")
    _execute("VACUUM ANALYZE contactcenter_chat_conversation")
    return _rate(center, "ours")


def _execute(statement, values=None):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rate(center, way, most=AGENTS * CAPACITY):
    """How many offers a second both processes make until nobody is free, or so many are made."""
    from contactcenter_chat.models import Offer

    _execute(RESET)
    command = [sys.executable, "-m", "benchmarks.offers", way, center.queue.pk, center.agents[0].pk, str(most)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    for process in processes:
        process.stdout.readline()  # it is ready
    started = time.perf_counter()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.stdout.readline()  # it is done
    seconds = time.perf_counter() - started
    for process in processes:
        process.communicate()
    return Offer.objects.count() / seconds


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
        else:
            for _ in range(most // PROCESSES):
                cursor.execute(BARE, {"queue": queue_id, "agent": agent_id})
    print("done", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    work(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
