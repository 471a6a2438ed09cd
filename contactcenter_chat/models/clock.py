"""What time is it for all processes? The database's: clocks of machines differ, and one may be wrong for a while.

Whatever one process writes and another one judges (a lease, what is due, a bucket that fills) goes by it: as a
function in the statement itself (``NOW``), or, where a verb must know the time, as ``now()``.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import FloatField, Func
from django.db.models.functions import Now
from django.utils import timezone

from ..database import connection

ASKED_AGAIN_SECONDS = 60  # clocks drift by some milliseconds meanwhile
ROUND_TRIP_SECONDS = 0.1
# By so much the machine's clock may run apart from its stop-watch: else one was set, or stood still.
JUMP_SECONDS = 1.0


class DatabaseTime(Now):
    """The time at which the statement begins."""

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return "%s", [connection.ops.adapt_datetimefield_value(_machine_now())]


class DatabaseSeconds(Func):
    """The same as seconds since 1970."""

    output_field = FloatField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "EXTRACT(EPOCH FROM STATEMENT_TIMESTAMP())::double precision"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return "%s", [_machine_now().timestamp()]


def database_now() -> datetime:
    """Ask the database what time it is."""
    if connection().vendor != "postgresql":
        return _machine_now()
    with connection().cursor() as cursor:
        cursor.execute("SELECT STATEMENT_TIMESTAMP()")
        now: datetime = cursor.fetchone()[0]
    return now


class Asked(NamedTuple):
    """What the database said the time was, and what this machine's stop-watch and clock said then."""

    there: datetime
    watch: float
    here: datetime


_asked: Asked | None = None


def now() -> datetime:
    """The database's time, as it is reckoned from when this process asked last; never ahead of it.

    It is asked once a minute, and when this machine's clock has jumped since, so that verbs may ask this at any time.
    """
    global _asked
    if connection().vendor != "postgresql":
        return _machine_now()
    watch = time.monotonic()
    if _asked is None or not 0 <= watch - _asked.watch < ASKED_AGAIN_SECONDS or _has_jumped(_asked, watch):
        there, answered = database_now(), time.monotonic()
        if answered - watch < ROUND_TRIP_SECONDS:  # else nobody knows when of that time it was said
            _asked = Asked(there, answered, timezone.now())
        return there
    return _asked.there + timedelta(seconds=watch - _asked.watch)


def _has_jumped(asked: Asked, watch: float) -> bool:
    return abs((timezone.now() - asked.here).total_seconds() - (watch - asked.watch)) > JUMP_SECONDS


def _machine_now() -> datetime:
    # Where SQLite has its time from as well, but it knows milliseconds only: what was just written would be due later.
    return datetime.now(UTC)


def seconds_ahead() -> float:
    """By how much the clock of this process is ahead of the database's; below 0 when it is behind."""
    before = timezone.now()
    there = database_now()
    after = timezone.now()
    return (before + (after - before) / 2 - there).total_seconds()


NOW = DatabaseTime()
