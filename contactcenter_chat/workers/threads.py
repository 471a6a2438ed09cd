"""How is a worker process spared what may take long?

What waits for others' servers is done in threads. A task waits for them only so long: then it ends, and they go on by
themselves, while the process routes and does whatever else is to be done.
"""

import logging
from concurrent.futures import ThreadPoolExecutor, wait

from django.db import close_old_connections

logger = logging.getLogger(__name__)

SLOW_SECONDS = 1.0  # what takes longer goes on without the task
TASK_SECONDS = 10  # then a new task goes on, so that one does not keep a worker from everything else


class Threads:
    """Threads of this process, at most ``count()`` of them, made when they are first needed. See ``process.kept``."""

    def __init__(self, name, count):
        self._name = name
        self._count = count
        self._pool = None
        self._left = []

    def submit(self, work, *args):
        """Have something done in a thread, which lets go of its database connection; return the future."""
        self._pool = self._pool or ThreadPoolExecutor(self._count(), thread_name_prefix=f"contactcenter-{self._name}")
        return self._pool.submit(_work, work, *args)

    def leave(self, futures):
        """Wait for these no longer; if one fails, nobody but the log hears of it."""
        for future in futures:
            future.add_done_callback(_log_failure)
        self._left = [future for future in [*self._left, *futures] if not future.done()]

    def free(self):
        """How many threads are not at work on something that was left."""
        return self._count() - sum(not future.done() for future in self._left)

    def finish(self):
        """Wait for all that was left."""
        wait(self._left)


def _work(work, *args):
    try:
        return work(*args)
    finally:
        close_old_connections()


def _log_failure(future):
    if error := future.exception():
        logger.error("What went on in a thread failed", exc_info=error)
