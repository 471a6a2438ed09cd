"""Reading a client's object: what is let through, and that every complaint names its field."""

import pytest

from contactcenter_chat.exceptions import InvalidFields
from contactcenter_chat.wire.reading import Reader


def complaints(reader):
    with pytest.raises(InvalidFields) as raised:
        reader.done()
    return [(each.field, each.message) for each in raised.value.problems]


def test_nothing_wrong_raises_nothing():
    reader = Reader({"name": "x"})
    assert reader.text("name") == "x"
    reader.done()


def test_the_first_complaint_is_the_exceptions_own():
    reader = Reader({"a": 1})
    reader.text("a")
    reader.text("b")
    with pytest.raises(InvalidFields, match="Must be a string") as raised:
        reader.done()
    assert (raised.value.field, raised.value.value, raised.value.code) == ("a", 1, "invalid_value")
    assert [each.code for each in raised.value.problems] == ["invalid_value", "required"]


@pytest.mark.parametrize(("members", "expected"), [({"a": "x"}, "x"), ({}, "default"), ({"a": None}, "default")])
def test_a_text_may_have_a_default(members, expected):
    reader = Reader(members)
    assert reader.text("a", required=False, default="default") == expected
    reader.done()


def test_fields_are_named_by_their_path():
    reader = Reader({"a": {"b": {"c": 1}, "list": [{"d": "x"}, {"d": 2}, 3]}})
    a = reader.object("a")
    a.object("b").text("c")
    for item in a.objects("list", 10):
        item.text("d", required=False)
    assert complaints(reader) == [
        ("a.b.c", "Must be a string."),
        ("a.list[2]", "Must be an object."),
        ("a.list[1].d", "Must be a string."),
    ]


@pytest.mark.parametrize("body", [[], "x", 5, None, True])
def test_what_is_no_object_is_refused_once(body):
    reader = Reader(body)
    assert reader.text("name", required=False) == ""
    assert complaints(reader) == [("body", "Must be an object.")]


@pytest.mark.parametrize(("value", "expected"), [("12", "12"), (12, "12"), ("a-b", "a-b")])
def test_an_id_may_be_a_number(value, expected):
    reader = Reader({"id": value})
    assert reader.identifier("id") == expected
    reader.done()


@pytest.mark.parametrize("value", [True, 1.5, [], {}, "", "x" * 256, "\0"])
def test_an_id_may_be_nothing_else(value):
    reader = Reader({"id": value})
    reader.identifier("id")
    assert [field for field, _message in complaints(reader)] == ["id"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, 7), ("0", 0), ("12", 12), (12, 12), ("12.00", 12), (12.0, 12), ("100", 50), ("9" * 9999, 50)],
)
def test_a_whole_number(value, expected):
    reader = Reader({"n": value})
    assert reader.whole_number("n", 7, least=0, most=50) == expected
    reader.done()


@pytest.mark.parametrize(
    "value", ["", "-1", "1.", ".0", "1.01", "1.0.0", "-1.0", "1e3", " 1", "1_0", "٣", True, 1.5, [], {}]
)
def test_no_whole_number(value):
    reader = Reader({"n": value})
    reader.whole_number("n", 7, least=0, most=50)
    assert complaints(reader) == [("n", "Must be a whole number, 0 or more.")]


def test_a_flat_object_of_strings():
    reader = Reader({"a": "x", "b": 1, "c": 1.5, "d": True, "e": False, "f": None})
    assert reader.strings(6) == {"a": "x", "b": "1", "c": "1.5", "d": "true", "e": "false"}
    reader.done()
    assert Reader({}).strings(0) == {}


def test_a_value_that_is_no_scalar_is_refused():
    reader = Reader({"a": {}, "b": []}, "customer")
    reader.strings(30)
    assert complaints(reader) == [("customer.a", "Must be a string."), ("customer.b", "Must be a string.")]


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (None, "b"), ("b", "b")])
def test_a_choice(value, expected):
    reader = Reader({"x": value})
    assert reader.choice("x", ("a", "b"), default="b") == expected
    reader.done()


def test_no_such_choice():
    reader = Reader({"x": "c"})
    reader.choice("x", ("a", "b"), default="b")
    assert complaints(reader) == [("x", "Invalid x=c, has to be one of a, b")]


@pytest.mark.parametrize(("value", "expected"), [("40", 40), (40.0, 40), ("40.0", 40), (None, 7)])
def test_a_number_within_bounds(value, expected):
    reader = Reader({"n": value})
    assert reader.bounded("n", 7, least=20, most=50) == expected
    reader.done()
