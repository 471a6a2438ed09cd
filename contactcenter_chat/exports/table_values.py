"""What does a cell mean, as a spreadsheet writes it in the language that is active now?

A spreadsheet that opens 2026-09-30 saves 30/09/2026 or 9/30/2026, and VERDADERO where there was TRUE.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.dateparse import parse_date
from django.utils.formats import get_format
from django.utils.translation import gettext

# The words of spreadsheets, and what people write; Django has the latter for the other languages.
YES = {"yes", "true", "1", "sí", "si", "verdadero", "ja", "wahr", "oui", "vrai"}
NO = {"", "no", "false", "0", "falso", "nein", "falsch", "non", "faux"}
WORDS = "yes,no,maybe"  # as Django's catalogues have them
ISO = "%Y-%m-%d"
TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\Z", re.ASCII)
NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\Z", re.ASCII)
EXAMPLE = date(2026, 9, 30)


def yes_or_no(text: str) -> bool | None:
    """Return what a cell says; None when it is neither."""
    text = text.lower()
    yes, no = words()
    if text in YES or text == yes:
        return True
    return False if text in NO or text == no else None


def words() -> tuple[str, str]:
    """Return "yes" and "no" in the language that is active."""
    yes, no, *_maybe = gettext(WORDS).lower().split(",")
    return yes, no


def read_date(text: str) -> date | None:
    """Return the day that a cell says, None when it is none or may be two: see ``days_of``."""
    days = days_of(text)
    return days[0] if len(days) == 1 else None


def days_of(text: str) -> list[date]:
    """Return the days that a cell may mean: none, one, or two where nobody can tell the day from the month.

    It may be ISO 8601, or as a spreadsheet writes it in some country, each with a time behind it, which is left out.
    01/02/2027 is what the active language says, if that puts the day first; English is written in both orders.
    """
    text = TIME.sub("", text)
    try:
        if day := parse_date(text):
            return [day]
    except ValueError:  # such as 2026-02-30
        return []
    if found := NUMBERS.match(text):
        first, between, second, year = found.groups()
        day_first, month_first = _day(year, second, first), _day(year, first, second)
        if between == "." or (day_first and _is_day_first()):
            month_first = None
        return sorted({day for day in (day_first, month_first) if day})
    day = _in_words(text)
    return [day] if day else []


def either(days: Sequence[date]) -> str:
    """Return a sentence about a cell that may mean one of two days."""
    one, other = days
    return gettext("This may be %(one)s or %(other)s: write it in one of these ways.") % {"one": one, "other": other}


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year if len(year) == 4 else f"20{year}"), int(month), int(day))
    except ValueError:
        return None


def _is_day_first() -> bool:
    """Whether the active language puts the day before the month."""
    begins = (way[:2] for way in get_format("DATE_INPUT_FORMATS") if way != ISO)
    return next((begin == "%d" for begin in begins if begin in ("%d", "%m")), False)


def _in_words(text: str) -> date | None:
    """The day, as it is written in the active language otherwise."""
    for pattern in get_format("DATE_INPUT_FORMATS"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def dates() -> str:
    """Return how a day may be written: as ISO 8601, and in the language's first way beside that."""
    ways = (ISO, *(way for way in get_format("DATE_INPUT_FORMATS") if way != ISO))
    return ", ".join(EXAMPLE.strftime(way) for way in ways[:2])
