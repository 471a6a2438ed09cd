"""Is it understood what somebody types who searches?"""

import pytest

from contactcenter_chat.queries.search_words import MOST, Phrase, names_begin, phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("late invoice", [Phrase("late", ("late",)), Phrase("invoice", ("invoice",), begins=True)]),
        ("late in", [Phrase("late", ("late",)), Phrase("in", ("in",))]),
        ('"library fees"', [Phrase("library fees", ("library", "fees"))]),
        (
            'fees "not closed',
            [Phrase("fees", ("fees",)), Phrase("not", ("not",)), Phrase("closed", ("closed",), begins=True)],
        ),
        (
            '-late -"too late"',
            [Phrase("late", ("late",), excluded=True), Phrase("too late", ("too", "late"), excluded=True)],
        ),
        ("e-mail", [Phrase("e-mail", ("e", "mail"), begins=True)]),
        ("invoice.", [Phrase("invoice.", ("invoice",))]),
        ("fees or mail", [Phrase("fees", ("fees",)), Phrase("mail", ("mail",), begins=True)]),
        ('fees "or"', [Phrase("fees", ("fees",)), Phrase("or", ("or",))]),
        ("late\x00invoice", [Phrase("late", ("late",)), Phrase("invoice", ("invoice",), begins=True)]),
        ("año", [Phrase("año", ("año",), begins=True)]),
        ("!?", [Phrase("!?", ())]),
        ("", []),
        ('- "" --', []),
    ],
)
def test_phrases(text, expected):
    assert phrases(text) == expected


def test_names_begin_with_each_word_that_is_not_excluded():
    assert names_begin('"Noor Aziz" ltd -late') == ["Noor", "Aziz", "ltd"]


def test_not_everything_is_looked_for():
    assert (
        len(phrases("a " * 1_000)) == len(names_begin("a " * 1_000)) == len(names_begin(f'"{"a " * 1_000}"')) == MOST
    )
