"""Does a complaint say where, what and how to mend it?"""

import pytest

from contactcenter_chat.actions.setup.centre_file.faults import Fault, FileRefused, nearest


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
