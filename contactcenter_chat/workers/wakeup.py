"""How are the Celery workers told that there is something to do?

Best effort, and never in the way of the request: the database holds what is owed, so a lost wake-up costs only the
time until the clock sends it again. A thread of each process sends the wake-ups; those that come while it is sending
are sent once. And of each task one message waits in the broker at most, however many processes want it: a row is
turned on before it is sent, and off when it begins (``models.Wakeup``). Tasks are named, not imported: verbs do not
depend on tasks.
"""

import logging
import threading
import time
from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from celery import current_app
from django.apps import apps
from django.db import DatabaseError

from ..conf import settings
from ..database import after_commit, connection
from .process import kept
from .threads import connect

logger = logging.getLogger(__name__)

Wanted = tuple[str, tuple[Any, ...]]  # a task by its name, and its arguments

TASKS = "contactcenter_chat.tasks"
DELIVER = f"{TASKS}.deliver"
ROUTE = f"{TASKS}.route"
PROCESS = f"{TASKS}.process_callbacks"
TELL_TYPING = f"{TASKS}.tell_typing"
SCAN = f"{TASKS}.scan"
FETCH = f"{TASKS}.fetch"
PURGE = f"{TASKS}.purge"
KNOW = f"{TASKS}.know"
REFRESH = f"{TASKS}.refresh_source"
TURN = f"{TASKS}.take_turns"
ASSIST = f"{TASKS}.assist"

INTERVAL = 0.02  # seconds
IDLE_SECONDS = 0.1  # without wake-ups for that long, the thread ends and its connection is closed
AGAIN = timedelta(seconds=5)  # after which a wake-up that no task began with counts as lost


def wake_delivery() -> None:
    """Start a task that delivers what is due."""
    _sender.wake(DELIVER)


def wake_routing(queue_id: str) -> None:
    """Start a task that makes the offers that can be made in this queue."""
    _sender.wake(ROUTE, queue_id)


def wake_queue(queue_id: str) -> None:
    """After commit, have offers made in this queue."""
    after_commit(wake_routing, queue_id)


def wake_callbacks() -> None:
    """Start a task that processes the callbacks that have come."""
    _sender.wake(PROCESS)


def wake_typing() -> None:
    """Start a task that tells those outside of this project who types."""
    _sender.wake(TELL_TYPING)


def wake_scanning() -> None:
    """Start a task that scans what waits in quarantine."""
    _sender.wake(SCAN)


def wake_fetching() -> None:
    """Start a task that fetches the files that a remote centre named."""
    _sender.wake(FETCH)


def wake_purge() -> None:
    """Start a task that deletes what is old."""
    _sender.wake(PURGE)


def wake_knowledge() -> None:
    """Start a task that finds answers to what was asked, and makes the vectors that are owed."""
    if settings.EMBEDDER:
        _sender.wake(KNOW)


def wake_source(name: str) -> None:
    """Start a task that reads this source of articles again, if it is due."""
    _sender.wake(REFRESH, name)


def wake_bots() -> None:
    """Start a task that has bots answer what they are to answer."""
    _sender.wake(TURN)


def wake_assistant() -> None:
    """Start a task that has a model write what agents have asked for."""
    _sender.wake(ASSIST)


def wake_again() -> None:
    """Send the wake-ups again that were lost: their tasks have not begun for a while."""
    for name in _wakeups().turn_on_again(AGAIN):
        send(*_wanted_by(name))


def begun(task: str, *arguments: str) -> None:
    """A task that was woken begins: whoever wants it from now on sends the next one."""
    _wakeups().filter(name=_name(task, arguments), asked_at__isnull=False).update(asked_at=None)


class WakeupThread:
    """Sends each wake-up that is wanted, once, from a thread that lives while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._wanted: dict[Wanted, bool] = {}  # in the order in which they were first wanted
        self._thread: threading.Thread | None = None

    def wake(self, task: str, *arguments: Hashable) -> None:
        if current_app.conf.task_always_eager:
            send(task, arguments)
            return
        with self._lock:
            self._wanted[task, arguments] = True
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="contactcenter-wakeup", daemon=True)
                self._thread.start()
        self._some.set()

    def _run(self) -> None:
        while wanted := self._take():
            for task, arguments in turned_on(wanted):
                if not send(task, arguments):
                    _turn_off(task, arguments)
            time.sleep(INTERVAL)
        connection().close()

    def _take(self) -> list[Wanted]:
        """Wait for wake-ups and return them; none says that the thread may end."""
        self._some.wait(IDLE_SECONDS)
        with self._lock:
            self._some.clear()
            wanted, self._wanted = list(self._wanted), {}
            if not wanted:
                self._thread = None
        return wanted


def turned_on(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Return those of these wake-ups that are to be sent, since no message of theirs waits in the broker.

    Where rows cannot be locked, all of them: that is a small site, and its requests must not wait for this. When the
    database does not answer, all of them as well.
    """
    if not connection().features.has_select_for_update:
        return list(wanted)
    names = {_name(*each): each for each in wanted}
    try:
        connect()
        return [names[name] for name in _wakeups().turn_on(names)]
    except Exception as error:  # of the database: a wake-up is not worth more than a warning
        logger.warning("Could not see which tasks wait, all are started: %s", error)
        connection().close()
        return list(wanted)


def send(task: str, arguments: Sequence[Any]) -> bool:
    """Start the task and return true; when the broker cannot be reached, say so in the log and go on."""
    try:
        current_app.signature(task, args=arguments).apply_async(retry=False)
    except Exception as error:  # whatever the broker's client raises: kombu does not wrap it all
        logger.warning("Could not start %s, the sweep will find it: %s", task, error)
        return False
    return True


def _turn_off(task: str, arguments: Sequence[Any]) -> None:
    """What could not be sent is off again, so that the next one who wants it tries; else the clock will."""
    with suppress(DatabaseError):
        connect()
        begun(task, *arguments)


def _wakeups() -> Any:
    # By its name: workers lie below the models.
    return apps.get_model("contactcenter_chat", "Wakeup").objects


def _name(task: str, arguments: Sequence[Any]) -> str:
    """A wake-up as the key of its row."""
    return ":".join((task.rpartition(".")[2], *arguments))


def _wanted_by(name: str) -> Wanted:
    """The wake-up of that key."""
    task, *arguments = name.split(":")
    return f"{TASKS}.{task}", tuple(arguments)


_sender = kept(WakeupThread)
