"""How are the Celery workers told that there is something to do?

Best effort, and never in the way of the request: the database holds what is owed, so a lost wake-up costs only the
time until the next sweep. A thread of each process sends the wake-ups; those that come while it is sending are sent
once. Tasks are named, not imported: verbs do not depend on tasks.
"""

import logging
import threading
import time
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

from .process import kept

logger = logging.getLogger(__name__)

DELIVER = "contactcenter_chat.tasks.deliver"
ROUTE = "contactcenter_chat.tasks.route"
PROCESS = "contactcenter_chat.tasks.process_callbacks"
TELL_TYPING = "contactcenter_chat.tasks.tell_typing"
SCAN = "contactcenter_chat.tasks.scan"
FETCH = "contactcenter_chat.tasks.fetch"
FORWARD_TYPING = "contactcenter_chat.tasks.forward_typing"

INTERVAL = 0.02  # seconds


def wake_delivery() -> None:
    """Start a task that delivers what is due."""
    _sender.wake(DELIVER)


def wake_routing(queue_id: str) -> None:
    """Start a task that makes the offers that can be made in this queue."""
    _sender.wake(ROUTE, queue_id)


def wake_queue(queue_id: str) -> None:
    """After commit, have offers made in this queue."""
    transaction.on_commit(partial(wake_routing, queue_id))


def wake_callbacks() -> None:
    """Start a task that processes the callbacks that have come."""
    _sender.wake(PROCESS)


def wake_forward_typing(conversation_id: str, author_type: str) -> None:
    """Start a task that tells a remote centre that the customer or the bot types."""
    _sender.wake(FORWARD_TYPING, conversation_id, author_type)


def wake_typing(conversation_id: str, agent_ids: tuple[str, ...]) -> None:
    """Start a task that tells which agents type, or with none that nobody does any more."""
    _sender.wake(TELL_TYPING, conversation_id, agent_ids)


def wake_scanning() -> None:
    """Start a task that scans what waits in quarantine."""
    _sender.wake(SCAN)


def wake_fetching() -> None:
    """Start a task that fetches the files that a remote centre named."""
    _sender.wake(FETCH)


class WakeupThread:
    """Sends each wake-up that is wanted, once, from a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: dict[
            tuple[str, tuple[Any, ...]], bool
        ] = {}  # (task, arguments) in the order in which they were first wanted
        self._some = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self, task: str, *arguments: Hashable) -> None:
        if current_app.conf.task_always_eager:
            send(task, arguments)
            return
        with self._lock:
            self._wanted[task, arguments] = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="contactcenter-wakeup", daemon=True)
                self._thread.start()
        self._some.set()

    def _run(self) -> None:
        while threading.current_thread() is self._thread:  # until the process begins anew
            self._some.wait()
            self._some.clear()
            with self._lock:
                wanted, self._wanted = list(self._wanted), {}
            for task, arguments in wanted:
                send(task, arguments)
            time.sleep(INTERVAL)


def send(task: str, arguments: Sequence[Any]) -> None:
    """Start the task; when the broker cannot be reached, say so in the log and go on."""
    try:
        current_app.signature(task, args=arguments).apply_async(retry=False)
    except Exception as error:  # whatever the broker's client raises: kombu does not wrap it all
        logger.warning("Could not start %s, the sweep will find it: %s", task, error)


_sender = kept(WakeupThread)
