"""Does a complaint say where, what and how to mend it?"""

from itertools import count

import pytest

from contactcenter_chat.actions.setup.centre_file.faults import (
    FOUND_MOST,
    Enough,
    Fault,
    Faults,
    FileRefused,
    nearest,
)
from contactcenter_chat.actions.setup.centre_file.reading import read_file


def test_a_fault_says_all_in_a_line():
    fault = Fault(12, ("queues", "General", "membres"), "Unknown key “membres”.", "Did you mean “members”?")
    assert fault.told == "line 12: queues / General / membres: Unknown key “membres”. Did you mean “members”?"
    assert Fault(0, (), "The file is empty.", "").told == "The file is empty."


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("membres", ["members", "requires"], "Did you mean “members”?"),
        ("GENERAL", ["General", "Refunds"], "Did you mean “General”?"),
        ("xyz", ["b", "a"], "There are: a, b."),
        (
            "xyz",
            [f"name{number:02}" for number in range(12)],
            "There are: " + "".join(f"name0{n}, " for n in range(10)) + "….",
        ),
        ("xyz", [], "Make it first, or leave it out."),
    ],
)
def test_the_nearest_known_word_is_named(word, known, hint):
    assert nearest(word, known) == hint


def test_faults_are_told_in_the_order_of_their_lines():
    faults = [Fault(3, ("b",), "x", ""), Fault(1, ("c",), "x", ""), Fault(3, ("a",), "x", "")]
    assert [fault.path for fault in FileRefused(faults).faults] == [("c",), ("a",), ("b",)]


def test_no_more_faults_are_looked_for_than_somebody_reads():
    found = Faults()
    found.fill(Fault(number, (), "Wrong.", "") for number in count(1))
    assert (len(found), found.is_full) == (FOUND_MOST, True)
    with pytest.raises(Enough):
        found.append(found[0])


@pytest.mark.parametrize(
    ("many", "told", "more"),
    [
        (100, 100, ""),
        (101, 100, "and 1 more error"),
        (102, 100, "and 2 more errors"),
        (FOUND_MOST, 100, "and 900 more errors, and there may be others: no more were looked for"),
    ],
)
def test_the_first_hundred_are_told_and_how_many_more(many, told, more):
    refusal = FileRefused(Fault(many - number, (), "Wrong.", "") for number in range(many))
    assert [fault.line for fault in refusal.told] == list(range(1, told + 1))
    assert refusal.more_told == more


@pytest.mark.parametrize(
    "text",
    [
        "skills: [" + "x, " * 5000 + "]",
        "agents: {a: {" + "".join(f"k{number}: 1, " for number in range(5000)) + "}}",
        "queues: {A: {members: {" + "".join(f"k{number}: 9, " for number in range(5000)) + "}}}",
        "- &a b\n" * 5000,
        "codes: {A: {codes: [" + "{code: a}, " * 5000 + "]}}",
        "prepared_responses: [" + "{title: a}, " * 5000 + "]",
    ],
)
def test_a_file_with_very_many_is_not_read_on(text):
    file = read_file(text.encode())
    assert len(file.faults) == FOUND_MOST
    assert file.values == {}
