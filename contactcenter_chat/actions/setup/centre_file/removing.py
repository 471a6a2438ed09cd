"""What becomes of what a file does not name any more? It is removed, or retired, or stays with a reason."""

from collections.abc import Callable, Iterable
from typing import Any

from ....database import atomic
from ....exceptions import Conflict
from ....models import Channel, PreparedResponse
from ...center import departments, opening, queues, releasing, skills
from ...knowledge import articles, responses
from .. import channels, codes
from .comparing import Change, Kept, Plan
from .entries import Rows
from .faults import Path
from .special import Response

# In this order, so that what names something goes before it.
ORDER = ("channels", "prepared_responses", "articles", "codes", "departments", "queues", "hours", "agents", "skills")


def remove(rows: Rows, plan: Plan, by: Any = None) -> None:
    """Remove what the plan says; what is in use, and cannot be retired, is moved to what is kept."""
    removed: list[Change] = []
    left, before = in_turn(plan.removed), None
    while left and len(left) != before:  # once more what another one was named by, which has gone since
        before, kept = len(left), []
        for change in left:
            try:
                with atomic():
                    _verb(change.path)(rows, change.path, by)
                removed.append(change)
            except Conflict as refusal:
                kept.append(Kept(change.path, refusal.translated))
        left = [change for change in left if change not in removed]
    plan.kept += kept if left else []
    plan.removed[:] = removed


def in_turn(removed: list[Change]) -> list[Change]:
    """By sections; members and codes before their queues and lists, codes before their headings."""
    places = {change.path: -place if change.path[0] == "codes" else place for place, change in enumerate(removed)}
    return sorted(removed, key=lambda each: (ORDER.index(each.path[0]), -len(each.path), places[each.path]))


def _verb(path: Path) -> Callable[[Rows, Path, Any], None]:
    return ENTRIES[path[0]] if len(path) == 2 else PARTS[path[0], path[2]]


def _channel(rows: Rows, path: Path, by: Any) -> None:
    for channel in Channel.objects.alive().filter(tenant=rows.tenant, name=path[1]):
        channels.delete_channel(channel)


def _response(rows: Rows, path: Path, by: Any) -> None:
    key: Response = path[1]
    named = {"queue__name": key.queue} if key.queue else {"queue": None}
    code = {"short_code__iexact": key.short_code} if key.short_code else {"short_code": "", "title": key.title}
    found = PreparedResponse.objects.filter(tenant=rows.tenant, language=key.language, owner=None, **code, **named)
    for response in found:
        responses.delete_prepared_response(response)


def _article(rows: Rows, path: Path, by: Any) -> None:
    article = rows.articles[path[1]]
    if article.uses.exists():  # what agents made of it stays
        articles.retire(article)
    else:
        articles.delete_article(article)


def _list(rows: Rows, path: Path, by: Any) -> None:
    code_list = rows.lists[path[1]]
    try:
        with atomic():
            codes.delete_list(code_list)
    except Conflict:  # history names its codes
        code_list.active = False
        codes.save_list(code_list)


def _code(rows: Rows, path: Path, by: Any) -> None:
    code = rows.codes(path[1])[path[3]]
    try:
        with atomic():
            codes.delete_code(code)
    except Conflict:
        codes.retire_code(code)


def _department(rows: Rows, path: Path, by: Any) -> None:
    departments.delete_department(rows.departments[path[1]])


def _queue(rows: Rows, path: Path, by: Any) -> None:
    queues.delete_queue(rows.queues[path[1]])


def _member(rows: Rows, path: Path, by: Any) -> None:
    for member in rows.queues[path[1]].members.filter(agent=rows.agents[path[3]]):
        queues.remove_member(member)


def _hours(rows: Rows, path: Path, by: Any) -> None:
    opening.delete_hours(rows.hours[path[1]])


def _agent(rows: Rows, path: Path, by: Any) -> None:
    releasing.release_soon(agent_id=rows.agents[path[1]].pk)


def _skill(rows: Rows, path: Path, by: Any) -> None:
    skills.delete_skill(skill=rows.skills[path[1]], by=by)


def _nothing(rows: Rows, path: Path, by: Any) -> None:
    """Levels are taken away with those that are given."""


ENTRIES = {
    "channels": _channel,
    "prepared_responses": _response,
    "articles": _article,
    "codes": _list,
    "departments": _department,
    "queues": _queue,
    "hours": _hours,
    "agents": _agent,
    "skills": _skill,
}
PARTS = {
    ("queues", "members"): _member,
    ("codes", "codes"): _code,
    ("agents", "skills"): _nothing,
    ("agents", "languages"): _nothing,
}


def levels_taken(removed: Iterable[Change]) -> list[Path]:
    """The paths of skills and languages that agents are to have no more."""
    return [change.path for change in removed if change.path[0] == "agents" and len(change.path) == 4]
