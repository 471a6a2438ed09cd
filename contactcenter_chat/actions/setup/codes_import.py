"""How do transaction codes come in from CSV? Planned first, so that it can be looked at; then written in one go.

A line is one code, known by its short code: ``short_code, label, parent, report_text, active_from, active_to,
retired`` and ``label_es`` for a translation. ``parent`` is a short code; the order is that of the lines. Codes that
stand in no line stay as they are, behind the others.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ...exceptions import Conflict, Invalid
from ...exports.cells import without_apostrophe
from ...models import TransactionCode
from ...storable import NUL
from . import codes

COLUMNS = ("short_code", "label", "parent", "report_text", "active_from", "active_to", "retired")
REQUIRED_COLUMNS = ("short_code", "label")
TRANSLATION = re.compile(r"label_([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)\Z")
YES, NO = ("yes", "true", "1"), ("", "no", "false", "0")
MAX_BYTES = 1_000_000
MAX_LINES = 5_000
VALUES = ("label", "report_text", "active_from", "active_to", "translations")

ADD, CHANGE, SAME = "add", "change", "same"


@dataclass
class Line:
    """What one line asks for; None leaves a thing as it is."""

    number: int  # in the file
    short_code: str
    parent: str | None  # a short code; empty: at the top
    retired: bool | None
    values: dict  # of the code's own fields
    kind: str = SAME
    changes: list = field(default_factory=list)  # what changes, in words


@dataclass
class Plan:
    """What an import would do. ``errors`` are (line number, message); it can be applied when there is none."""

    lines: list
    errors: list
    fingerprint: str = ""  # of the file and of the list it was planned for

    @property
    def changed(self):
        return [line for line in self.lines if line.kind != SAME]


def plan_import(code_list, content):
    """Return the Plan for a file (bytes) and a list; writes nothing."""
    errors: list[tuple[int, str]] = []
    lines = _lines(content, errors)
    existing = {code.short_code: code for code in code_list.codes.select_related("parent", "list")}
    known = {line.short_code: line for line in lines}
    for line in lines:
        _check_parent(line, known, existing, errors)
        _compare(code_list, line, existing.get(line.short_code), errors)
    return Plan(lines, sorted(errors), _fingerprint(content, existing))


def apply_import(code_list, content, fingerprint):
    """Write what ``plan_import`` said, all or nothing; return the Plan.

    Raises Conflict when the file has errors, or when the list is not as it was when it was planned.
    """
    with transaction.atomic():
        code_list = codes.lock_list(code_list.pk)
        plan = plan_import(code_list, content)
        if plan.errors:
            raise Conflict(gettext_noop("The file has errors."))
        if plan.fingerprint != fingerprint:
            raise Conflict(gettext_noop("The list was changed meanwhile: look at the changes once more."))
        _write(code_list, plan)
    return plan


def _write(code_list, plan):
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


def _retire_and_restore(by_short_code, lines):
    # In this order: a heading takes with it what is under it, but for the lines that say otherwise.
    for line in lines:
        code = by_short_code[line.short_code]
        if line.retired and not code.retired_at:
            codes.retire_code(code)
    for line in lines:
        if line.retired is False:
            codes.restore_code(by_short_code[line.short_code])


def _put_in_order(code_list, short_codes):
    place = {short_code: number for number, short_code in enumerate(short_codes)}
    last = len(place)
    siblings: dict[str | None, list[TransactionCode]] = {}
    for code in code_list.codes.order_by("order", "label"):
        siblings.setdefault(code.parent_id, []).append(code)
    codes.put_in_order(
        *(sorted(group, key=lambda code: place.get(code.short_code, last)) for group in siblings.values())
    )


def _lines(content, errors):
    """Read the file into lines; what cannot be read is an error."""
    text = _text(content, errors)
    if text is None:
        return []
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _read(reader, errors)
    except csv.Error as error:
        errors.append((reader.line_num, _("This is not CSV: %(why)s.") % {"why": error}))
        return []


def _text(content, errors):
    if len(content) > MAX_BYTES:
        errors.append((1, _("The file is larger than %(bytes)d bytes.") % {"bytes": MAX_BYTES}))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        errors.append((line, _("This is not UTF-8.")))
        return None
    if NUL in text:
        errors.append((text.split(NUL)[0].count("\n") + 1, _("There is a character U+0000.")))
        return None
    return text


def _read(reader, errors):
    columns = [column.strip() for column in next(reader, [])]
    if not _check_columns(columns, errors):
        return []
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(lines) == MAX_LINES:
            errors.append((reader.line_num, _("There are more than %(count)d lines.") % {"count": MAX_LINES}))
            break
        line = _line(reader.line_num, columns, cells, errors)
        if line.short_code in seen:
            told = _("%(code)s stands in line %(line)d already.")
            errors.append((line.number, told % {"code": line.short_code, "line": seen[line.short_code]}))
            continue
        seen[line.short_code] = line.number
        lines.append(line)
    return lines


def _check_columns(columns, errors):
    for column in columns:
        if column not in COLUMNS and not TRANSLATION.match(column):
            errors.append((1, _("Unknown column %(column)s.") % {"column": column or _("without a name")}))
    for column in {column for column in columns if columns.count(column) > 1}:
        errors.append((1, _("The column %(column)s stands there twice.") % {"column": column}))
    for column in REQUIRED_COLUMNS:
        if column not in columns:
            errors.append((1, _("The column %(column)s is missing.") % {"column": column}))
    return not errors


def _line(number, columns, cells, errors):
    if len(cells) > len(columns):
        errors.append((number, _("There are more cells than columns.")))
    given = {column: without_apostrophe(cell).strip() for column, cell in zip(columns, cells, strict=False)}
    values = {name: given[name] for name in ("label", "report_text") if name in given}
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


def _yes_or_no(number, text, errors):
    if text is None:
        return None
    if text.lower() not in YES + NO:
        errors.append((number, _("“retired” is yes or no, not %(value)s.") % {"value": text}))
    return text.lower() in YES


def _date(number, name, text, errors):
    try:
        date = parse_date(text) if text else None
    except ValueError:
        date = None
    if text and date is None:
        errors.append((number, _("%(name)s is not a date such as 2026-09-30.") % {"name": name}))
    return date


def _check_parent(line, known, existing, errors):
    """Refuse a heading that is nowhere, and a code under itself."""
    if line.parent and line.parent not in known and line.parent not in existing:
        errors.append((line.number, _("There is no code %(code)s to stand under.") % {"code": line.parent}))
        return
    above, passed = _heading(line.short_code, known, existing), set()
    while above and above not in passed:
        if above == line.short_code:
            errors.append((line.number, _("%(code)s would stand under itself.") % {"code": line.short_code}))
            return
        passed.add(above)
        above = _heading(above, known, existing)


def _heading(short_code, known, existing):
    """The short code that this one will stand under."""
    line, code = known.get(short_code), existing.get(short_code)
    if line is not None and line.parent is not None:
        return line.parent
    return code.parent.short_code if code and code.parent else ""


def _compare(code_list, line, code, errors):
    """Note what a line changes, and refuse values that the table would refuse."""
    if code is not None and code.merged_into_id:
        errors.append((line.number, _("%(code)s was merged into another code.") % {"code": line.short_code}))
        return
    kept = {name: getattr(code, name) for name in VALUES if code and name not in line.values}
    planned = TransactionCode(list=code_list, short_code=line.short_code, **kept, **line.values)
    try:
        codes.check_values(planned)
    except Invalid as refusal:
        errors.append((line.number, f"{refusal.field}: {refusal.translated}"))
        return
    if code is None:
        line.kind = ADD
    else:
        line.changes = list(_changes(line, code))
        line.kind = CHANGE if line.changes else SAME


def _changes(line, code):
    for name, value in line.values.items():
        if getattr(code, name) != value:
            yield f"{name}: {getattr(code, name) or '–'} → {value or '–'}"
    parent = code.parent.short_code if code.parent else ""
    if line.parent not in (None, parent):
        yield f"parent: {parent or '–'} → {line.parent or '–'}"
    if line.retired not in (None, bool(code.retired_at)):
        yield _("is retired") if line.retired else _("is used again")


def _fingerprint(content, existing):
    names = ("pk", "short_code", "parent_id", "order", "retired_at", "merged_into_id", *VALUES)
    state = sorted(repr([getattr(code, name) for name in names]) for code in existing.values())
    return hashlib.sha256(content + "".join(state).encode()).hexdigest()
