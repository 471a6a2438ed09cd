"""What is done by Celery workers: each task calls one verb and holds no logic.

Tasks are wake-ups, not messages: they name at most a queue, may be lost, repeated or late, and find in the database
what is to be done. A worker that dies gives its task back (``acks_late``). No task waits in the broker for its time,
and none is needed for what is due by the clock: a thread of each worker process looks after that.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task
from celery.concurrency import prefork
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready, worker_shutdown

from . import schedule
from .actions import attachments
from .actions.assistant import writing
from .actions.bots import turns
from .actions.center import routing
from .actions.knowledge import looking, sources
from .actions.remote import file_fetching, inbox
from .actions.upkeep import retention
from .deliveries import draining, typing
from .workers import wakeup
from .workers.clock import clock
from .workers.threads import leave_pools

OPTIONS: dict[str, Any] = {"acks_late": True, "reject_on_worker_lost": True, "ignore_result": True}


def woken_task(name: str) -> Callable[..., Any]:
    """A task that wake-ups start. Once it has begun, the next wake-up starts another one."""

    def decorate(verb: Callable[..., None]) -> Any:
        @shared_task(name=name, **OPTIONS)
        @wraps(verb)
        def task(*arguments):
            wakeup.begun(name, *arguments)
            verb(*arguments)

        return task

    return decorate


@woken_task(wakeup.DELIVER)
def deliver():
    """Deliver what is due."""
    draining.drain()


@woken_task(wakeup.PROCESS)
def process_callbacks():
    """Process what remote centres told us."""
    inbox.process_due()


@woken_task(wakeup.ROUTE)
def route(queue_id):
    """Make the offers that can be made in a queue."""
    routing.route_woken(queue_id)


@woken_task(wakeup.SCAN)
def scan():
    """Scan the files that wait in quarantine."""
    attachments.scan_due()


@woken_task(wakeup.FETCH)
def fetch():
    """Fetch the files that remote centres named."""
    file_fetching.fetch_in_thread()


@woken_task(wakeup.PURGE)
def purge():
    """Delete what is older than the settings keep it."""
    retention.purge()


@woken_task(wakeup.TELL_TYPING)
def tell_typing():
    """Tell those outside of this project who types."""
    typing.tell_due()


@woken_task(wakeup.KNOW)
def know():
    """Find answers to what customers asked, then make the vectors of articles that are owed, and drafts."""
    looking.look_in_thread()


@woken_task(wakeup.REFRESH)
def refresh_source(name):
    """Read a source of articles again."""
    sources.refresh_due(name)


@woken_task(wakeup.TURN)
def take_turns():
    """Have bots answer what they are to answer."""
    turns.take_due()


@woken_task(wakeup.ASSIST)
def assist():
    """Have a model write what agents have asked for."""
    writing.take_due()


@worker_process_init.connect
def begin(**about):
    """Each process that does tasks keeps time."""
    leave_pools()
    clock.start(schedule.look)


@worker_ready.connect
def begin_here(sender, **about):
    """Where a worker's tasks are done in the process itself, and not in others that it makes, that one does."""
    if not isinstance(sender.pool, prefork.TaskPool):
        clock.start(schedule.look)


@worker_process_shutdown.connect
@worker_shutdown.connect
def finish(**about):
    """Let a worker that is asked to stop finish what it has begun: what the clock demanded, what it posts."""
    clock.stop()
    draining.finish()
    turns.finish()
    writing.finish()
