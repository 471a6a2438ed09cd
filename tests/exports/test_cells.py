"""Is a cell never taken for a formula, and is nothing else changed?"""

import csv
import io

import pytest

from contactcenter_chat.exports.cells import rows_as_csv, safe, without_apostrophe


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0"],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(cell):
    assert safe(cell) == f"'{cell}"
    assert without_apostrophe(safe(cell)) == cell


@pytest.mark.parametrize("cell", ["", "hello", "1-1", "'quoted'", "a=b", " =1", "2026-01-01"])
def test_other_text_stays_as_it_is(cell):
    assert safe(cell) == cell
    assert without_apostrophe(cell) == cell


@pytest.mark.parametrize(("cell", "shown"), [(None, ""), (5, 5), (-5, -5), (1.5, 1.5)])
def test_numbers_stay_numbers_and_nothing_is_empty(cell, shown):
    assert safe(cell) == shown


def test_rows_become_csv_that_a_reader_reads_back():
    rows = [["a", 'say "hi"'], ["line\nbreak", "=1"], [1, None]]
    text = "".join(rows_as_csv(rows))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [["a", 'say "hi"'], ["line\nbreak", "'=1"], ["1", ""]]
