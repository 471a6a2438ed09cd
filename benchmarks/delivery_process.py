"""The processes of the benchmark of deliveries.

python -m benchmarks.delivery_process drain             deliver what is due, then end; prints memory, in MB
python -m benchmarks.delivery_process write RATE SECONDS  record so many events a second (0: as fast as it goes)
"""

import itertools
import os
import resource
import sys
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
django.setup()

from contactcenter_chat.actions import messages  # noqa: E402
from contactcenter_chat.deliveries import draining  # noqa: E402
from contactcenter_chat.events import AGENT  # noqa: E402
from contactcenter_chat.models import DeliveryAttempt, Interaction, Lane  # noqa: E402

from .bodies import TEXT  # noqa: E402

SETTLED = 2_000  # deliveries after which memory is looked at first


def drain():
    first = [0.0]
    before = DeliveryAttempt.objects.count()

    def watch():
        while DeliveryAttempt.objects.count() < before + SETTLED:
            time.sleep(0.05)
        first[0] = memory()

    threading.Thread(target=watch, daemon=True).start()
    while Lane.objects.exclude(due_at=None).exists():
        if not draining.drain():
            time.sleep(0.05)  # the other process has all slots for now
    print(first[0], memory(), flush=True)


def memory():
    """What this process holds now, in MB."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def write(rate, seconds):
    """Let agents say something, in one conversation after the other."""
    handled = list(Interaction.objects.filter(state="handling").select_related("agent__user"))
    started = time.monotonic()
    for number, interaction in enumerate(itertools.cycle(handled)):
        if rate:
            time.sleep(max(0.0, started + number / rate - time.monotonic()))
        if time.monotonic() - started > seconds:
            break
        messages.add_message(
            conversation_id=interaction.conversation_id, author_type=AGENT, agent=interaction.agent, text=TEXT
        )
    time.sleep(0.5)  # the last wake-up is sent by a thread


if __name__ == "__main__":
    if sys.argv[1] == "drain":
        drain()
    else:
        write(float(sys.argv[2]), float(sys.argv[3]))
