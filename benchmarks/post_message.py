"""How fast is POST message, against a bare DRF view with token authentication that inserts one row?

Both run in one project on the same gunicorn, with the same middleware, clients and PostgreSQL, in turns. The message
goes through everything: authentication, rate limit, an Idempotency-Key of its own, the conversation's lock, its row
and its log row. Then 10 000 more messages tell whether the web processes grow.
"""

import itertools
import json
import statistics
import uuid

import psutil

from .base import Row
from .web import gunicorn, post_for, post_times

CLIENTS = 8
WARM_UP = 3  # seconds
ROUNDS = 12
SECONDS = 2  # of a round
GOAL = 0.55

SETTLED, REQUESTS = 2_000, 10_000  # requests before the memory is looked at first, and from then on
GROWTH_GOAL = 1.05


def run():
    """Return the rows for POST message and for the memory of its web processes."""
    bare, messages = _prepare()
    with gunicorn() as (port, server):
        for clients in (bare, messages):
            post_for(WARM_UP, port, clients)
        rounds = [(post_for(SECONDS, port, bare), post_for(SECONDS, port, messages)) for _ in range(ROUNDS)]
        return [*_speed(rounds), _memory(port, server, messages)]


def _speed(rounds):
    floor = statistics.median(bare.per_second for bare, _ours in rounds)
    ours = statistics.median(ours.per_second for _bare, ours in rounds)
    # Of each pair, since what else the machine does changes from one pair to the next.
    ratio = statistics.median(ours.per_second / bare.per_second for bare, ours in rounds)
    times = sorted(itertools.chain.from_iterable(ours.times for _bare, ours in rounds))
    bare_times = sorted(itertools.chain.from_iterable(bare.times for bare, _ours in rounds))
    yield Row("POST message", ours, "per second", f"bare DRF insert: {floor:,.0f}", ratio, f"≥ {GOAL}")
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        own, other = _percentile(times, share), _percentile(bare_times, share)
        yield Row(f"POST message, {name}", own, "ms", f"bare DRF insert: {other:,.1f}", own / other)


def _percentile(times, share):
    return times[int(len(times) * share)] * 1000


def _memory(port, server, messages):
    post_times(SETTLED, port, messages)
    before = _resident(server)
    post_times(REQUESTS, port, messages)
    after = _resident(server)
    return Row(
        f"Memory of a web process, {REQUESTS:,} requests later",
        after,
        "MiB",
        f"before: {before:,.1f}",
        after / before,
        f"≤ {GROWTH_GOAL}",
    )


def _resident(server):
    """The mean memory of the web processes that is theirs alone, in MiB."""
    workers = psutil.Process(server.pid).children()
    return statistics.mean(worker.memory_full_info().uss for worker in workers) / 2**20


def _prepare():
    """Migrate, make a user with a token, and a contact centre with a conversation per client; return the clients."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.utils import timezone
    from rest_framework.authtoken.models import Token

    from contactcenter_chat.api.authentication import issue_token
    from tests.factories import make_center, start_conversation

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the bare app has no migrations
    user = get_user_model().objects.create_user(f"user{uuid.uuid4().hex}")
    center = make_center(f"tenant{uuid.uuid4().hex}")
    token = issue_token(center.api_key, timezone.now())
    bare = [_bare_client(Token.objects.create(user=user).key)] * CLIENTS
    conversations = [start_conversation(center.channel) for _ in range(CLIENTS)]
    return bare, [_message_client(center.tenant.label, token, each.pk) for each in conversations]


def _bare_client(token):
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    body = json.dumps({"text": "When does the course begin?"})
    return lambda: ("/bare/notes", body, headers)


def _message_client(tenant, token, conversation_id):
    path = f"/vcc/us/chat/v2/tenant/{tenant}/conversations/{conversation_id}/messages"
    body = json.dumps({"text": "When does the course begin?", "authorType": "user"})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return lambda: (path, body, {**headers, "Idempotency-Key": str(uuid.uuid4())})
