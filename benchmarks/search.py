"""How long do the transcripts' list and their search take with 1 000 000 messages, against 10 000?

Two schemas of one database, with a hundredth of the messages and with all of them, spread over the same year: the days
are fuller, which is harder than being more. The same pages are asked for in turns.
``python -m benchmarks search``
"""

import os
import statistics
import sys
import time

from .base import Row

os.environ["DJANGO_SETTINGS_MODULE"] = "example_project.settings"  # without the bare app, which has no migrations
os.environ["DATABASE_POOL"] = "0"  # the database is dropped at the end

FEW, MANY = 10_000, 1_000_000
MESSAGES_OF_A_CONVERSATION = 4
ROUNDS = 9
GOAL = 3.0
BIG_TABLES = tuple(
    f"contactcenter_chat_{name}" for name in ("message", "conversation", "interaction", "interactioncode")
)

# Words as they are used: a few in every third message, most of them hardly ever.
VOCABULARY = 20_000
WORDS_OF_A_MESSAGE = 12
RARE = 60  # conversations with something rare, however many there are

FILL = """
    CREATE TEMPORARY TABLE started ON COMMIT DROP AS
        SELECT number, now() - interval '365 days' * random() AS at
        FROM generate_series(1, %(conversations)s) AS number;
    INSERT INTO contactcenter_chat_customer (id, tenant_id, name, email, company, language, created_at)
        SELECT 'u' || number, %(tenant)s, 'Customer ' || number, '', '', '', at FROM started;
    INSERT INTO contactcenter_chat_conversation
            (id, tenant_id, channel_id, customer_id, state, data, language, last_number, last_queue_id, last_agent_id,
             last_word_by, created_at, last_active_at, script, is_remote, remote_id)
        SELECT 'c' || number, %(tenant)s, %(channel)s, 'u' || number,
            CASE WHEN number <= %(rare)s THEN 'active' ELSE 'idle' END, '{}', '', 4, %(queue)s, %(agent)s, '', at, at,
            '', false, ''
        FROM started;
    INSERT INTO contactcenter_chat_participant (id, conversation_id, type, joined_at, remote_id, remote_name)
        SELECT 'p' || number, 'c' || number, 'user', at, '', '' FROM started;
    INSERT INTO contactcenter_chat_interaction
            (id, tenant_id, conversation_id, queue_id, agent_id, state, outcome, ended_by, priority, entered_at,
             due_at, accepted_at, ended_at, finished_at, ask_round, wrap_up_extensions, codes_missing,
             is_remote, remote_agent)
        SELECT 'i' || number, %(tenant)s, 'c' || number,
            CASE WHEN number <= %(rare)s THEN %(rare_queue)s ELSE %(queue)s END, %(agent)s, 'finished', 'handled',
            'agent', 0, at, at, at, at, at, 0, 0, false, false, ''
        FROM started;
    INSERT INTO contactcenter_chat_interactioncode (interaction_id, code_id, short_code, label, chosen_at)
        SELECT 'i' || number, %(code)s, 'fees', 'Fees', at FROM started WHERE number %% 3 = 0;
    INSERT INTO contactcenter_chat_message
            (id, tenant_id, conversation_id, interaction_id, participant_id, author_type, text, number, client_id,
             history, created_at, delivery_state, delivery_reason, remote_id)
        SELECT 'm' || number || '-' || place, %(tenant)s, 'c' || number, 'i' || number, 'p' || number, 'user',
            said.text, place, '', false, at + interval '1 minute' * place, '', '', ''
        FROM started, generate_series(1, %(messages)s) AS place, LATERAL (
            SELECT string_agg('word' || floor(%(vocabulary)s * power(random(), 5))::int, ' ')
                || CASE WHEN number <= %(rare)s AND place = 1 THEN ' giraffe' ELSE '' END AS text
            FROM generate_series(1, %(words)s) WHERE number + place > 0
        ) AS said;
"""


def pages(center):
    """The queries of the transcripts' list that are measured, by what they are called."""
    deep = f"{int((time.time() - 200 * 86400) * 1_000_000)}-c1"
    tenant = {"centre": center.tenant.pk}
    asked = {
        "newest transcripts": {},
        "two hundred days further back": {"before": deep},
        "by channel": {"channel": center.channel.pk},
        f"by state, {RARE} in all": {"state": "active"},
        "by queue": {"queue": center.queue.pk},
        f"by queue, {RARE} in all": {"queue": center.rare_queue.pk},
        "by agent and code": {"agent": center.agent.pk, "code": center.code.pk},
        "by one day": {"since": "2026-01-15", "until": "2026-01-15"},
        "search: word in most messages": {"q": "word0"},
        "search: word in one of 20": {"q": "word100"},
        "search: word in one of 1000": {"q": "word5000"},
        f"search: word in {RARE} in all": {"q": "giraffe"},
        "search: no such word": {"q": "hippopotamus"},
        "search: two words": {"q": "word0 word3"},
        "search: two in quotes": {"q": '"word0 word0"'},
        f"search: word in most, queue of {RARE}": {"q": "word0", "queue": center.rare_queue.pk},
    }
    return {name: {**tenant, **query} for name, query in asked.items()}


def prepare():
    """A contact centre with what the filters name."""
    from tests.factories import make_agent, make_center, make_codes, make_queue

    center = make_center("benchmark")
    center.rare_queue = make_queue(center.tenant, "Rare")
    center.agent = make_agent(center.tenant, center.queue)
    (center.code,) = make_codes(center.tenant, "Fees")
    return center


def fill(center, conversations):
    """Add so many conversations, then let the database look at what it has."""
    from django.db import connection, transaction

    parameters = {
        "conversations": conversations,
        "tenant": center.tenant.pk,
        "channel": center.channel.pk,
        "queue": center.queue.pk,
        "rare_queue": center.rare_queue.pk,
        "agent": center.agent.pk,
        "code": center.code.pk,
        "rare": RARE,
        "messages": MESSAGES_OF_A_CONVERSATION,
        "vocabulary": VOCABULARY,
        "words": WORDS_OF_A_MESSAGE,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no check of each key; needs a superuser
        cursor.execute("DROP INDEX cc_message_search")  # made anew below, which is quicker
        for statement in filter(str.strip, FILL.split(";\n")):
            cursor.execute(statement, parameters)
        cursor.execute("CREATE INDEX cc_message_search ON contactcenter_chat_message USING gin (search)")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def times_of(clients, queries):
    """Return {name: [median milliseconds in each schema]} of each page, asked for in turns."""
    taken = {(name, schema): [] for name in queries[FEW] for schema in clients}
    for _ in range(ROUNDS + 2):
        for name, schema in taken:
            use(schema)
            started = time.perf_counter()
            answer = clients[schema].get(address(), queries[schema][name])
            taken[name, schema].append((time.perf_counter() - started) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.status_code}")
    medians = {key: statistics.median(values[2:]) for key, values in taken.items()}  # the first two warm up
    return {name: [medians[name, schema] for schema in clients] for name in queries[FEW]}


def address():
    from django.urls import reverse

    return reverse("admin:contactcenter_chat_conversation_changelist")


def use(schema):
    """Let everything that follows happen in the schema with so many messages."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path TO messages_{schema}")


def whole_tables_read(client, queries):
    """The pages that read a big table from end to end, with the table."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = set()
    for name, query in queries.items():
        with CaptureQueriesContext(connection) as captured:
            client.get(address(), query)
        for each in captured.captured_queries:
            if not each["sql"].startswith("SELECT"):
                continue
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + each["sql"].replace("%", "%%"), [])
                plan = [line for (line,) in cursor.fetchall()]
            scans = [line.split("Seq Scan on ")[1].split()[0] for line in plan if "Seq Scan on " in line]
            found |= {(name, table) for table in scans if table in BIG_TABLES}
    return sorted(found)


def filled(schema):
    """Make the schema with so many messages; return the client of a superuser and the queries to ask."""
    from django.contrib.auth import get_user_model
    from django.contrib.contenttypes.models import ContentType
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA messages_{schema}")
    use(schema)
    ContentType.objects.clear_cache()
    call_command("migrate", verbosity=0)
    center = prepare()
    fill(center, schema // MESSAGES_OF_A_CONVERSATION)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("benchmark"))
    return client, pages(center)


def run():
    """Return a row for each page of the admin; say which of them read a whole table."""
    import django
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    django.setup()
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        schemas = {schema: filled(schema) for schema in (FEW, MANY)}
        clients = {schema: client for schema, (client, _queries) in schemas.items()}
        queries = {schema: asked for schema, (_client, asked) in schemas.items()}
        times = times_of(clients, queries)
        use(MANY)
        scans = whole_tables_read(clients[MANY], queries[MANY])
    finally:
        end_other_connections()  # those of the threads that tell workers and desks
        teardown_databases(databases, verbosity=0)
    for name, table in scans:
        print(f"reads all of {table}: {name}", file=sys.stderr)
    return [
        Row(f"{name}, {MANY:,} messages", many, "ms", f"{FEW:,} messages: {few:.1f} ms", many / few, f"≤ {GOAL:g}")
        for name, (few, many) in times.items()
    ]


def end_other_connections():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
