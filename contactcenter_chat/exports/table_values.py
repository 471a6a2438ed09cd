"""What does a cell mean, as a spreadsheet writes it in the language that is active now?

A spreadsheet that opens 2026-09-30 saves 30/09/2026 or 9/30/2026, and VERDADERO where there was TRUE.
"""

from datetime import date, datetime

from django.utils.dateparse import parse_date
from django.utils.formats import get_format
from django.utils.translation import gettext

# The words of spreadsheets, and what people write; Django has the latter for the other languages.
YES = {"yes", "true", "1", "sí", "si", "verdadero", "ja", "wahr", "oui", "vrai"}
NO = {"", "no", "false", "0", "falso", "nein", "falsch", "non", "faux"}
WORDS = "yes,no,maybe"  # as Django's catalogues have them
ISO = "%Y-%m-%d"
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
    """Return the day that a cell says, as ISO 8601 or as it is written in the language; None when it is none."""
    try:
        if day := parse_date(text):
            return day
    except ValueError:  # such as 2026-02-30
        return None
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
