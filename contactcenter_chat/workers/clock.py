"""How does a worker process keep time, whatever its tasks are at?

A thread beside the tasks looks once a second. It looks in the database, and every worker process has one: no message
in the broker and no task that takes long keeps the clock from going.
"""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

from .process import kept

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
STOP_SECONDS = 3.0  # for what it is at when the process ends; what is cut off is begun anew elsewhere


class ClockThread:
    """Calls a function once a second, from a thread of its own."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, look: Callable[[], None]) -> None:
        """Begin to look, if this process does not yet."""
        if self._thread is None:
            self._stopped.clear()
            self._thread = threading.Thread(target=self._run, args=(look,), name="contactcenter-clock", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End, when what it is at is done."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        self._thread = None

    def _run(self, look: Callable[[], None]) -> None:
        stopped = self._stopped
        while not stopped.wait(LOOK_SECONDS):
            try:
                look()
            except DatabaseError as error:  # which is away, or not migrated yet
                logger.warning("The clock could not look: %s", error)
            except Exception:  # whatever it is: the clock goes on
                logger.exception("The clock could not look")
            finally:
                close_old_connections()


clock = kept(ClockThread)
