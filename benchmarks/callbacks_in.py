"""How fast are callbacks accepted, against a bare DRF view that verifies one RS256 signature and inserts one row?

Both run in one project on the same gunicorn, with the same clients and PostgreSQL, in turns. Each callback is signed
by its client and has an event id of its own.
"""

import itertools
import json
import os
import statistics
import time
import uuid

from .base import Row
from .web import gunicorn, post_for

CLIENTS = 8
WARM_UP = 3  # seconds
ROUNDS = 12
SECONDS = 2  # of a round
GOAL = 0.6
PROVIDER = "bench"  # in benchmarks.settings
KEY_VARIABLE = "BARE_JWK"


def run():
    """Return the row for callbacks accepted."""
    bare, callbacks = _prepare()
    with gunicorn() as (port, _server):
        for clients in (bare, callbacks):
            post_for(WARM_UP, port, clients)
        rounds = [(post_for(SECONDS, port, bare), post_for(SECONDS, port, callbacks)) for _ in range(ROUNDS)]
    floor = statistics.median(bare.per_second for bare, _ours in rounds)
    ours = statistics.median(ours.per_second for _bare, ours in rounds)
    # Of each pair, since what else the machine does changes from one pair to the next.
    ratio = statistics.median(ours.per_second / bare.per_second for bare, ours in rounds)
    baseline = f"bare DRF, RS256 and insert: {floor:,.0f}"
    return [Row("Callbacks accepted", ours, "per second", baseline, ratio, f"≥ {GOAL}")]


def _prepare():
    """Migrate, make the centre's row and key, and return the clients."""
    import django

    django.setup()
    from django.core.management import call_command

    from contactcenter_chat.actions.receivers import ensure_receiver
    from contactcenter_chat.models import RemoteKey
    from contactcenter_chat.providers.base import load_provider
    from contactcenter_chat.signature import Signer, new_keys
    from tests.factories import make_tenant

    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the bare app has no migrations
    kid = f"kid{uuid.uuid4().hex}"
    keys = new_keys(kid)
    ensure_receiver(make_tenant(f"tenant{uuid.uuid4().hex}").tenant, load_provider(PROVIDER))
    RemoteKey.objects.create(provider=PROVIDER, kid=kid, jwk=keys.public_jwk)
    os.environ[KEY_VARIABLE] = json.dumps(keys.public_jwk)  # the web processes inherit it
    signer = Signer(kid, keys.rsa_pem, keys.ed25519_pem)
    return [_bare_client(signer)] * CLIENTS, [_client(signer)] * CLIENTS


def _body(number):
    said = {"eventType": "TEXT", "messageType": "AGENT", "conversationId": f"C{number % 100}"}
    told = {"agentId": "ada", "agentName": "Ada,Lovelace", "message": "In October, as every year."}
    return json.dumps({**said, "timestamp": int(time.time() * 1000), **told}, separators=(",", ":")).encode()


def _bare_client(signer):
    numbers = itertools.count()

    def next_request():
        body = _body(next(numbers))
        headers = {"Content-Type": "application/json", "X-Signature": signer.detached_jws(body)}
        return "/bare/callbacks", body, headers

    return next_request


def _client(signer):
    from contactcenter_chat.signature import Transmission, new_secret

    numbers, secret = itertools.count(), new_secret()

    def next_request():
        body = _body(next(numbers))
        sent = Transmission("bench", uuid.uuid4().hex, int(time.time() * 1000), 0, body)
        return f"/callbacks/{PROVIDER}/", body, signer.headers(sent, secret)

    return next_request
