"""How soon is a customer answered by a bot that costs nothing, through the broker, a worker and the database?

And how soon while 20 bots of another tenant hang, each for as long as it may: bots and callbacks of others, against
the same without them, by the same two worker processes. ``python -m benchmarks bots``
"""

import itertools
import os
import sys
import time
from tempfile import TemporaryDirectory

from .base import Row
from .deliveries import broker, celery, run_at_once, talk
from .receiver import receiver

RATE, SECONDS = 20, 20  # messages of customers
TALKS, HANGING = 120, 20
PATIENCE = 60  # seconds, for the last to be answered
GOAL_MS = 300
ANSWERED = """
    SELECT count(*), count(said.id),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM said.created_at - asked.created_at))
    FROM contactcenter_chat_message AS asked LEFT JOIN contactcenter_chat_message AS said
        ON said.conversation_id = asked.conversation_id AND said.text = asked.text AND said.author_type = 'bot'
    WHERE asked.author_type = 'user' AND asked.text LIKE 'echo %%' AND asked.created_at > %s
"""


def run():
    """Return the rows of this benchmark."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    start("echo", TALKS)
    with receiver() as good:
        talk(good)
        alone, told_alone = measured(good)
        beside, told_beside = measured(good, HANGING)
    while_they = f"while {HANGING} bots of another tenant hang"
    return [
        Row(f"message to bot's answer, p95, {RATE} /s", alone, "ms", f"goal: {GOAL_MS} ms", alone / GOAL_MS, "≤ 1"),
        Row(f"the same {while_they}", beside, "ms", f"goal: {GOAL_MS} ms", beside / GOAL_MS, "≤ 1"),
        Row(
            f"event to callback, p99, {while_they}",
            told_beside, "ms", f"alone: {told_alone:.0f} ms", told_beside / told_alone, "≤ 2",
        ),
    ]  # fmt: skip


def start(bot, count):
    """Conversations that a bot has, of a contact centre of its own; return them."""
    from contactcenter_chat.actions.conversations import start_conversation
    from tests.factories import make_center

    channel = make_center(f"{bot}{time.time_ns()}").channel
    return [start_conversation(channel=channel, data={}, script=bot) for _ in range(count)]


def measured(good, hanging=0):
    """Milliseconds to the bot's answer, p95, and to the callback of what agents say meanwhile, p99."""
    from .neighbours import all_waits

    environment = broker("Redis")
    with TemporaryDirectory() as folder, celery("example_project", environment, "--beat", f"--schedule={folder}/beat"):
        speak(environment, 1)  # until the workers are ready
        if hanging:
            start("hang", hanging)
            run_at_once([[sys.executable, "-m", "benchmarks.bots", "hang"]], environment)
        good.counts()
        began_at = now()
        speak(environment, SECONDS)
        waits = sorted(all_waits(good))
        return answered_within(began_at), waits[int(len(waits) * 0.99)]


def speak(environment, seconds):
    """Have customers of the bot and agents of others say something, both at once, for so long."""
    said = [sys.executable, "-m", "benchmarks.bots", "speak", str(seconds)]
    told = [sys.executable, "-m", "benchmarks.delivery_process", "write", str(RATE), str(seconds)]
    run_at_once([said, told], environment)


def now():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def answered_within(began_at):
    """Milliseconds until 95 of 100 customers were answered; all must be."""
    from django.db import connection

    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute(ANSWERED, [began_at])
            wanted, count, seconds = cursor.fetchone()
            if count >= wanted:
                return float(seconds) * 1000
            if time.monotonic() > until:
                raise RuntimeError(f"{wanted - count} of {wanted} were not answered.")
            time.sleep(0.2)


def say(bot, seconds):
    """Let the customers of this bot say something, one after the other; one round where no time is given."""
    from contactcenter_chat.actions.messages import add_message
    from contactcenter_chat.models import BotSpell

    talks = list(BotSpell.objects.filter(bot=bot, ended_at=None).values_list("conversation_id", flat=True))
    started = time.monotonic()
    for number, conversation_id in enumerate(itertools.cycle(talks) if seconds else talks):
        time.sleep(max(0.0, started + number / RATE - time.monotonic()))
        if seconds and time.monotonic() - started > seconds:
            break
        add_message(conversation_id=conversation_id, author_type="user", text=f"{bot} {time.time_ns()}")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    if sys.argv[1] == "hang":
        say("hang", 0)
    else:
        say("echo", float(sys.argv[2]))
    time.sleep(0.5)  # what wakes the workers is sent by a thread
