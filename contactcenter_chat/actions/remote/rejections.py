"""How many callbacks were refused, and why? Nothing else is kept of them.

A flood of them must not become a flood of writes: a process writes each count at most once a second. What it counts
meanwhile is written by a timer, or when the process stops.
"""

import atexit
import logging
import threading
import time

from django.db import Error, connections
from django.db.models import F

from ...database import atomic
from ...models import CallbackRejection, clock
from ...workers.process import kept

logger = logging.getLogger(__name__)

COUNT_SECONDS = 1.0
Key = tuple[str, str, str]  # ids of a tenant, a provider, a reason


class Counts:
    """Counts of this process that are not written yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Key, int] = {}
        self._written_at: dict[Key, float] = {}
        self._has_timer = False

    def add(self, key: Key) -> int:
        """Count one; return how many are to be written now, 0 for none: then the timer sees to it."""
        now = time.monotonic()
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1
            if now - self._written_at.get(key, -COUNT_SECONDS) < COUNT_SECONDS:
                self._start_timer()
                return 0
            self._written_at[key] = now
            return self._counts.pop(key)

    def take(self) -> dict[Key, int]:
        """Return all that is not written, by key; whoever takes it writes it."""
        with self._lock:
            taken, self._counts, self._has_timer = self._counts, {}, False
            self._written_at |= dict.fromkeys(taken, time.monotonic())
            return taken

    def _start_timer(self) -> None:
        if not self._has_timer:
            self._has_timer = True
            timer = threading.Timer(COUNT_SECONDS, _write_in_thread)
            timer.daemon = True  # a process that stops does not wait for it: see ``write_rest``
            timer.start()


_counts = kept(Counts)


def count_rejection(*, tenant_id: str, provider: str, reason: str) -> None:
    """Count a callback that was refused."""
    key = (tenant_id, provider, reason)
    if count := _counts.add(key):
        _write(*key, count)


@atexit.register
def write_rest() -> None:
    """Write what this process has counted and not written yet."""
    for key, count in _counts.take().items():
        try:
            _write(*key, count)
        except Error:
            logger.exception("%d refused callbacks could not be counted: %s", count, key)


def _write_in_thread() -> None:
    try:
        write_rest()
    finally:
        connections.close_all()  # of this thread


def _write(tenant_id: str, provider: str, reason: str, count: int) -> None:
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    with atomic():
        row, _ = CallbackRejection.objects.get_or_create(
            tenant_id=tenant_id, provider=provider, reason=reason, hour=hour
        )
        CallbackRejection.objects.filter(pk=row.pk).update(count=F("count") + count, last_at=now)
