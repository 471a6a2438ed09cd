"""Does what is owed keep the clock, or a chat that begins now, waiting?

One plain Celery worker with two processes begins while a hundred thousand deliveries are owed and fifty messages a
second go on. Beside the same without a backlog.
"""

import os
import statistics
import subprocess
import sys
import threading
import time

from .base import Row
from .deliveries import broker, celery, owe, talk
from .receiver import receiver

OWED_LANES, OWED_EACH = 20_000, 5
RATE = 50  # messages a second that go on
SECONDS = 30
LOOK_EVERY, CHAT_EVERY = 0.1, 1.0
OFFER_PATIENCE = 60


def run():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    environment = broker("RabbitMQ")
    os.environ.update(environment)  # this process wakes the workers as well
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    with receiver() as target:
        talk(target)
        with celery("example_project", environment):
            quiet = Watch(environment).watched()
        owe(target, OWED_LANES, OWED_EACH)
        with celery("example_project", environment):
            loaded = Watch(environment).watched()
    return [
        compared("timers' lag, p99", p99(quiet.lags), p99(loaded.lags), "≤ 2 s"),
        compared("a new chat is offered after, longest", max(quiet.waits), max(loaded.waits), "≤ 2 s"),
        Row(
            "messages in the broker, most",
            max(loaded.lengths),
            "",
            f"no backlog: {max(quiet.lengths)}",
            goal="≤ 50",
        ),
    ]


def compared(name, quiet, loaded, goal):
    return Row(name, loaded * 1000, "ms", f"no backlog: {quiet * 1000:.0f} ms", loaded / max(quiet, 0.001), goal)


def p99(values):
    return statistics.quantiles(values, n=100)[-1]


class Watch:
    """What is seen while messages go on: ``lags`` and ``waits`` in seconds, ``lengths`` in messages."""

    def __init__(self, environment):
        self.environment = environment
        self.lags, self.waits, self.lengths = [], [], []

    def watched(self):
        self.wait_for_worker()
        command = [sys.executable, "-m", "benchmarks.delivery_process", "write", str(RATE), str(SECONDS)]
        writer = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        threads = [threading.Thread(target=each, args=(writer,)) for each in (self.look, self.chat)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if writer.wait():
            raise RuntimeError("The process that writes failed.")
        return self

    def wait_for_worker(self):
        """It is there when the clock goes on."""
        from contactcenter_chat.models import Duty

        since = Duty.objects.filter(name="timers").values_list("began_at", flat=True).first()
        while not Duty.objects.filter(name="timers").exclude(began_at=since).exclude(began_at=None).exists():
            time.sleep(LOOK_EVERY)

    def look(self, writer):
        """At the clock and at the broker."""
        from django.db.models import F
        from django.db.models.functions import Now
        from kombu import Connection

        from contactcenter_chat.models import Duty

        late = Duty.objects.filter(name="timers").annotate(late=Now() - F("due_at"))
        with Connection(self.environment["CELERY_BROKER_URL"]) as connection:
            channel = connection.default_channel
            while writer.poll() is None:
                self.lags.append(max(0.0, late.get().late.total_seconds()))
                queue = channel.queue_declare(self.environment["CELERY_TEST_QUEUE"], passive=True)
                self.lengths.append(queue.message_count)
                time.sleep(LOOK_EVERY)

    def chat(self, writer):
        """A customer comes, and an agent is free."""
        from contactcenter_chat.models import Interaction, Offer
        from tests.factories import make_agent, make_center, start_conversation

        center = make_center(f"chats{time.monotonic_ns()}")
        while writer.poll() is None:
            make_agent(center.tenant, center.queue)
            conversation = start_conversation(center.channel)
            offers = Offer.objects.filter(interaction__conversation=conversation)
            deadline = time.monotonic() + OFFER_PATIENCE
            while not (offer := offers.first()) and time.monotonic() < deadline:
                time.sleep(0.02)
            entered = Interaction.objects.get(conversation=conversation).entered_at
            self.waits.append((offer.made_at - entered).total_seconds() if offer else OFFER_PATIENCE)
            time.sleep(CHAT_EVERY)
