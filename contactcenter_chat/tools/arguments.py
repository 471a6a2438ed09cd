"""What may a function be called with? Its typed arguments become a form: what agents fill in, what models are told."""

import enum
import inspect
import types
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django import forms
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext

from ..exceptions import Invalid, InvalidFields

TEXT_MAX = 1000  # characters of a text
BIG = 2**53  # whole numbers beyond are rounded by what is written in JavaScript
# Whoever is told of a moment reads it in a time zone of their own, for which the calendar must have a day.
FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


def _check_moment(at: datetime) -> None:
    """Refuse, as the field refuses what is no moment, what not all time zones can show. Raises ValidationError."""
    if timezone.is_aware(at) and not FIRST <= at <= LAST:
        raise forms.ValidationError("", code="invalid")


FieldKind = Callable[..., forms.Field]
KINDS: dict[Any, tuple[FieldKind, dict[str, Any], dict[str, str]]] = {
    str: (forms.CharField, {"max_length": TEXT_MAX}, {"type": "string"}),
    int: (forms.IntegerField, {"min_value": -BIG, "max_value": BIG}, {"type": "integer"}),
    float: (forms.FloatField, {}, {"type": "number"}),
    Decimal: (forms.DecimalField, {"max_digits": 20}, {"type": "number"}),
    bool: (forms.BooleanField, {}, {"type": "boolean"}),
    date: (forms.DateField, {"widget": forms.DateInput(attrs={"type": "date"})}, {"type": "string", "format": "date"}),
    time: (forms.TimeField, {"widget": forms.TimeInput(attrs={"type": "time"})}, {"type": "string", "format": "time"}),
    datetime: (
        forms.DateTimeField,
        {"widget": forms.DateTimeInput(attrs={"type": "datetime-local"}), "validators": [_check_moment]},
        {"type": "string", "format": "date-time"},
    ),
}
SHAPES = {forms.DateTimeField: "DATETIME_FORMAT", forms.DateField: "DATE_FORMAT", forms.TimeField: "TIME_FORMAT"}
FLAGS = ("", "true", "false", "on")  # beside true and false, as forms have it
Scalar = str | int | float | bool | None


def form_of(function: Callable[..., Any]) -> type[forms.Form]:
    """Return a form of what a function takes after its first argument. Raises TypeError for what no form can hold."""
    hints = get_type_hints(function)
    taken = list(inspect.signature(function).parameters.values())[1:]
    return type("ToolForm", (forms.Form,), {each.name: _field(each, hints.get(each.name)) for each in taken})


def schema_of(form: type[forms.Form]) -> dict[str, Any]:
    """Return what a form takes as a JSON Schema."""
    fields: dict[str, Any] = form.base_fields
    return {
        "type": "object",
        "properties": {name: dict(field.schema) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.is_needed],
        "additionalProperties": False,
    }


def checked(form: type[forms.Form], given: Any) -> dict[str, Any]:
    """Return the arguments that were given, as the function wants them. Raises InvalidFields."""
    if not isinstance(given, Mapping):
        raise InvalidFields([Invalid("Must be an object.", field="arguments")])
    problems = [
        Invalid("There is no such argument.", field=str(name)) for name in given if name not in form.base_fields
    ]
    problems += [
        Invalid("Must be text, a number or true or false.", field=name)
        for name, value in given.items()
        if not isinstance(value, Scalar)
    ]
    problems += [
        Invalid("Must be true or false.", field=name)
        for name, value in given.items()
        if isinstance(form.base_fields.get(name), forms.BooleanField) and not _is_flag(value)
    ]
    filled = form({name: _as_filled_in(value) for name, value in given.items() if isinstance(value, Scalar)})
    if not filled.is_valid():
        problems += [Invalid(str(each), field=name) for name, told in filled.errors.items() for each in told]
    if problems:
        raise InvalidFields(problems)
    return {name: value for name, value in filled.cleaned_data.items() if _is_given(form.base_fields[name], value)}


def kept(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return checked arguments as JSON has them."""
    return {name: value if isinstance(value, Scalar) else str(value) for name, value in arguments.items()}


def are_same(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether kept arguments are the same after a database has written them: a large number may come back whole."""
    return before.keys() == now.keys() and all(_is_same(before[name], now[name]) for name in now)


def shown(form: type[forms.Form], arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a function will be called with, as people read it: labels and values, also those left out."""
    filled: dict[str, Any] = {}
    for name, each in form.base_fields.items():
        value = arguments.get(name, each.initial)
        choices = dict(getattr(each, "choices", ()))
        told = gettext("yes") if value is True else gettext("no") if value is False else choices.get(value, value)
        if told not in (None, ""):
            filled[str(each.label)] = _in_words(each, told)
    return list(filled.items())


def _in_words(field: forms.Field, value: Any) -> str:
    """A day or a time as people of the current language write it; all else as it is."""
    shape = next((shape for kind, shape in SHAPES.items() if isinstance(field, kind)), "")
    if not shape:
        return str(value)
    try:
        at = field.clean(value)
    except forms.ValidationError:  # as it was kept before the function was another
        return str(value)
    is_moment = isinstance(at, datetime) and timezone.is_aware(at)
    return formats.date_format(timezone.localtime(at) if is_moment else at, shape)


def _field(parameter: inspect.Parameter, hint: Any) -> forms.Field:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY) or hint is None:
        raise TypeError(f"{parameter.name} needs a type, and a name by which it is given.")
    kind, may_be_none = _without_none(hint)
    has_default = parameter.default is not parameter.empty
    build, options, schema = _kind_of(kind, parameter.name)
    needed = not (has_default or may_be_none)
    if "choices" in options and not needed:
        options["choices"] = [("", "–"), *options["choices"]]
    field = build(
        required=needed and kind is not bool,
        initial=parameter.default if has_default else None,
        label=parameter.name.replace("_", " ").capitalize(),
        **options,
    )
    field.schema, field.is_needed, field.has_default = schema, needed, has_default  # type: ignore[attr-defined]
    if has_default and parameter.default is not None:
        _check_default(parameter, field)
    return field


def _check_default(parameter: inspect.Parameter, field: forms.Field) -> None:
    try:
        field.clean(_as_filled_in(parameter.default) if isinstance(parameter.default, Scalar) else parameter.default)
    except forms.ValidationError as error:
        raise TypeError(f"the default of {parameter.name} does not fit its type.") from error


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        others = [each for each in get_args(hint) if each is not type(None)]
        if len(others) == 1:
            return others[0], True
    return hint, False


def _kind_of(kind: Any, name: str) -> tuple[FieldKind, dict[str, Any], dict[str, Any]]:
    if get_origin(kind) is Literal and all(isinstance(each, str) for each in get_args(kind)):
        return _choices([(each, each) for each in get_args(kind)], str)
    if isinstance(kind, type) and issubclass(kind, models.TextChoices):
        return _choices(kind.choices, kind)
    if isinstance(kind, enum.EnumType) or kind not in KINDS:
        raise TypeError(f"{name} may be {', '.join(each.__name__ for each in KINDS)}, Literal or TextChoices.")
    return KINDS[kind]


def _choices(choices: list[tuple[str, Any]], kind: Any) -> tuple[FieldKind, dict[str, Any], dict[str, Any]]:
    options = {"choices": choices, "coerce": kind, "empty_value": None}
    return forms.TypedChoiceField, options, {"type": "string", "enum": [value for value, _label in choices]}


def _as_filled_in(value: Scalar) -> Any:
    """A boolean stays one, and what is not there is left empty; anything else is read as it would be typed."""
    return value if isinstance(value, bool) else "" if value is None else str(value)


def _is_same(before: Scalar, now: Scalar) -> bool:
    if isinstance(now, float) and type(before) is int:
        return float(before) == now
    return before == now and isinstance(before, bool) == isinstance(now, bool)


def _is_flag(value: Any) -> bool:
    return value is None or isinstance(value, bool) or (isinstance(value, str) and value in FLAGS)


def _is_given(field: Any, value: Any) -> bool:
    """Whether the function is told; where nothing is given it takes its own default."""
    return not (field.has_default and (value is None or (value == "" and not field.required)))
