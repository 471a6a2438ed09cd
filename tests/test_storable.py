"""What is text of which something shows, and what is left of a name?"""

import re

import pytest

from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.isolates import unturned
from contactcenter_chat.storable import NUL, checked_name, is_blank, shown_name
from contactcenter_chat.wire.members import NOT_BLANK

# Each is drawn by no font: blanks, zero width, word joiner, byte order mark, marks of direction, soft hyphen, Hangul
# fillers, selectors of variants, an empty Braille cell, tags.
UNSEEN = [
    "",
    " \t\r\n\x0b\x0c\x1c\x85\xa0\u1680\u2000\u2028\u2029\u202f\u205f\u3000",
    "\u200b",
    "\u200c\u200d",
    "\u2060",
    "\ufeff",
    "\u200e\u200f\u061c",
    "\u202a\u202b\u202c\u202d\u202e",
    "\u2066\u2067\u2068\u2069",
    "\xad",
    "\u115f\u1160",
    "\u3164\uffa0",
    "\u180e\ufe0f",
    "\u2800",
    "\U000e0041\U000e007f",
]
SEEN = [
    "a",
    ".",
    "\u200bHello\u200b",
    "👩\u200d👩\u200d👧",  # joined by zero width joiners
    "❤\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # a flag, whose region stands in tags
    "می\u200cخواهم",  # Persian needs the zero width non-joiner
    "한국어",
    "\u0301",
    "\ufffc",
    "\x07",
]


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_of_these_nothing_shows(text):
    assert is_blank(text)
    assert is_blank(text * 2)


@pytest.mark.parametrize("text", SEEN, ids=ascii)
def test_of_these_something_shows(text):
    assert not is_blank(text)
    assert re.search(NOT_BLANK, text)


@pytest.mark.parametrize("text", [each for each in UNSEEN if each.isascii() or max(each) < "\U00010000"], ids=ascii)
def test_the_schema_says_the_same(text):
    assert not re.search(NOT_BLANK, text)


def test_what_cannot_be_stored_is_told_as_that():
    assert not is_blank(NUL)


@pytest.mark.parametrize(
    "between", ["\n", "\r\n", "\t", "\x0b", "\x1f", "\x7f", "\x85", "\u2028", "\u2029"], ids=ascii
)
def test_a_name_is_one_line(between):
    with pytest.raises(Invalid) as refused:
        checked_name(f"a{between}b", 255)
    assert (refused.value.field, refused.value.message) == (
        "name",
        "May not contain line breaks or other control characters.",
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Rosa", "Rosa"),
        ("Rosa\u202e Luz", "Rosa Luz"),
        ("\u2067\u05e9\u05dc\u05d5\u05dd\u2069", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u200f\u061cA\u200e", "A"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u202e\u200b", ""),
        (" ", ""),
        ("", ""),
    ],
)
def test_a_name_turns_nothing(name, kept):
    assert shown_name(name) == kept


def test_words_keep_their_length_and_order():
    assert unturned("a\u202eb\u2066c\u2069\u202c\n\u200dd") == "abc\n\u200dd"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("\u202e\u2060", r"May not be empty\."),
        (" ", r"May not be empty\."),
        ("x" * 6, r"May not be longer than 5 characters\."),
        (f"a{NUL}", r"May not contain the character U\+0000\."),
    ],
)
def test_a_name_that_is_refused(name, told):
    with pytest.raises(Invalid, match=told) as raised:
        checked_name(name, 5)
    assert raised.value.field == "name"


def test_a_name_is_as_long_as_what_is_kept():
    assert checked_name("\u202e12345\u202c", 5) == "12345"
