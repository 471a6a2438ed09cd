"""How often may a key call?

Each key has a bucket that holds one minute's requests and fills evenly, by the database's clock. It lies in the key's
row and is drawn from in one statement. So that not every request writes, each process draws a hundredth of the limit
at a time into a purse of its own; the same statement notes when the key was last used. What is left in a purse after
a minute is thrown away.
"""

import math
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Expression, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Greatest, Least

from ..conf import settings
from ..exceptions import RateLimited
from ..models import ApiKey
from ..models.clock import NOW, DatabaseSeconds
from ..workers.process import kept

MINUTE = 60.0  # seconds
SHARE = 100  # a purse holds this part of the limit


@dataclass
class Purse:
    """Requests that this process has drawn for a key and not spent."""

    requests: float
    good_until: float


class Purses:
    """The purses of this process, by key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._purses: dict[int, Purse] = {}

    def spend(self, api_key_id: int, now: float) -> bool:
        """Take one request out of a key's purse; False when nothing is in it."""
        with self._lock:
            purse = self._purses.get(api_key_id)
            if purse is None or purse.requests < 1 or purse.good_until < now:
                return False
            purse.requests -= 1
            return True

    def fill(self, api_key_id: int, requests: float, now: float) -> None:
        """Put requests into a key's purse, in place of what is in it."""
        with self._lock:
            self._purses[api_key_id] = Purse(requests, now + MINUTE)


_purses = kept(Purses)


def spend(api_key_id: int) -> None:
    """Count one request of this key. Raises RateLimited."""
    now = time.monotonic()
    if not _purses.spend(api_key_id, now):
        _purses.fill(api_key_id, _draw(api_key_id) - 1, now)


def _draw(api_key_id: int) -> float:
    """Take requests out of the key's bucket and return how many. Raises RateLimited."""
    limit = settings.API_RATE_LIMIT
    row = ApiKey.objects.filter(pk=api_key_id)
    if not limit:
        row.update(last_used_at=NOW)
        return math.inf
    for requests in sorted({max(1, limit // SHARE), 1}, reverse=True):
        if _take(row, requests, limit):
            return requests
    raise RateLimited(retry_after=_seconds_to_wait(row, limit))


def _take(row: QuerySet[ApiKey], requests: int, limit: int) -> int:
    filled = _filled(limit)
    return (
        row.alias(filled=filled)
        .filter(filled__gte=requests)
        .update(
            tokens=filled - requests,
            # A statement that waited for another one began before it.
            refilled_at=Case(When(_is_impossible(), then=_now()), default=Greatest(F("refilled_at"), _now())),
            last_used_at=NOW,
        )
    )


def _filled(limit: int) -> Expression:
    """What the bucket holds now, as an expression; one that was filled in an impossible future is full."""
    since = Case(When(_is_impossible(), then=_float(MINUTE)), default=Greatest(_now() - F("refilled_at"), _float(0)))
    return Least(F("tokens") + since * _float(limit / MINUTE), _float(limit))


def _is_impossible() -> Q:
    """Filled in a future that is further away than a bucket takes to fill: some clock was wrong then."""
    return Q(refilled_at__gt=_now() + _float(MINUTE))


def _now() -> Any:
    return DatabaseSeconds()


def _seconds_to_wait(row: QuerySet[ApiKey], limit: int) -> int:
    filled = row.annotate(filled=_filled(limit)).values_list("filled", flat=True).first() or 0.0
    return max(1, math.ceil((1 - filled) * MINUTE / limit))


def _float(number: float) -> Expression:
    return Cast(Value(float(number)), FloatField())
