"""How is a worker process spared what may take long?

What waits for others' servers is done in threads. A task waits for them only so long: then it ends, and they go on by
themselves, while the process routes and does whatever else is to be done.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from django.db import close_old_connections

from ..database import connection, leave_pool
from .process import kept

logger = logging.getLogger(__name__)

Done = TypeVar("Done")
Item = TypeVar("Item")

SLOW_SECONDS = 1.0  # what takes longer goes on without the task
KEPT_MOST = 4  # connections that threads of a process keep between what they do: to open one costs as much as a turn
TASK_SECONDS = 0.5  # then a new task goes on, so that one does not keep a worker from everything else
WAIT_SECONDS = 0.05  # for one of them to have done, until there is a look whether more is due


class Threads:
    """Threads of this process, at most ``count()`` of them, made when they are first needed. See ``process.kept``."""

    def __init__(self, name: str, count: Callable[[], int]) -> None:
        self._name = name
        self._count = count
        self._pool: ThreadPoolExecutor | None = None
        self._left: list[Future[Any]] = []

    def submit(self, work: Callable[..., Done], *args: Any) -> Future[Done]:
        """Have something done in a thread, which lets go of its database connection; return the future."""
        self._pool = self._pool or ThreadPoolExecutor(self._count(), thread_name_prefix=f"contactcenter-{self._name}")
        return self._pool.submit(_work, work, *args)

    def leave(self, futures: Iterable[Future[Any]]) -> None:
        """Wait for these no longer; if one fails, nobody but the log hears of it."""
        for future in futures:
            future.add_done_callback(_log_failure)
        self._left = [future for future in [*self._left, *futures] if not future.done()]

    def do(self, work: Callable[[], object]) -> None:
        """Have something done, and wait for it a little; what takes longer goes on by itself.

        Nothing is done while all threads are at work: whoever wants it asks again.
        """
        if self.free() > 0:
            future = self.submit(work)
            _, slow = wait([future], SLOW_SECONDS)
            self.leave(slow)
            if not slow:
                future.result()

    def take_all(self, take: Callable[[], Item | None], work: Callable[[Item], object]) -> None:
        """Have done what ``take()`` gives, until there is no more; what takes long goes on by itself.

        ``take()`` gives no more than there are threads for, and None where it has nothing.
        """
        stop_at = time.monotonic() + TASK_SECONDS
        mine: set[Future[object]] = set()
        while time.monotonic() < stop_at:
            while item := take():
                mine.add(self.submit(work, item))
            mine = {future for future in mine if not future.done()}
            if not mine:
                break
            wait(mine, WAIT_SECONDS)
        self.leave(mine)

    def free(self) -> int:
        """How many threads are not at work on something that was left."""
        return self._count() - sum(not future.done() for future in self._left)

    def finish(self) -> None:
        """Wait for all that was left."""
        wait(self._left)


def leave_pools() -> None:
    """From now on, threads of this process have connections of their own, not of Django's pool.

    In a process that does its tasks, Celery closes the pool whenever one ends. Who is on the way to a connection then
    waits for it in vain, for as long as the pool lets one wait.
    """
    _own_connections.set()


def connect() -> None:
    """Have a database connection for this thread; to be called before it asks for anything."""
    own = leave_pool() if _own_connections.is_set() else connection()
    own.ensure_connection()


class Keepers:
    """The threads of this process that keep their connection when they have done: the first few that ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: set[int] = set()

    def have(self, thread: int) -> bool:
        with self._lock:
            if len(self._threads) < KEPT_MOST:
                self._threads.add(thread)
            return thread in self._threads


_own_connections = kept(threading.Event)
_keepers = kept(Keepers)


def _work(work: Callable[..., Done], *args: Any) -> Done:
    try:
        connect()
        return work(*args)
    finally:
        if _own_connections.is_set() and not _keepers.have(threading.get_ident()):
            connection().close()
        close_old_connections()


def _log_failure(future: Future[Any]) -> None:
    if error := future.exception():
        logger.error("What went on in a thread failed", exc_info=error)
