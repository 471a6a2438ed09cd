"""How do transaction codes come in from a table? Planned first, so that it can be looked at; then written in one go.

A line is one code, known by its short code: ``short_code, label, parent, report_text, external_id, active_from,
active_to, retired`` and ``label_es`` for a translation, or the same as people spell it. ``parent`` is a short code;
the order is that of the lines. Codes that stand in no line stay as they are, behind the others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ...database import atomic
from ...exceptions import Invalid
from ...exports.codes import COLUMNS
from ...exports.table_reading import Complaint, Row
from ...exports.table_values import dates, days_of, either, words, yes_or_no
from ...models import TransactionCode, TransactionCodeList
from . import codes
from .tables import ADD, CHANGE, SAME, Errors, Plan, PlannedLine, fingerprint_of, rows_of

REQUIRED_COLUMNS = ("short_code", "label")
TRANSLATION = re.compile(r"label_([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)\Z")
SPELT_TRANSLATION = re.compile(r"label[\s_-]+([A-Za-z]{2,8})((?:[\s_-]+[A-Za-z0-9]{1,8})*)\Z", re.IGNORECASE)
BETWEEN_WORDS = re.compile(r"[\s_-]+")
TEXTS = ("label", "report_text", "external_id")
VALUES = (*TEXTS, "active_from", "active_to", "translations")

Codes = dict[str, TransactionCode]  # by short code


@dataclass(kw_only=True)
class Line(PlannedLine):
    """What one line asks for; None leaves a thing as it is."""

    short_code: str
    parent: str | None  # a short code; empty: at the top
    retired: bool | None
    values: dict[str, Any]  # of the code's own fields


Lines = dict[str, Line]  # by short code


def plan_import(code_list: TransactionCodeList, content: bytes) -> Plan[Line]:
    """Return the Plan for a file (bytes) and a list; writes nothing."""
    errors: Errors = []
    lines = list(_without_repeated(rows_of(content, known_column, REQUIRED_COLUMNS, errors), errors))
    existing = {code.short_code: code for code in code_list.codes.select_related("parent", "list")}
    known = {line.short_code: line for line in lines}
    for line in lines:
        _check_parent(line, known, existing, errors)
        _compare(code_list, line, existing.get(line.short_code), errors)
    return Plan(lines, sorted(errors), fingerprint_of(content, _state(existing)))


def apply_import(code_list: TransactionCodeList, content: bytes, fingerprint: str) -> Plan[Line]:
    """Write what ``plan_import`` said, all or nothing; return the Plan.

    Raises Conflict when the file has errors, or when the list is not as it was when it was planned.
    """
    with atomic():
        code_list = codes.lock_list(code_list.pk)
        plan = plan_import(code_list, content)
        plan.check(fingerprint)
        _write(code_list, plan)
    return plan


def _write(code_list: TransactionCodeList, plan: Plan[Line]) -> None:
    by_short_code = {code.short_code: code for code in code_list.codes.all()}
    new = [TransactionCode(list=code_list, short_code=line.short_code) for line in plan.lines if line.kind == ADD]
    # Without their headings first, which may be further down.
    TransactionCode.objects.bulk_create(new)
    by_short_code.update((code.short_code, code) for code in new)
    for line in plan.lines:
        code = by_short_code[line.short_code]
        for name, value in line.values.items():
            setattr(code, name, value)
        if line.parent is not None:
            code.parent = by_short_code.get(line.parent)
    chosen = [by_short_code[line.short_code] for line in plan.lines]
    TransactionCode.objects.bulk_update(chosen, [*VALUES, "parent"], batch_size=500)
    _retire_and_restore(by_short_code, plan.lines)
    _put_in_order(code_list, [line.short_code for line in plan.lines])


def _retire_and_restore(by_short_code: Codes, lines: Iterable[Line]) -> None:
    # In this order: a heading takes with it what is under it, but for the lines that say otherwise.
    for line in lines:
        code = by_short_code[line.short_code]
        if line.retired and not code.retired_at:
            codes.retire_code(code)
    for line in lines:
        if line.retired is False:
            codes.restore_code(by_short_code[line.short_code])


def _put_in_order(code_list: TransactionCodeList, short_codes: Iterable[str]) -> None:
    place = {short_code: number for number, short_code in enumerate(short_codes)}
    last = len(place)
    siblings: dict[str | None, list[TransactionCode]] = {}
    for code in code_list.codes.order_by("order", "label"):
        siblings.setdefault(code.parent_id, []).append(code)
    codes.put_in_order(
        *(sorted(group, key=lambda code: place.get(code.short_code, last)) for group in siblings.values())
    )


def known_column(name: str) -> str | None:
    """Return what a column is called here: ``short_code`` for "Short Code", ``label_es`` for "LABEL-ES"; or None."""
    if found := SPELT_TRANSLATION.match(name):
        return f"label_{found[1].lower()}{BETWEEN_WORDS.sub('-', found[2])}"
    column = BETWEEN_WORDS.sub("_", name).lower()
    return column if column in COLUMNS else None


def _without_repeated(rows: Iterable[Row], errors: Errors) -> Iterator[Line]:
    seen: dict[str, int] = {}
    for row in rows:
        line = _line(row, errors)
        if line.short_code in seen:
            told = _("%(code)s stands in line %(line)d already.")
            words = told % {"code": line.short_code, "line": seen[line.short_code]}
            errors.append(Complaint(line.number, "short_code", words))
            continue
        seen[line.short_code] = line.number
        yield line


def _line(row: Row, errors: Errors) -> Line:
    number, given = row
    values: dict[str, Any] = {name: given[name] for name in TEXTS if name in given}
    for name in ("active_from", "active_to"):
        if name in given:
            values[name] = _date(number, name, given[name], errors)
    translations = {found[1]: cell for column, cell in given.items() if (found := TRANSLATION.match(column))}
    if translations:
        values["translations"] = {language: label for language, label in translations.items() if label}
    return Line(
        number=number,
        short_code=given.get("short_code", ""),
        parent=given.get("parent"),
        retired=_yes_or_no(number, given.get("retired"), errors),
        values=values,
    )


def _yes_or_no(number: int, text: str | None, errors: Errors) -> bool | None:
    if text is None:
        return None
    said = yes_or_no(text)
    if said is None:
        yes, no = words()
        told = _("“retired” is %(yes)s or %(no)s, not %(value)s.") % {"yes": yes, "no": no, "value": text}
        errors.append(Complaint(number, "retired", told))
    return said


def _date(number: int, name: str, text: str, errors: Errors) -> date | None:
    days = days_of(text) if text else []
    if text and len(days) != 1:
        wrong = _("%(name)s is not a date such as %(dates)s.") % {"name": name, "dates": dates()}
        errors.append(Complaint(number, name, either(days) if days else wrong))
    return days[0] if days else None


def _check_parent(line: Line, known: Lines, existing: Codes, errors: Errors) -> None:
    """Refuse a heading that is nowhere, and a code under itself."""
    if line.parent and line.parent not in known and line.parent not in existing:
        told = _("There is no code %(code)s to stand under.") % {"code": line.parent}
        errors.append(Complaint(line.number, "parent", told))
        return
    above, passed = _heading(line.short_code, known, existing), set[str]()
    while above and above not in passed:
        if above == line.short_code:
            told = _("%(code)s would stand under itself.") % {"code": line.short_code}
            errors.append(Complaint(line.number, "parent", told))
            return
        passed.add(above)
        above = _heading(above, known, existing)


def _heading(short_code: str, known: Lines, existing: Codes) -> str:
    """The short code that this one will stand under."""
    line, code = known.get(short_code), existing.get(short_code)
    if line is not None and line.parent is not None:
        return line.parent
    return code.parent.short_code if code and code.parent else ""


def _compare(code_list: TransactionCodeList, line: Line, code: TransactionCode | None, errors: Errors) -> None:
    """Note what a line changes, and refuse values that the table would refuse."""
    if code is not None and code.merged_into_id:
        told = _("%(code)s was merged into another code.") % {"code": line.short_code}
        errors.append(Complaint(line.number, "short_code", told))
        return
    kept = {name: getattr(code, name) for name in VALUES if code and name not in line.values}
    planned = TransactionCode(list=code_list, short_code=line.short_code, **kept, **line.values)
    try:
        codes.check_values(planned)
    except Invalid as refusal:
        errors.append(Complaint(line.number, refusal.field, refusal.translated))
        return
    if code is None:
        line.kind = ADD
    else:
        line.changes = list(_changes(line, code))
        line.kind = CHANGE if line.changes else SAME


def _changes(line: Line, code: TransactionCode) -> Iterator[str]:
    for name, value in line.values.items():
        if getattr(code, name) != value:
            yield f"{name}: {getattr(code, name) or '–'} → {value or '–'}"
    parent = code.parent.short_code if code.parent else ""
    if line.parent not in (None, parent):
        yield f"parent: {parent or '–'} → {line.parent or '–'}"
    if line.retired not in (None, bool(code.retired_at)):
        yield _("is retired") if line.retired else _("is used again")


def _state(existing: Codes) -> list[str]:
    names = ("pk", "short_code", "parent_id", "order", "retired_at", "merged_into_id", *VALUES)
    return [repr([getattr(code, name) for name in names]) for code in existing.values()]
