"""What imports of tables share: a plan is applied as it was looked at, or not at all."""

import pytest

from contactcenter_chat.actions.setup.tables import ADD, SAME, Plan, PlannedLine, rows_of
from contactcenter_chat.exceptions import Conflict
from contactcenter_chat.exports.table_reading import Complaint

KNOWN = {"title": "title", "text": "text"}.get


def test_only_what_changes_is_changed():
    lines = [PlannedLine(number=2, kind=ADD), PlannedLine(number=3, kind=SAME)]
    assert Plan(lines, []).changed == lines[:1]


def test_a_plan_that_was_looked_at_is_applied():
    Plan([], [], "abc").check("abc")


@pytest.mark.parametrize("plan", [Plan([], [], "abc"), Plan([], [Complaint(1, "", "wrong")], "xyz")])
def test_another_plan_or_one_with_errors_is_not(plan):
    with pytest.raises(Conflict):
        plan.check("xyz")


def test_rows_are_read_by_their_columns():
    errors = []
    [row] = rows_of(b"Title;Text\nHello;Good day\n", lambda name: KNOWN(name.lower()), ("title",), errors)
    assert (row.cells, errors) == ({"title": "Hello", "text": "Good day"}, [])


@pytest.mark.parametrize("content", [b"Text\nGood day\n", b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_told(content):
    errors = []
    rows_of(content, lambda name: KNOWN(name.lower()), ("title",), errors)
    assert len(errors) == 1
