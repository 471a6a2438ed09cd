"""What is due by the clock, and how often?

Every worker process looks once a second (``workers.clock``), and one of them does it. Nothing else keeps time: neither
Celery's beat nor the broker.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from .actions.assistant import writing
from .actions.bots import turns
from .actions.center.timers import run_timers
from .actions.knowledge import sources
from .actions.remote import file_fetching, inbox
from .actions.upkeep import duties
from .actions.upkeep.sweep import sweep
from .deliveries import draining, typing
from .workers import wakeup
from .workers.threads import connect

logger = logging.getLogger(__name__)


class Regular(NamedTuple):
    """What is done regularly: how often, and after which time another process does it if this one has died at it."""

    every: timedelta
    lease: timedelta
    do: Callable[[], object]


def timers() -> None:
    """Do what the clock demands: timers of interactions and agents, what is to be tried again in and out."""
    run_timers()
    draining.wake_if_due()
    turns.wake_if_due()
    writing.wake_if_due()
    inbox.wake_if_due()
    file_fetching.wake_if_due()
    typing.wake_if_due()
    wakeup.wake_again()


REGULARLY = {
    "timers": Regular(timedelta(seconds=1), timedelta(seconds=10), timers),
    "sweep": Regular(timedelta(seconds=5), timedelta(seconds=30), sweep),
    "sources": Regular(timedelta(seconds=10), timedelta(seconds=30), sources.wake_if_due),
    "purge": Regular(timedelta(days=1), timedelta(minutes=1), wakeup.wake_purge),
}


def look() -> None:
    """Do what is due and nobody is at."""
    connect()
    for name in duties.due_duties(REGULARLY):
        every, lease, do = REGULARLY[name]
        token = duties.take_duty(name, lease)
        if token is None:
            continue
        try:
            do()
        except Exception:  # one duty keeps no other from its time, and is due again itself
            logger.exception("What is due by the clock failed: %s", name)
        duties.end_duty(name, token, every)
