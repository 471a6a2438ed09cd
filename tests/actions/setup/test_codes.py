"""Is the wrap-up vocabulary kept in order, and history left alone?"""

from datetime import date

import pytest

from contactcenter_chat.actions.center import wrapup
from contactcenter_chat.actions.setup import codes
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import InteractionCode, TransactionCode, TransactionCodeList
from contactcenter_chat.queries.wrapup import choosable_codes
from tests.factories import (
    accepted,
    add_code,
    make_agent,
    make_center,
    make_code_list,
    make_codes,
    shape_of,
    start_conversation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return make_center()


@pytest.fixture
def code_list(center):
    return make_code_list(center.tenant)


def choosable(code_list):
    return {code.label for code in choosable_codes([code_list])}


def used(center, code):
    """Wrap an interaction up with a code."""
    make_agent(center.tenant, center.queue)
    interaction = accepted(start_conversation(center.channel))
    wrapup.choose_codes(interaction_id=interaction.pk, agent=interaction.agent, code_ids=[code.pk])
    return interaction


# Lists


def test_a_list_is_for_its_queues(center, code_list):
    codes.save_list(code_list, queues=[center.queue])
    assert list(code_list.queues.all()) == [center.queue]
    codes.save_list(code_list)
    assert list(code_list.queues.all()) == [center.queue]
    codes.save_list(code_list, queues=[])
    assert list(code_list.queues.all()) == []


def test_a_list_takes_no_queue_of_another_tenant(code_list):
    with pytest.raises(Invalid) as refusal:
        codes.save_list(code_list, queues=[make_center().queue])
    assert refusal.value.field == "queues"


@pytest.mark.parametrize("name", ["", "x" * 256, "Reason"])
def test_a_list_needs_a_name_of_its_own(center, code_list, name):
    with pytest.raises(Invalid):
        codes.save_list(TransactionCodeList(tenant=center.tenant, name=name))
    assert TransactionCodeList.objects.count() == 1


def test_an_unused_list_is_deleted_with_its_tree(code_list):
    add_code(code_list, "Under", parent=add_code(code_list, "Middle", parent=add_code(code_list, "Top")))
    codes.delete_list(code_list)
    assert not TransactionCode.objects.exists()
    assert not TransactionCodeList.objects.exists()


def test_a_used_list_is_not_deleted(center, code_list):
    used(center, add_code(code_list, "Fees"))
    with pytest.raises(Conflict):
        codes.delete_list(code_list)
    assert shape_of(code_list) == ["Fees"]


# The tree


def test_codes_stand_in_the_order_in_which_they_were_added(code_list):
    top = add_code(code_list, "Zebra")
    add_code(code_list, "Ant")
    add_code(code_list, "Stripes", parent=top)
    add_code(code_list, "Mane", parent=top)
    assert shape_of(code_list) == ["Zebra", "  Stripes", "  Mane", "Ant"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "x" * 256}, "label"),
        ({"short_code": ""}, "short_code"),
        ({"short_code": "x" * 65}, "short_code"),
        ({"short_code": "system:mine"}, "short_code"),
        ({"active_from": date(2026, 2, 1), "active_to": date(2026, 1, 1)}, "active_to"),
    ],
)
def test_values_that_are_refused(code_list, values, field):
    with pytest.raises(Invalid) as refusal:
        codes.create_code(code_list=code_list, **{"short_code": "fees", "label": "Fees", **values})
    assert refusal.value.field == field
    assert not TransactionCode.objects.exists()


def test_a_short_code_stands_once_in_a_list(code_list):
    add_code(code_list, "Fees")
    with pytest.raises(Invalid):
        add_code(code_list, "Fees")
    other = add_code(code_list, "Dates")
    with pytest.raises(Invalid):
        codes.update_code(code=other, short_code="fees")
    assert shape_of(code_list) == ["Fees", "Dates"]


def test_a_heading_of_another_list_is_refused(center, code_list):
    (foreign,) = make_codes(center.tenant, "Other", name="Another")
    with pytest.raises(Invalid) as refusal:
        add_code(code_list, "Fees", parent=foreign)
    assert refusal.value.field == "parent"
    with pytest.raises(Invalid):
        codes.move_code(code=add_code(code_list, "Dates"), parent=foreign)


def test_a_code_is_moved_with_what_is_under_it(code_list):
    one, two = add_code(code_list, "One"), add_code(code_list, "Two")
    add_code(code_list, "Under", parent=one)
    codes.move_code(code=one, parent=two)
    assert shape_of(code_list) == ["Two", "  One", "    Under"]
    codes.move_code(code=one, before=two)
    assert shape_of(code_list) == ["One", "  Under", "Two"]
    codes.move_code(code=one)
    assert shape_of(code_list) == ["Two", "One", "  Under"]


def test_a_code_cannot_stand_under_itself(code_list):
    top = add_code(code_list, "Top")
    under = add_code(code_list, "Under", parent=add_code(code_list, "Middle", parent=top))
    for parent in (top, under):
        with pytest.raises(Invalid) as refusal:
            codes.move_code(code=top, parent=parent)
        assert refusal.value.field == "parent"
    assert shape_of(code_list) == ["Top", "  Middle", "    Under"]


def test_a_place_before_somewhere_else_is_refused(code_list):
    top = add_code(code_list, "Top")
    under, other = add_code(code_list, "Under", parent=top), add_code(code_list, "Other")
    with pytest.raises(Invalid) as refusal:
        codes.move_code(code=other, before=under)
    assert refusal.value.field == "before"


def test_a_deep_tree_is_no_problem(code_list):
    parent = None
    for depth in range(40):
        parent = add_code(code_list, f"L{depth}", parent=parent)
    assert shape_of(code_list)[-1] == "  " * 39 + "L39"


def test_of_a_very_long_path_the_end_is_kept(center, code_list):
    parent = None
    for place in range(6):
        parent = codes.create_code(code_list=code_list, parent=parent, short_code=f"c{place}", label=f"{place}" * 250)
    interaction = used(center, parent)
    label = InteractionCode.objects.get(interaction=interaction).label
    assert len(label) == 1000
    assert label.endswith(" / " + "5" * 250)


# Retire, merge, delete


def test_a_heading_is_retired_with_what_is_under_it(code_list):
    top = add_code(code_list, "Top")
    under, _other = add_code(code_list, "Under", parent=top), add_code(code_list, "Other")
    codes.retire_code(top)
    assert choosable(code_list) == {"Other"}
    codes.restore_code(under)
    assert choosable(code_list) == {"Other", "Under"}


def test_retiring_again_keeps_the_first_time(code_list):
    code = add_code(code_list, "Fees")
    codes.retire_code(code)
    code.refresh_from_db()
    first = code.retired_at
    codes.retire_code(code)
    code.refresh_from_db()
    assert code.retired_at == first


def test_history_keeps_a_retired_code_with_the_label_it_had(center, code_list):
    code = add_code(code_list, "Fees")
    interaction = used(center, code)
    codes.update_code(code=code, label="Payments")
    codes.retire_code(code)
    assert InteractionCode.objects.filter(interaction=interaction).values_list("code", "label").get() == (
        code.pk,
        "Fees",
    )


def test_history_keeps_a_merged_code(center, code_list):
    code, into = add_code(code_list, "Fees"), add_code(code_list, "Payments")
    interaction = used(center, code)
    codes.merge_code(code=code, into=into)
    assert InteractionCode.objects.filter(interaction=interaction).values_list("code", "label").get() == (
        code.pk,
        "Fees",
    )
    assert choosable(code_list) == {"Payments"}
    with pytest.raises(Conflict):
        codes.restore_code(code)


def test_merging_is_refused_into_what_cannot_be_chosen(center, code_list):
    code, retired = add_code(code_list, "Fees"), add_code(code_list, "Old")
    codes.retire_code(retired)
    (foreign,) = make_codes(make_center().tenant, "Foreign")
    (elsewhere,) = make_codes(center.tenant, "Elsewhere", name="Another")
    for into in (code, retired, foreign, elsewhere):
        with pytest.raises(Invalid) as refusal:
            codes.merge_code(code=code, into=into)
        assert refusal.value.field == "into"


def test_headings_are_not_merged(code_list):
    top = add_code(code_list, "Top")
    add_code(code_list, "Under", parent=top)
    other = add_code(code_list, "Other")
    for code, into in ((top, other), (other, top)):
        with pytest.raises(Conflict):
            codes.merge_code(code=code, into=into)


def test_only_what_was_never_used_is_deleted(center, code_list):
    unused, chosen, into = add_code(code_list, "Unused"), add_code(code_list, "Chosen"), add_code(code_list, "Into")
    heading = add_code(code_list, "Heading")
    merged = add_code(code_list, "Merged", parent=heading)
    codes.merge_code(code=merged, into=into)
    used(center, chosen)
    codes.delete_code(unused)
    for code in (chosen, into, heading):
        with pytest.raises(Conflict):
            codes.delete_code(code)
    assert shape_of(code_list) == ["Chosen", "Into", "Heading", "  Merged"]
