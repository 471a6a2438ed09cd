"""Are these opening hours?"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_noop as _

from ...exceptions import Invalid
from ...models import OpeningHours
from ...models.base import max_length
from ...models.hours import holidays_of, minutes_of, overlapping, reaches_over
from ...storable import checked_name

PERIODS_MOST = 10  # of a day
DATES_MOST = 1000


def check_hours(hours: OpeningHours) -> None:
    """Refuse what are no hours, and write the name as names are stored. Raises Invalid."""
    hours.name = checked_name(hours.name, max_length(OpeningHours, "name"))
    try:
        ZoneInfo(hours.time_zone)
    except (ValueError, LookupError, OSError):
        raise Invalid(_("There is no such time zone."), field="time_zone", value=hours.time_zone) from None
    _check_days(hours.weekly, "weekly", lambda day: day in "0123456" and len(day) == 1)
    _check_days(hours.exceptions, "exceptions", lambda day: bool(date.fromisoformat(day)))
    if hours.holidays:
        _check_holidays(hours.holidays)


def _check_days(days: Any, field: str, is_day: Any) -> None:
    refusal = Invalid(_("Hours are from one time of the day to another."), field=field)
    if not isinstance(days, Mapping) or len(days) > DATES_MOST:
        raise refusal
    for day, periods in days.items():
        try:
            known = is_day(day)
        except ValueError:
            known = False
        if not (known and isinstance(periods, list) and len(periods) <= PERIODS_MOST):
            raise refusal
        if not all(_is_period(period) for period in periods):
            raise refusal
        if two := overlapping(periods):
            raise Invalid(_("%(one)s and %(other)s overlap."), one=two[0], other=two[1], field=field)
    for _day, refused in refusals_of_nights(days, field):
        raise refused


def refusals_of_nights(days: Mapping[str, Any], field: str) -> Iterator[tuple[str, Invalid]]:
    """Yield (day, refusal) for each day with a period over midnight that lasts into one of the next day.

    ``field`` is ``weekly``, whose days are "0" to "6", or ``exceptions``, whose days are dates.
    """
    for day, one, other in reaches_over(days):
        name = WEEKDAYS[int(day)] if field == "weekly" else day
        refusal = Invalid(
            _("%(one)s of %(day)s lasts until after %(other)s of the next day has begun."),
            day=name,
            one=one,
            other=other,
            field=field,
        )
        yield day, refusal


def _is_period(period: Any) -> bool:
    try:
        start, end = (minutes_of(time) for time in period)
    except (ValueError, TypeError, AttributeError):
        return False
    return start != end


def _check_holidays(place: str) -> None:
    try:
        holidays_of(place)
    except LookupError:
        raise Invalid(_("No holidays are known of %(place)s."), place=place, field="holidays", value=place) from None
    except ImportError:
        raise Invalid(_("Holidays need the package “holidays”."), field="holidays", value=place) from None
