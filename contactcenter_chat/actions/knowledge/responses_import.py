"""How do prepared responses come in from a table? Planned first, so that it can be looked at; then written in one go.

A line is one response: ``queue, language, short_code, category, title, text``; without a queue it is for all of them,
without a language it is English. It is known by queue, language and short code, else by its title. What a response
does, and those that stand in no line, stay as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ...database import atomic
from ...exceptions import ContactCenterError
from ...exports.responses import COLUMNS
from ...exports.table_reading import Complaint, Row
from ...isolates import filled
from ...models import PreparedResponse, Queue, Tenant
from ..setup.tables import ADD, CHANGE, SAME, Errors, Plan, PlannedLine, fingerprint_of, rows_of
from . import responses

REQUIRED_COLUMNS = ("title", "text")
VALUES = ("short_code", "category", "title", "text")
TOLD_MOST = 60  # characters of a value in the plan
LANGUAGE = "en"  # where none is said


@dataclass(kw_only=True)
class Line(PlannedLine):
    """What one line asks for, and the response as it will be."""

    response: PreparedResponse


def known_column(name: str) -> str | None:
    """Return what a column is called here, ``short_code`` for "Short Code"; None for an unknown one."""
    column = "_".join(name.replace("-", " ").replace("_", " ").lower().split())
    return column if column in COLUMNS else None


def plan_import(tenant: Tenant, content: bytes) -> Plan[Line]:
    """Return the Plan for a file (bytes) and a contact centre; writes nothing."""
    errors: Errors = []
    rows = rows_of(content, known_column, REQUIRED_COLUMNS, errors)
    there = list(tenant.prepared_responses.filter(owner=None).select_related("queue").order_by("pk"))
    state = [repr([getattr(each, name) for name in ("pk", "queue_id", "language", *VALUES)]) for each in there]
    lines = list(_lines(tenant, rows, there, errors))
    return Plan(lines, sorted(errors), fingerprint_of(content, state))


def apply_import(tenant: Tenant, content: bytes, fingerprint: str) -> Plan[Line]:
    """Write what ``plan_import`` said, all or nothing; return the Plan.

    Raises Conflict when the file has errors, or when the responses are not as they were when it was planned.
    """
    with atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        plan = plan_import(tenant, content)
        plan.check(fingerprint)
        for line in plan.changed:
            responses.save_prepared_response(line.response)
    return plan


def _lines(tenant: Tenant, rows: Iterable[Row], there: list[PreparedResponse], errors: Errors) -> Iterator[Line]:
    queues = {queue.name: queue for queue in tenant.queues.all()}
    seen: dict[Any, int] = {}
    for number, given in rows:
        name = given.get("queue", "")
        if name and name not in queues:
            errors.append(Complaint(number, "queue", filled(_("There is no queue “%(name)s”."), name=name)))
            continue
        queue, language = queues.get(name), given.get("language") or LANGUAGE
        found = _found(there, queue, language, given)
        before = {name: getattr(found, name) for name in VALUES} if found else {}
        response = found or PreparedResponse(tenant=tenant, queue=queue, language=language)
        for name in VALUES:
            setattr(response, name, given.get(name, getattr(response, name)).replace("\r\n", "\n"))
        if not _is_whole(number, response, errors):
            continue
        key = _key(response)
        if key in seen:
            told = _("The same response stands in line %(line)d already.") % {"line": seen[key]}
            errors.append(Complaint(number, "", told))
            continue
        seen[key] = number
        yield _line(number, response, before)


def _is_whole(number: int, response: PreparedResponse, errors: Errors) -> bool:
    try:
        responses.check_prepared_response(response)
    except ContactCenterError as refusal:
        errors.append(Complaint(number, getattr(refusal, "field", ""), refusal.translated))
        return False
    return True


def _line(number: int, response: PreparedResponse, before: dict[str, str]) -> Line:
    changes = [
        f"{name}: {_cut(old)} → {_cut(getattr(response, name))}"
        for name, old in before.items()
        if old != getattr(response, name)
    ]
    kind = ADD if not before else CHANGE if changes else SAME
    return Line(number=number, kind=kind, changes=changes, response=response)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:TOLD_MOST]}…" if len(line) > TOLD_MOST else line or "–"


def _key(response: PreparedResponse) -> tuple[Any, ...]:
    name = (response.short_code.lower(), "") if response.short_code else ("", response.title)
    return response.queue_id, response.language.lower(), *name


def _found(
    there: Iterable[PreparedResponse], queue: Queue | None, language: str, given: dict[str, str]
) -> PreparedResponse | None:
    """The response that a line is about, if it is there."""
    pk = queue.pk if queue else None
    same = [each for each in there if each.queue_id == pk and each.language.lower() == language.lower()]
    short_code = given.get("short_code", "").strip().removeprefix("/").lower()
    coded = [each for each in same if short_code and each.short_code.lower() == short_code]
    titled = [each for each in same if each.title == given.get("title")]
    bare = [each for each in titled if not each.short_code or "short_code" not in given]
    return next(iter([*coded, *bare]), None)
