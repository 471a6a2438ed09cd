"""What the cells of a spreadsheet mean, in the language in which it was saved."""

from datetime import date

import pytest
from django.utils.translation import override

from contactcenter_chat.exports.table_values import dates, read_date, words, yes_or_no


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
        ("es", "9/30/2026", None),
        ("en", "2026-02-30", None),
        ("en", "tomorrow", None),
    ],
)
def test_days(language, text, day):
    with override(language):
        assert read_date(text) == day


def test_what_is_taken_is_named():
    with override("es"):
        assert dates() == "2026-09-30, 30/09/2026"
