"""What functions may be called with: the same for a form that agents fill in and for what a model makes up."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

import pytest
from django.db import models
from django.utils import timezone, translation

from contactcenter_chat.exceptions import InvalidFields
from contactcenter_chat.tools.arguments import checked, form_of, kept, schema_of, shown


def everything(
    calling,
    text: str,
    count: int,
    share: float,
    price: Decimal,
    is_late: bool,
    day: date,
    at: time,
    moment: datetime | None,
    note: str = "none",
    room: str | None = None,
): ...


WHOLE = {
    "text": " hello ",
    "count": 3,
    "share": 0.5,
    "price": "9.90",
    "is_late": True,
    "day": "2026-12-01",
    "at": "10:30",
    "moment": None,
}


def refused(given, function=everything):
    with pytest.raises(InvalidFields) as caught:
        checked(form_of(function), given)
    return [(each.field, each.message) for each in caught.value.problems]


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/New_York", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "9999-12-31 23:59", "0001-01-01T00:00:00Z",
     "0001-01-01T00:00:00+14:00", "0001-01-01 00:00"],
)  # fmt: skip
def test_a_moment_that_not_all_time_zones_can_show_is_refused(moment, zone):
    def book(calling, when: datetime): ...

    with timezone.override(zone):
        assert refused({"when": moment}, book) == [("when", "Enter a valid date/time.")]
        assert shown(form_of(book), {"when": moment}) == [("When", moment)]


@pytest.mark.parametrize("moment", ["9999-12-30T12:00:00Z", "0001-01-02T12:00:00Z"])
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_the_first_and_the_last_that_all_can_show(moment, zone):
    def book(calling, when: datetime): ...

    form = form_of(book)
    with timezone.override(zone):
        [(label, value)] = shown(form, kept(checked(form, {"when": moment})))
    assert label == "When"
    assert value.startswith("Dec. 3" if moment > "9" else "Jan.")


def test_what_the_function_is_given():
    given = checked(form_of(everything), WHOLE)
    assert given == {
        "text": "hello",
        "count": 3,
        "share": 0.5,
        "price": Decimal("9.90"),
        "is_late": True,
        "day": date(2026, 12, 1),
        "at": time(10, 30),
        "moment": None,
    }
    assert kept(given)["day"] == "2026-12-01"
    assert kept(given)["price"] == "9.90"


def test_what_a_model_is_told(own_tools):
    from contactcenter_chat.tools.registry import tool_named

    assert tool_named("open_queue").schema == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "string", "enum": ["s", "l"]},
            "day": {"type": "string", "format": "date"},
            "price": {"type": "number"},
        },
        "required": ["name", "size"],
        "additionalProperties": False,
    }


def test_a_flag_that_is_not_set_is_needed_by_models_only():
    form = form_of(everything)
    assert "is_late" in schema_of(form)["required"]
    assert checked(form, {**WHOLE, "is_late": None})["is_late"] is False


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": "three"}, [("count", "Enter a whole number.")]),
        ({"count": 2**60}, [("count", f"Ensure this value is less than or equal to {2**53}.")]),
        ({"count": True}, [("count", "Enter a whole number.")]),
        ({"day": "tomorrow"}, [("day", "Enter a valid date.")]),
        ({"text": ""}, [("text", "This field is required.")]),
        ({"text": "\0"}, [("text", "Null characters are not allowed.")]),
        ({"text": "x" * 1001}, [("text", "Ensure this value has at most 1000 characters (it has 1001).")]),
        ({"text": ["a"]}, [("text", "Must be text, a number or true or false."), ("text", "This field is required.")]),
        (
            {"text": {"a": 1}},
            [("text", "Must be text, a number or true or false."), ("text", "This field is required.")],
        ),
        ({"is_late": "no"}, [("is_late", "Must be true or false.")]),
        ({"is_late": 0}, [("is_late", "Must be true or false.")]),
        ({"share": "nan"}, [("share", "Enter a number.")]),
        ({"price": "1e400"}, [("price", "Ensure that there are no more than 20 digits in total.")]),
        ({"other": 1}, [("other", "There is no such argument.")]),
    ],
)
def test_what_is_refused(change, told):
    assert refused({**WHOLE, **change}) == told


@pytest.mark.parametrize("given", [None, [], "text", 1])
def test_what_are_no_arguments(given):
    assert refused(given) == [("arguments", "Must be an object.")]


def no_type(calling, text): ...


def any_type(calling, text: Any): ...


def several(calling, text: str | int): ...


def listed(calling, texts: list[str]): ...


def rest(calling, **texts: str): ...


def more(calling, *texts: str): ...


@pytest.mark.parametrize("function", [no_type, any_type, several, listed, rest, more])
def test_what_no_form_can_hold(function):
    with pytest.raises(TypeError):
        form_of(function)


class Size(models.TextChoices):
    SMALL = "s", "Small"
    LARGE = "l", "Large"


def choosing(calling, size: Size, other: Size | None = None, how: Literal["hot", "cold"] | None = None): ...


def test_a_choice_is_what_its_type_says():
    form = form_of(choosing)
    given = checked(form, {"size": "s", "other": "l", "how": "hot"})
    assert given == {"size": Size.SMALL, "other": Size.LARGE, "how": "hot"}
    assert {type(each) for each in given.values()} == {Size, str}
    assert checked(form, {"size": "s", "other": "", "how": None}) == {"size": Size.SMALL}
    assert json.dumps(kept(given)) == '{"size": "s", "other": "l", "how": "hot"}'


def test_a_choice_that_may_be_left_out_can_be_left_out():
    fields = form_of(choosing).base_fields
    choices = {name: [value for value, _label in field.choices] for name, field in fields.items()}
    assert choices == {"size": ["s", "l"], "other": ["", "s", "l"], "how": ["", "hot", "cold"]}


def test_people_read_days_and_times_as_they_write_them(settings):
    form = form_of(everything)
    given = kept(checked(form, {**WHOLE, "moment": "2026-12-01T10:30:00Z"}))
    settings.TIME_ZONE = "Europe/Madrid"
    with translation.override("en"):
        english = dict(shown(form, given))
    with translation.override("es"):
        spanish = dict(shown(form, given))
    assert [english[name] for name in ("Day", "At")] == ["Dec. 1, 2026", "10:30 a.m."]
    assert english["Moment"] == "Dec. 1, 2026, 11:30 a.m."
    assert [spanish[name] for name in ("Day", "At", "Moment")] == [
        "1 de diciembre de 2026", "10:30", "1 de diciembre de 2026 a las 11:30",
    ]  # fmt: skip
    assert dict(shown(form, {**given, "day": "soon"}))["Day"] == "soon"  # kept before it was a day
