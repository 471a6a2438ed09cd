"""What the cells of a spreadsheet mean, in the language in which it was saved."""

from datetime import date

import pytest
from django.utils.translation import override

from contactcenter_chat.exports.table_values import dates, days_of, either, read_date, words, yes_or_no


@pytest.mark.parametrize(
    ("language", "text", "meaning"),
    [
        ("en", "TRUE", True),
        ("en", "", False),
        ("es", "Sí", True),
        ("es", "FALSO", False),
        ("de", "WAHR", True),
        ("pt", "sim", True),
        ("en", "perhaps", None),
    ],
)
def test_yes_and_no(language, text, meaning):
    with override(language):
        assert yes_or_no(text) is meaning


def test_the_words_of_a_language():
    with override("es"):
        assert words() == ("sí", "no")


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "2026-09-30", date(2026, 9, 30)),
        ("es", "30/09/2026", date(2026, 9, 30)),
        ("de", "30.09.2026", date(2026, 9, 30)),
        ("en-us", "9/30/2026", date(2026, 9, 30)),
        ("es", "9/30/2026", date(2026, 9, 30)),
        ("en", "31.01.2027", date(2027, 1, 31)),
        ("en", "31/01/2027", date(2027, 1, 31)),
        ("en", "31-01-27", date(2027, 1, 31)),
        ("en", "02.01.2027", date(2027, 1, 2)),  # with dots the day comes first everywhere
        ("en", "1.30.2027", None),
        ("en", "2027-01-31 00:00:00", date(2027, 1, 31)),
        ("en", "2027-01-31T00:00:00.000", date(2027, 1, 31)),
        ("en", "31/01/2027 0:00", date(2027, 1, 31)),
        ("en", "02/02/2027", date(2027, 2, 2)),
        ("es", "01/02/2027", date(2027, 2, 1)),
        ("en-gb", "01/02/2027", date(2027, 2, 1)),
        ("en", "01/02/2027", None),
        ("en", "Jan 31 2027", date(2027, 1, 31)),
        ("en", "31/02/2027", None),
        ("en", "00/00/0000", None),
        ("en", "2026-02-30", None),
        ("en", "tomorrow", None),
    ],
)
def test_days(language, text, day):
    with override(language):
        assert read_date(text) == day


@pytest.mark.parametrize("language", ["en", "en-us", "ja"])
def test_a_day_that_may_be_two_is_both(language):
    with override(language):
        assert days_of("01/02/2027 00:00") == [date(2027, 1, 2), date(2027, 2, 1)]


def test_a_day_that_may_be_two_is_told_with_how_to_write_it():
    with override("en"):
        told = either(days_of("01/02/2027"))
    assert told == "This may be 2027-01-02 or 2027-02-01: write it in one of these ways."


def test_what_is_taken_is_named():
    with override("es"):
        assert dates() == "2026-09-30, 30/09/2026"
