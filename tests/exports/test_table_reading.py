"""Is a table read whichever way a spreadsheet has saved it, and is it said where it cannot be?"""

import pytest

from contactcenter_chat.exports.table_reading import Unreadable, read_table, text_of

TABLE = "Name\tLabel\t\r\na\t'=1\t\r\n\t\t\r\n"


def known(name):
    return name.lower() if name.lower() in ("name", "label") else None


def table(text):
    complaints = []
    columns, rows = read_table(text, known, complaints)
    return columns, [tuple(row) for row in rows], complaints


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_table_is_read_in_each_encoding(encoding):
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    text = text_of(f"{mark}{TABLE}".encode(encoding))
    assert text.lstrip("\ufeff") == TABLE
    assert table(text) == (["name", "label"], [(2, {"name": "a", "label": "=1"})], [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_that_of_the_header_or_the_one_that_is_said(separator):
    text = f'name{separator}label\na{separator}"x;y,z\tw"\n'
    row = {"name": "a", "label": "x;y,z\tw"}
    assert table(text) == (["name", "label"], [(2, row)], [])
    assert table(f"sep={separator}\r\n{text}") == (["name", "label"], [(3, row)], [])


def test_a_row_is_where_it_begins_whatever_its_cells_hold():
    assert [row[0] for row in table('name,label\na,"1\n2\n3"\n\nb,x\n')[1]] == [2, 6]


def test_what_has_no_name_is_told_by_its_letters():
    assert table(f"name,label\na,b{',' * 25}c\n")[2] == [(2, "AA", "There are more cells than columns.")]
    assert table("name,,label\n")[2] == [(1, "B", "Unknown column without a name.")]


@pytest.mark.parametrize(
    ("content", "line"), [(b"a\nb\xff", 2), (b"a\r\n\x00", 2), (b"\xff\xfea\x00\n\x00\x00\xd8", 2)]
)
def test_what_cannot_be_read_is_told_with_its_line(content, line):
    with pytest.raises(Unreadable) as caught:
        text_of(content)
    assert caught.value.line == line
