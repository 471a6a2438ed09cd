"""One process that has bots answer, and keeps time for them, until it is killed."""

import os
import random
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.integration.bot_settings")
django.setup()

from contactcenter_chat.actions.bots import turns  # noqa: E402
from contactcenter_chat.actions.center import timers  # noqa: E402
from contactcenter_chat.bots.base import Bot, Say  # noqa: E402
from contactcenter_chat.models.clock import database_now  # noqa: E402
from contactcenter_chat.workers import wakeup  # noqa: E402

TIMERS = [timer for timer in timers.TIMERS if timer.step.name in ("bots_overdue", "bots_silent")]


class Slow(Bot):
    """Says three things of what it was told, and thinks before each."""

    seconds = 20

    def answer(self, turn):
        heard = ",".join(each.text for each in turn.said)
        for part in "abc":
            time.sleep(random.uniform(0, 0.15))
            yield Say(f"{part}:{heard}")


def main():
    """Nobody is woken by a broker here: this looks by itself."""
    wakeup.WakeupThread.wake = lambda self, task, *arguments: None
    while True:
        turns.take_due()
        for timer in TIMERS:
            timers._run(timer, database_now())
        time.sleep(0.05)


if __name__ == "__main__":
    main()
