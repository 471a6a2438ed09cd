"""When are queues open?"""

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..routing.hours import Hours, Period
from .base import IdModel, LockingQuerySet
from .tenants import Tenant

PERIOD = re.compile(r"\s*([0-9]{1,2})(?::([0-9]{2}))?\s*[-–]\s*([0-9]{1,2})(?::([0-9]{2}))?\s*")


class OpeningHours(IdModel):
    """When queues that name it are open, by clocks of its own zone.

    ``weekly`` is periods by weekday, ``{"0": [["09:00", "17:00"]]}``, 0 is Monday; ``exceptions`` the same by date,
    ``{"2026-12-24": []}``, which says what holds instead. On ``holidays`` of that country or part of one
    (``GB``, ``GB-ENG``) it is closed.
    """

    tenant = models.ForeignKey(
        Tenant, models.CASCADE, related_name="opening_hours", db_index=False, verbose_name=_("tenant")
    )
    name = models.CharField(_("name"), max_length=60)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    weekly = models.JSONField(_("weekly hours"), default=dict, blank=True)
    exceptions = models.JSONField(_("exceptions"), default=dict, blank=True)
    holidays = models.CharField(
        _("holidays"), max_length=16, blank=True, help_text=_("Of a country or a part of one: GB, GB-ENG.")
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="cc_hours_name")]

    def __str__(self) -> str:
        return self.name

    def hours(self) -> Hours:
        """The same, to reckon with."""
        return _hours(self.time_zone, json.dumps([self.weekly, self.exceptions]), self.holidays)


@lru_cache(maxsize=256)
def _hours(time_zone: str, given: str, holidays: str) -> Hours:
    # Kept, since they remember what they have reckoned.
    weekly, exceptions = json.loads(given)
    return Hours(
        ZoneInfo(time_zone),
        {int(day): _periods(periods) for day, periods in weekly.items()},
        {date.fromisoformat(day): _periods(periods) for day, periods in exceptions.items()},
        holidays_of(holidays) if holidays else (),
    )


def _periods(given: list[list[str]]) -> tuple[Period, ...]:
    return tuple(Period(minutes_of(start), minutes_of(end)) for start, end in given)


def minutes_of(time: str) -> int:
    """``09:30`` as minutes since midnight; ``24:00`` is the end of the day. Raises ValueError."""
    hours, minutes = (int(part) for part in time.split(":"))
    if not (0 <= hours <= 24 and 0 <= minutes < 60 and hours * 60 + minutes <= 24 * 60):
        raise ValueError(f"No time of day: {time!r}.")
    return hours * 60 + minutes


def read_period(text: str) -> list[str]:
    """``9-12:30`` as it is kept, ``["09:00", "12:30"]``. Raises ValueError, also BeginsAtEnd and IsEmpty."""
    match = PERIOD.fullmatch(text)
    if not match:
        raise ValueError(f"No period: {text!r}.")
    times = [f"{int(match[at]):02}:{match[at + 1] or '00'}" for at in (1, 3)]
    start, end = (minutes_of(each) for each in times)
    if start == 24 * 60:
        raise BeginsAtEnd("Nothing begins at 24:00.")
    if start == end:
        raise IsEmpty("It ends when it begins.")
    return times


class BeginsAtEnd(ValueError):
    """A period that would begin at 24:00."""


class IsEmpty(ValueError):
    """A period that would end when it begins."""


def overlapping(periods: Iterable[Sequence[str]]) -> tuple[str, str] | None:
    """The first two periods of a day that overlap, ``("09:00-12:30", "12:00-17:00")``; None where no two do.

    One that ends before it begins ends on the next day: for what that day has of its own see ``reaching_over``.
    """
    spans = sorted((minutes_of(start), minutes_of(end), f"{start}-{end}") for start, end in periods)
    for (start, end, one), (begins, _end, other) in pairwise(spans):
        if begins < (end if end > start else end + 24 * 60):
            return one, other
    return None


def reaching_over(periods: Iterable[Sequence[str]], following: Iterable[Sequence[str]]) -> tuple[str, str] | None:
    """The period of a day that ends on the next day when one of that day has begun, and that one; None without."""
    over = [(minutes_of(end), f"{start}-{end}") for start, end in periods if minutes_of(end) < minutes_of(start)]
    first = min(((minutes_of(start), f"{start}-{end}") for start, end in following), default=None)
    if first is None:
        return None
    return next(((one, first[1]) for until, one in over if until > first[0]), None)


def reaches_over(days: Mapping[str, Iterable[Sequence[str]]]) -> Iterator[tuple[str, str, str]]:
    """Yield (day, its period, that of the next day) where one of a day lasts into one of the next.

    Days are those of a week, "0" to "6", or dates.
    """
    for day, periods in days.items():
        found = reaching_over(periods, days.get(_next(day), ()))
        if found:
            yield day, *found


def _next(day: str) -> str:
    """The day after one of a week, or after a date."""
    if len(day) == 1:
        return str((int(day) + 1) % 7)
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except OverflowError:  # the last of all days
        return ""


@lru_cache
def holidays_of(place: str) -> Container[date]:
    """The holidays of a country, or of a part of one: ``GB``, ``GB-ENG``.

    Raises LookupError for a place of which none are known, ImportError without the extra ``holidays``.
    """
    import holidays

    country, _dash, part = place.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, TypeError) as error:  # of what is no country, but something else in that package
        raise LookupError(place) from error
    if not isinstance(found, holidays.HolidayBase) or type(found) is holidays.HolidayBase:
        raise LookupError(place)
    return found
