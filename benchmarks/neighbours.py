"""How soon are one tenant's callbacks there while another tenant's receivers dribble their answers, or hang?

Against the same tenant alone, in the same run: the same workers, the same events in a second. What the other tenant is
owed is more than can be delivered in the time, so that its receivers are busy from the first second to the last.
"""

import os
import sys
import time
import uuid

from .base import Row
from .deliveries import broker, celery, owe_to, run_at_once, talk
from .receiver import receiver

RATE, SECONDS = 20, 25  # events of the good tenant
WEBHOOKS, LANES, EACH = 10, 100, 2  # of the bad one; conversations of each, and what is owed to each of these
TROUBLES = ("dribbles", "hangs")
PATIENCE = 120  # seconds, for the last to arrive
GOAL = "≤ 2"


def run():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    with receiver() as good:
        talk(good)
        return [beside(trouble, good) for trouble in TROUBLES]


def beside(trouble, good):
    """The good tenant's figure while each receiver of the bad one does this; alone before that, and after it."""
    from contactcenter_chat.models import Lane

    before = p99(good)
    with receiver(trouble) as bad:
        waited = p99(good, bad)
    Lane.objects.update(due_at=None)
    alone = (before + p99(good)) / 2
    name = f"event to callback, p99, while each of {WEBHOOKS} receivers of another tenant {trouble}"
    return Row(name, waited, "ms", f"alone: {alone:.1f}", waited / alone, GOAL)


def p99(good, bad=None):
    """Milliseconds from an event to its callback at the good receiver."""
    environment = broker("Redis")
    with celery("example_project", environment):
        write(good, 1, environment)  # until the workers are ready
        if bad:
            owe_much(bad)
        waits = write(good, SECONDS, environment)
    return sorted(waits)[int(len(waits) * 0.99)]


def write(good, seconds, environment):
    """Have things said for so long; return how long each took to its callback."""
    good.counts()
    run_at_once([[sys.executable, "-m", "benchmarks.delivery_process", "write", str(RATE), str(seconds)]], environment)
    return all_waits(good)


def all_waits(good):
    """What the good receiver has counted, when nothing is owed to it any more."""
    from contactcenter_chat.models import Lane

    owed = Lane.objects.filter(receiver__uri=good.url).exclude(due_at=None)
    give_up_at = time.monotonic() + PATIENCE
    while owed.exists():
        if time.monotonic() > give_up_at:
            raise RuntimeError(f"{owed.count()} lanes are still owed something.")
        time.sleep(0.2)
    return good.counts()[1]


def owe_much(bad):
    """Owe to each webhook of a tenant more than it takes."""
    from tests.factories import make_center, make_webhook

    center = make_center(f"bad{uuid.uuid4().hex[:8]}")
    for number in range(WEBHOOKS):
        owe_to(center, make_webhook(center.tenant, uri=f"{bad.url}/{number}").pk, LANES, EACH)
