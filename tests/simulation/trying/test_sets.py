"""Is a set of questions read as spreadsheets write it, and is all told that is wrong with it?"""

import pytest

from contactcenter_chat.exports.cells import rows_as_csv
from contactcenter_chat.simulation.trying.sets import SetRefused, read_set
from tests.factories import make_center

HEADER = "question,language,identity,expected,conversation"


def read(center, *lines, header=HEADER):
    return read_set("\n".join([header, *lines]).encode(), center.tenant)


def wrong(center, content):
    with pytest.raises(SetRefused) as refusal:
        read_set(content, center.tenant)
    return [tuple(each) for each in refusal.value.problems]


def test_what_a_line_says(center, articles, own_tools):
    pk = articles["parts"].pk
    first, second, third = read(
        center,
        "In parts?,pt-br,Signed,can i pay my tuition in parts?,c1",
        f'"A person, please",,,Handover | none|{pk},',
        "Book it,es,,tool:add_up",
    )
    assert (first.line, first.question, first.language, first.identity) == (2, "In parts?", "pt-BR", "signed")
    assert (first.conversation, first.accepted) == ("c1", {pk})
    assert (second.expected, second.accepted) == (("Handover", "none", pk), {"handover", "none", pk})
    assert (second.identity, second.language, second.conversation) == ("none", "", "")
    assert third.accepted == {"tool:add_up"}


def test_as_spreadsheets_write_it(center):
    content = "\ufeffQuestion;EXPECTED;\r\nFees;none;\r\n;;\r\n"
    assert [each.question for each in read_set(content.encode(), center.tenant)] == ["Fees"]
    assert [each.question for each in read_set(content[1:].encode("utf-16"), center.tenant)] == ["Fees"]


def test_what_we_write_ourselves_is_read(center):
    content = "".join(rows_as_csv([("question", "expected"), ("+34 600?", "none"), ("-1?", "none")]))
    assert [each.question for each in read_set(content.encode(), center.tenant)] == ["+34 600?", "-1?"]


def test_all_that_is_wrong_is_told_at_once(center, articles):
    lines = [
        "=1+1,xx-,boss,Where is the gym?,",
        "Fine,en,code,none,",
        ",en,code,,",
        "#NAME?,,,tool:,",
        f"Long,,,none,{'x' * 201}",
    ]
    assert wrong(center, "\n".join([HEADER, *lines]).encode()) == [
        (2, "expected", "There is no article “Where is the gym?”."),
        (2, "identity", "Has to be one of none, device, claimed, code, signed."),
        (2, "language", "Write a language as “es” or “pt-BR”."),
        (2, "question", "This is a formula: write what it says."),
        (4, "expected", "Say what is expected, at most 20 of it."),
        (4, "question", "May not be empty."),
        (5, "expected", "There is no tool “”."),
        (5, "question", "This is a formula: write what it says."),
        (6, "conversation", "May not be longer than 200 characters."),
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", (1, "question", "The column question is missing.")),
        (b"question,expected\n", (1, "", "There are no questions.")),
        (b"question\nFees", (1, "expected", "The column expected is missing.")),
        (b"question,expected,colour\nFees,none,red", (1, "colour", "Unknown column colour.")),
        (
            b"question,expected\nFees,none\n\xff,none",
            (3, "", "This is neither UTF-8 nor UTF-16: save it as “CSV UTF-8”."),
        ),
        (b"question,expected\n" + b"x" * 1_000_000, (1, "", "The file is larger than 1000000 bytes.")),
        (b"question,expected\n" + b"x,none\n" * 5001, (5002, "", "There are more than 5000 lines.")),
        (b'question,expected\n"Fees,none', (2, "", "This is not CSV: unexpected end of data.")),
        (b"question,expected\na\x00b,none", (2, "", "There is a character U+0000.")),
    ],
)
def test_a_file_that_cannot_be_used(center, content, problem):
    assert problem in wrong(center, content)


def test_articles_of_another_contact_centre_are_none(center, articles):
    other = make_center("elsewhere")
    line = f"question,expected\nFees,{articles['parts'].pk}".encode()
    assert wrong(other, line) == [(2, "expected", f"There is no article “{articles['parts'].pk}”.")]


def test_a_long_set_asks_the_database_once(center, articles, django_assert_num_queries):
    content = "question,expected\n" + "Fees,Can I pay my tuition in parts?\n" * 200
    with django_assert_num_queries(1):
        assert len(read_set(content.encode(), center.tenant)) == 200
