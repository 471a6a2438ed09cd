"""Declared members: how each kind is read and described, and in which order complaints come."""

from dataclasses import replace

import pytest

from contactcenter_chat.exceptions import InvalidFields
from contactcenter_chat.wire.limits import Range
from contactcenter_chat.wire.members import (
    NO_NUL,
    NOT_BLANK,
    Anything,
    Choice,
    Flag,
    Identifier,
    Listed,
    Number,
    Object,
    Scalar,
    Scalars,
    Text,
    Whole,
    read,
    schema_of,
)

from .bodies import LIMITS

ROUTE = {
    "route": Object(required=True),
    "route.type": Choice(("a", "b"), default="a"),
    "name": Text(limit="channel_name"),
    "route.id": Identifier(),
}


def complaints(body, declaration):
    with pytest.raises(InvalidFields) as raised:
        read(body, declaration, LIMITS)
    return [(each.field, each.message) for each in raised.value.problems]


def test_complaints_come_in_the_order_of_the_declaration():
    assert complaints({"route": {"type": "c"}}, ROUTE) == [
        ("route.type", "Invalid type=c, has to be one of a, b"),
        ("name", "May not be empty."),
        ("route.id", "May not be empty."),
    ]
    assert complaints({"route": 5, "name": "n"}, ROUTE) == [
        ("route", "Must be an object."),
        ("route.id", "May not be empty."),
    ]


def test_values_have_the_declared_names():
    given = read({"name": "n", "route": {"id": 5}, "other": 1}, ROUTE, LIMITS)
    assert {name: given[name] for name in ROUTE if name != "route"} == {
        "route.type": "a",
        "name": "n",
        "route.id": "5",
    }


def test_members_lie_in_their_objects():
    identifier = {"oneOf": [{"type": "string", "pattern": NOT_BLANK, "maxLength": 255}, {"type": "integer"}]}
    kind = {"type": "string", "enum": ["a", "b", None], "default": "a", "nullable": True}
    assert schema_of(ROUTE, LIMITS) == {
        "type": "object",
        "required": ["route", "name"],
        "properties": {
            "route": {"type": "object", "required": ["id"], "properties": {"type": kind, "id": identifier}},
            "name": {"type": "string", "pattern": NOT_BLANK, "maxLength": 13},
        },
    }


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        (Text(default=""), None, ""),
        (Identifier(default=""), None, ""),
        (Flag(), "TRUE", True),
        (Flag(), None, False),
        (Number(Range(1, 2, 3)), None, 2),
        (Number("total_minutes"), "40", 40),
        (Scalar(), 1.5, "1.5"),
        (Scalar(), None, None),
        (Scalars(limit="customer_keys"), {"a": True, "b": None}, {"a": "true"}),
        (Scalars(limit="customer_keys"), None, {}),
        (Anything(), [1], [1]),
        (Whole(ROUTE), None, None),
        (Listed(members={"id": Identifier()}, limit="cards"), [{"id": 1}, {"id": "b"}], [{"id": "1"}, {"id": "b"}]),
        (Listed(members={"id": Identifier()}, limit="cards"), None, []),
    ],
)
def test_what_a_kind_reads(member, value, expected):
    assert read({"member": value}, {"member": member}, LIMITS) == {"member": expected}


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (Text(default="", limit="message"), {"type": "string", "pattern": NO_NUL, "maxLength": 17, "nullable": True}),
        (Choice(("a",)), {"type": "string", "enum": ["a"]}),
        (replace(Choice(("a",)), description="D"), {"type": "string", "enum": ["a"], "description": "D"}),
        (Anything(described={"type": "object"}), {"type": "object"}),
        (
            Number("total_minutes"),
            {
                "oneOf": [
                    {"type": "integer", "minimum": 31, "maximum": 41},
                    {"type": "string", "pattern": "^[0-9]+$"},
                ],
                "default": 37,
                "nullable": True,
            },
        ),
    ],
)
def test_how_a_kind_is_described(member, expected):
    assert schema_of({"member": member}, LIMITS)["properties"] == {"member": expected}


def test_a_number_without_a_default_must_be_there():
    declaration = {"at": Number(Range(0, None, 5), required=True)}
    assert complaints({"at": None}, declaration) == [("at", "May not be empty.")]
    assert schema_of(declaration)["required"] == ["at"]


def test_text_may_be_missing_where_something_else_is_there():
    declaration = {"list": Listed(members={}, limit="cards"), "text": Text(default="", unless=("list",))}
    assert read({"list": [{}]}, declaration, LIMITS)["text"] == ""
    assert complaints({"list": []}, declaration) == [("text", "May not be empty.")]
    assert "required" not in schema_of(declaration, LIMITS)


def test_more_may_be_read_than_is_allowed():
    declaration = {"list": Listed(members={}, limit="cards", most=3)}
    assert read({"list": [{}] * 3}, declaration, LIMITS) == {"list": [{}] * 3}
    assert complaints({"list": [{}] * 4}, declaration) == [("list", "May not have more than 3 items.")]
    assert schema_of(declaration, LIMITS)["properties"]["list"]["maxItems"] == LIMITS.cards
    many = replace(LIMITS, cards=9)
    assert schema_of(declaration, many)["properties"]["list"]["maxItems"] == 3


@pytest.mark.parametrize(
    ("body", "value"), [({"a": 1, "b": 2}, 1), ({"b": 2}, 2), ({"a": None, "b": 2}, None), ({}, None)]
)
def test_another_name_counts_where_the_first_is_not_there(body, value):
    assert read(body, {"a": Anything(also="b")})["a"] == value
