"""Does the tree stand in order, do steps lead where they should, is use counted right?"""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_chat.actions.setup import codes
from contactcenter_chat.models import InteractionCode
from contactcenter_chat.queries.codes import DOWN, IN, OUT, UP, place_after, tree_of, use_of
from tests.factories import accepted, add_code, make_agent, make_center, make_code_list, shape_of, start_conversation

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def center():
    return make_center()


@pytest.fixture
def code_list(center):
    return make_code_list(center.tenant)


@pytest.fixture
def tree(code_list):
    """A with B and C under it, then D."""
    a = add_code(code_list, "A")
    return {"A": a, "B": add_code(code_list, "B", a), "C": add_code(code_list, "C", a), "D": add_code(code_list, "D")}


@pytest.mark.parametrize(
    ("label", "step", "expected"),
    [
        ("A", UP, None),
        ("A", DOWN, ["D", "A", "  B", "  C"]),
        ("A", IN, None),
        ("A", OUT, None),
        ("B", UP, None),
        ("B", DOWN, ["A", "  C", "  B", "D"]),
        ("B", IN, None),
        ("B", OUT, ["A", "  C", "B", "D"]),
        ("C", UP, ["A", "  C", "  B", "D"]),
        ("C", DOWN, None),
        ("C", IN, ["A", "  B", "    C", "D"]),
        ("C", OUT, ["A", "  B", "C", "D"]),
        ("D", UP, ["D", "A", "  B", "  C"]),
        ("D", DOWN, None),
        ("D", IN, ["A", "  B", "  C", "  D"]),
        ("D", OUT, None),
    ],
)
def test_steps(code_list, tree, label, step, expected):
    place = place_after(tree_of(code_list), tree[label], step)
    assert (place is None) == (expected is None)
    if place:
        codes.move_code(code=tree[label], parent=place[0], before=place[1])
        assert shape_of(code_list) == expected


def test_no_other_step_leads_anywhere(code_list, tree):
    assert place_after(tree_of(code_list), tree["C"], "sideways") is None


def chosen(center, code, *times):
    make_agent(center.tenant, center.queue, capacity=25)
    for at in times:
        interaction = accepted(start_conversation(center.channel))
        InteractionCode.objects.create(
            interaction=interaction, code=code, short_code=code.short_code, label=code.label, chosen_at=at
        )


def counts(code_list):
    return {use.code.label: use.count for use in use_of(code_list, MARCH, APRIL)}


def test_use_is_counted_in_the_period(center, code_list, tree):
    just_before, last = timedelta(microseconds=-1), APRIL - timedelta(microseconds=1)
    chosen(center, tree["B"], MARCH + just_before, MARCH, last, APRIL)
    assert counts(code_list) == {"A": 2, "B": 2, "C": 0, "D": 0}  # A is the heading of B


def test_what_was_merged_counts_as_the_other_through_a_chain(center, code_list, tree):
    chosen(center, tree["B"], MARCH)
    chosen(center, tree["C"], MARCH)
    codes.merge_code(code=tree["B"], into=tree["C"])
    codes.merge_code(code=tree["C"], into=tree["D"])
    assert counts(code_list) == {"A": 0, "D": 2}


def test_shares_are_of_the_list(center, code_list, tree):
    chosen(center, tree["B"], MARCH, MARCH, MARCH)
    chosen(center, tree["D"], MARCH)
    assert [use.share for use in use_of(code_list, MARCH, APRIL)] == [0.75, 0.75, 0, 0.25]


def test_without_use_there_are_no_shares(code_list, tree):
    assert {use.share for use in use_of(code_list, MARCH, APRIL)} == {0.0}
