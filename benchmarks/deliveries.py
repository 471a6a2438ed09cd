"""How many callbacks leave in a second, signed and in order, and how soon after the event?

Against django-reliable-outbox and django-webhook, which post the same bodies to the same receiver from two worker
processes as well. Rates are counted by the receiver, from the first arrival to the last.
"""

import os
import statistics
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager

from .base import Row
from .receiver import receiver

WORKERS = 2
LANES, EACH = 1500, 2  # conversations, and what is owed to each
ROUNDS = 3
OUTBOX_THREADS = (1, 4)  # per process; its better figure counts
WEBHOOK_COUNT = 400
LATENCY_SECONDS = 10
TALKS = 40  # conversations in which something is said while the time to the callback is measured
SETTLED, MORE = 2_000, 10_000  # deliveries before the memory is looked at first, and from then on
GROWTH_GOAL = 1.05
BROKERS = {
    "RabbitMQ": os.environ.get("CELERY_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    "Redis": os.environ.get("CELERY_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
}


def run():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    with receiver() as target:
        rows = throughput(target)
        rows += [row for name, url in BROKERS.items() for row in latency(target, name, url)]
        return [*rows, memory(target)]


def throughput(target):
    """Deliveries per second of ours and of both peers, in turns."""
    ours, outbox = [], {threads: [] for threads in OUTBOX_THREADS}
    for _ in range(ROUNDS):
        ours.append(our_rate(target))
        for threads, rates in outbox.items():
            rates.append(outbox_rate(target, threads))
    webhook = webhook_rate(target)
    best = max(outbox.values(), key=statistics.median)
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, best, strict=True))
    rate = statistics.median(ours)
    return [
        Row("deliveries, 2 processes", rate, "/s", f"reliable-outbox {statistics.median(best):.0f}/s", ratio, "≥ 1.0"),
        Row("deliveries, 2 processes", rate, "/s", f"django-webhook {webhook:.0f}/s", rate / webhook, "≥ 10"),
    ]


def our_rate(target):
    owe(target, LANES, EACH)
    run_at_once([[sys.executable, "-m", "benchmarks.delivery_process", "drain"]] * WORKERS)
    return rate_of(target, LANES * EACH)


def outbox_rate(target, threads):
    environment = {"DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings", "BENCHMARK_URL": target.url}
    run_at_once([[sys.executable, "-m", "benchmarks.peers.outbox", str(LANES), str(EACH)]], environment)
    worker = [sys.executable, "-m", "django", "outbox_worker", "--burst", f"--concurrency={threads}"]
    target.counts()
    run_at_once([worker] * WORKERS, environment)
    return rate_of(target, LANES * EACH)


def webhook_rate(target):
    environment = {"DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings", **broker("RabbitMQ")}
    target.counts()
    with celery("benchmarks.peers.webhook", environment):
        run_at_once([[sys.executable, "-m", "benchmarks.peers.webhook", target.url, str(WEBHOOK_COUNT)]], environment)
        times = []
        while len(times) < WEBHOOK_COUNT:
            time.sleep(0.5)
            times += target.counts()[0]
    return (len(times) - 1) / (max(times) - min(times))


def latency(target, name, url):
    """The time from an event to its callback, at half of what workers and writer together can do."""
    environment = broker(name)
    talk(target)
    with celery("example_project", environment):
        most = written_rate(target, environment, rate=0)
        rate = most / 2
        written_rate(target, environment, rate=rate)
        waits = sorted(written_rate.waits)
    at = f"{rate:.0f} events/s, half load"
    return [
        Row(f"event to callback on {name}, p50", waits[len(waits) // 2], "ms", at),
        Row(f"event to callback on {name}, p99", waits[int(len(waits) * 0.99)], "ms", at),
    ]


def written_rate(target, environment, rate):
    """Write at this rate (0: as fast as it goes) while workers deliver; return how many arrived in a second."""
    target.counts()
    command = [sys.executable, "-m", "benchmarks.delivery_process", "write", str(rate), str(LATENCY_SECONDS)]
    run_at_once([command], environment)
    times, waits = target.counts()
    written_rate.waits = waits
    return len(times) / LATENCY_SECONDS


def memory(target):
    """How much a worker process grows while it delivers."""
    owe(target, (SETTLED + MORE) // EACH, EACH)
    command = [sys.executable, "-m", "benchmarks.delivery_process", "drain"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    warm, end = map(float, said.split())
    return Row(
        f"Memory of a worker, {MORE:,} deliveries later",
        end,
        "MB",
        f"before: {warm:.1f}",
        end / warm,
        f"≤ {GROWTH_GOAL}",
    )


def owe(target, lanes, each):
    """Owe so many deliveries of so many conversations to the receiver, and nothing else."""
    from django.db import connection

    center = new_center(target)
    owe_to(center, center.webhook.pk, lanes, each)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    target.counts()


def owe_to(center, receiver_id, lanes, each):
    """Owe so many deliveries of so many conversations to one receiver of a contact centre."""
    from contactcenter_chat.models import Conversation, Customer, Delivery, Lane, LogEntry

    from .bodies import body_of

    customer = Customer.objects.create(tenant=center.tenant)
    conversations = Conversation.objects.bulk_create(
        Conversation(tenant=center.tenant, channel=center.channel, customer=customer, last_number=each)
        for _ in range(lanes)
    )
    entries = LogEntry.objects.bulk_create(
        LogEntry(tenant=center.tenant, conversation=conversation, number=number, kind="message.added")
        for conversation in conversations
        for number in range(1, each + 1)
    )
    Delivery.objects.bulk_create(
        Delivery(
            tenant=center.tenant,
            conversation_id=entry.conversation_id,
            receiver_id=receiver_id,
            entry=entry,
            number=entry.number,
            event_type="TEXT",
            body=body_of(entry.conversation_id),
        )
        for entry in entries
    )
    Lane.objects.bulk_create(
        Lane(conversation=conversation, receiver_id=receiver_id, due_at=conversation.created_at)
        for conversation in conversations
    )


def talk(target):
    """Let agents handle some conversations, and nothing be owed."""
    from contactcenter_chat.models import Delivery, Lane
    from tests.factories import accepted, make_agent, start_conversation

    center = new_center(target)
    for _ in range(TALKS // 20):
        make_agent(center.tenant, center.queue, capacity=20)
    for _ in range(TALKS):
        accepted(start_conversation(center.channel))
    Delivery.objects.all().delete()
    Lane.objects.update(due_at=None)


def new_center(target):
    """A contact centre whose callbacks go to the receiver; nothing is owed to any other."""
    from contactcenter_chat.models import Lane, Receiver
    from tests.factories import make_center

    Lane.objects.update(due_at=None)
    center = make_center(f"bench{uuid.uuid4().hex[:8]}")
    Receiver.objects.filter(pk=center.webhook.pk).update(uri=target.url)
    return center


def rate_of(target, count):
    times, _waits = target.counts()
    if len(times) != count:
        raise RuntimeError(f"{len(times)} of {count} arrived.")
    return (count - 1) / (max(times) - min(times))


def run_at_once(commands, environment=None):
    """Run processes at the same time; wait until all have ended."""
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, **(environment or {})}}
    processes = [subprocess.Popen(command, **quiet) for command in commands]
    for process in processes:
        if process.wait():
            raise RuntimeError(f"{process.args} failed.")


def broker(name):
    return {"CELERY_BROKER_URL": BROKERS[name], "CELERY_TEST_QUEUE": f"benchmark{uuid.uuid4().hex[:8]}"}


@contextmanager
def celery(app, environment, *more_options):
    """A Celery worker with two processes."""
    options = (f"--concurrency={WORKERS}", "--loglevel=ERROR", "--without-mingle", "--without-gossip")
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", app, "worker", *options, *more_options],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        time.sleep(8)  # until it is ready
        yield
    finally:
        worker.terminate()
        worker.wait(60)
