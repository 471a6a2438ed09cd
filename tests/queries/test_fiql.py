"""FIQL to a condition: right for what is right, quick and clear for what is not."""

import pytest
from django.db.models import Q
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contactcenter_chat.exceptions import Invalid
from contactcenter_chat.queries.fiql import condition

FIELDS = {"name": "name", "routingOptions.id": "queue_id"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name==a", Q(name="a")),
        ("name!=a", ~Q(name="a")),
        ("routingOptions.id==7", Q(queue_id="7")),
        ("name==a*", Q(name__startswith="a")),
        ("name==*a", Q(name__endswith="a")),
        ("name==*a*", Q(name__contains="a")),
        ("name!=*a*", ~Q(name__contains="a")),
        ("name==*", Q(name__contains="")),
        ("name==a*b", Q(name="a*b")),
        ("name==a;name==b", Q(name="a") & Q(name="b")),
        ("name==a,name==b;name==c", Q(name="a") | (Q(name="b") & Q(name="c"))),
        ("(name==a,name==b);name==c", (Q(name="a") | Q(name="b")) & Q(name="c")),
        ("name==a b é + & %25", Q(name="a b é + & %")),
        ("name==2015-08-27T10:30:00Z", Q(name="2015-08-27T10:30:00Z")),
        ("(((((name==a)))))", Q(name="a")),
        ("name==a,name==b;name==c,name==d", Q(name="a") | Q(name="b") & Q(name="c") | Q(name="d")),
        ("name==a;(name==b,name==c;name==d)", Q(name="a") & (Q(name="b") | Q(name="c") & Q(name="d"))),
    ],
)
def test_condition(text, expected):
    assert condition(text, FIELDS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "name==a;,name==b",
        "name==a,;name==b",
        "name==a;",
        "(name==a,)",
        ")name==a;name==b",
    ],
)
def test_an_operator_without_a_term_is_refused(text):
    with pytest.raises(Invalid, match="This is no valid FIQL expression"):
        condition(text, FIELDS)


@settings(max_examples=1000)
@example("a, ;a==b,a==b !")
@example("a==b!,a==b =;a, ")
@given(st.text(alphabet="nameroutingOptions.id=!;,()*'%20 a\0é", max_size=60))
def test_anything_is_either_a_condition_or_refused(text):
    try:
        found = condition(text, FIELDS)
    except Invalid as error:
        found = error
    assert isinstance(found, Q) or found.field == "filter"


@pytest.mark.parametrize("text", ["()", "(())", "();name==a", "name==a;()", "name==a,(;)", "(name==a)(name==b)"])
def test_parentheses_around_nothing_are_refused(text):
    with pytest.raises(Invalid, match="This is no valid FIQL expression"):
        condition(text, FIELDS)


# A reading that tries every way would not come to an end.
@pytest.mark.parametrize("text", ["n" * 1024, "name=" * 204, "!" * 1024, "=" * 1024, "'" * 1024])
def test_long_nonsense_is_refused(text):
    with pytest.raises(Invalid):
        condition(text, FIELDS)


@pytest.mark.parametrize("character", ["=", "!", "'"])
def test_a_long_value_is_read(character):
    assert condition("name==" + character * 1000, FIELDS) == Q(name=character * 1000)
