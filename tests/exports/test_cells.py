"""Is a cell never taken for a formula, and is nothing else changed?"""

import csv
import io
import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from contactcenter_chat.exports.cells import rows_as_csv, safe, without_apostrophes


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t", "\r", "\n", "＝1+1", "＋1", "－1", "＠x"])
def test_what_begins_like_a_formula_gets_an_apostrophe(cell):
    assert safe(cell) == f"'{cell}"
    assert without_apostrophes(safe(cell)) == cell


@pytest.mark.parametrize(
    ("cell", "made_safe"),
    [
        ("x;=1+1", "x;'=1+1"),
        ("x,@SUM(A1)", "x,'@SUM(A1)"),
        ("x; +34,HYPERLINK(A1)", "x;' +34,HYPERLINK(A1)"),
        ("x\t-sum (A1)", "x\t'-sum (A1)"),
        ("x\n+cmd|' /C calc'!A0", "x\n'+cmd|' /C calc'!A0"),
        ("x,-'//evil/x'!A1", "x,'-'//evil/x'!A1"),
        ('";=1', "\";'=1"),
        ('x"=1', "x\"'=1"),
        ("x\n=1", "x\n'=1"),
        ("\t=1", "'\t'=1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("'=1", "''=1"),
        ("x;'=1", "x;''=1"),
        (" =1+1", "' =1+1"),
        (" +1", "' +1"),
        ("a; =1", "a;' =1"),
        ("a;\u00a0' =1", "a;'\u00a0' =1"),
        (" \t=1", " \t'=1"),
        ("x\u2028=1", "x\u2028'=1"),
    ],
)
def test_so_does_what_another_separator_would_make_a_cell(cell, made_safe):
    assert safe(cell) == made_safe
    assert without_apostrophes(made_safe) == cell


@pytest.mark.parametrize(
    "cell",
    [
        *("", "hello", "1-1", "'quoted'", "a=b", "a =1", "a - b", "2026-01-01", "a; b, c", "a\r\n\r\n b\n\nc"),
        *('say "hi"', 'x "-1"', "a, -5", "Hello, +34 600", "Hola; +34 600 (casa)!", "No, @Ana", "One:\n- a\n- b"),
    ],
)
def test_other_text_stays_as_it_is(cell):
    assert safe(cell) == cell
    assert without_apostrophes(cell) == cell


@pytest.mark.parametrize("blank", ["\xa0", "\u200b", "\ufeff", "\u2060", "\x1f", "\x00", "\x7f", "\u3000", "\u3164"])
def test_so_does_a_formula_behind_blanks_of_any_kind(blank):
    for cell in (f"{blank}=1", f" {blank} @x", f"a;{blank}-A(1)"):
        assert safe(cell).replace("'", "", 1) == cell
        assert without_apostrophes(safe(cell)) == cell
    assert safe(f"{blank}=1") == f"'{blank}=1"


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_so_does_a_formula_behind_what_some_take_for_a_lines_end(end):
    assert safe(f"{end}=1") == f"'{end}'=1"
    assert safe(f"x{end} =1") == f"x{end}' =1"
    assert without_apostrophes(f"'{end}'=1") == f"{end}=1"


ALPHABET = "'=+-@\t\r\n;,|\"x(! ＝\xa0\u200b\ufeff\u2028\x85\x0b\x0c\x1f"
BLANKS = " \t\xa0\u200b\ufeff\u2028\x85\x0b\x0c\x1f"
SIGNS = ("=", "+", "-", "@", "＝")


@given(st.text(alphabet=ALPHABET))
def test_whatever_was_made_safe_can_be_read_back(text):
    assert without_apostrophes(safe(text)) == text


@given(st.text(alphabet=ALPHABET), st.sampled_from(["en", "es"]))
def test_no_cell_is_a_formula(text, language):
    with override(language):
        (line,) = list(rows_as_csv([["a", text, "b"]]))[1:]
    [row] = csv.reader(io.StringIO(line, newline=""), delimiter="," if language == "en" else ";")
    assert not row[1].lstrip(BLANKS + "\r\n").startswith(SIGNS)


@given(st.text(alphabet=ALPHABET), st.sampled_from(",;\t|"))
def test_a_program_that_expects_another_separator_finds_no_formula_that_does_harm(text, delimiter):
    """It minds no quotes, as if each line were cut at that character: so quoting all cells would not help against it.

    That it finds no formula at all is too much to ask: a number with its country would not stay what it is. One that
    begins with a plus, a minus or an at sign may show a number or an error there, but call nothing.
    """
    (line,) = list(rows_as_csv([["a", text, "b"]]))[1:]
    for cell in re.split(rf"[{delimiter}\r\n]", line):
        seen = cell.lstrip('"').lstrip(BLANKS)
        assert not seen.startswith(("=", "＝"))
        assert not (seen.startswith(SIGNS) and re.search(r"x\s*\(|\||!x", seen))


def test_a_long_cell_is_looked_through_at_once():
    text = ", +1" * 100_000
    assert safe(text) == text


@pytest.mark.parametrize(("cell", "shown"), [(None, ""), (5, 5), (-5, -5), (1.5, 1.5)])
def test_numbers_stay_numbers_and_nothing_is_empty(cell, shown):
    assert safe(cell) == shown


def test_no_cell_turns_those_behind_it():
    assert safe("Rosa\u202e") == "Rosa"
    assert safe("\u2067\u05d0\u2069 b") == "\u05d0 b"
    assert safe("\u202e=1+1") == "'=1+1"


@pytest.mark.parametrize(
    ("language", "separator"), [("en", ","), ("es", ";"), ("de", ";"), ("fr", ";"), ("es-mx", ","), ("ja", ",")]
)
def test_rows_become_csv_that_a_reader_reads_back(language, separator):
    rows = [["a", 'say "hi"'], ["line\nbreak", "=1"], [1, None]]
    with override(language):
        text = "".join(rows_as_csv(rows))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]), delimiter=separator)) == [
        ["a", 'say "hi"'],
        ["line\nbreak", "'=1"],
        ["1", ""],
    ]


def test_the_separator_is_that_of_the_language_in_which_it_was_asked_for():
    with override("es"):
        lines = rows_as_csv([["a", "b"]])
    with override("en"):
        assert "".join(lines) == "\ufeffa;b\r\n"


def test_a_long_text_takes_no_long_time():
    """Its length costs once, not once for each of its characters."""
    text = "a" * 1_000_000
    assert safe(text) == text
    assert without_apostrophes(text) == text


@pytest.mark.parametrize("text", ['x;＋HYPERLINK（"u"）', "x;+cmd｜x", "x；+SUM(1)", "x，-A(1)"])
def test_full_width_signs(text):
    assert safe(text).count("'") == 1
    assert without_apostrophes(safe(text)) == text
