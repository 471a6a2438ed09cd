"""What is there, as the values that a file would have: to be compared with one, and to be written as one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from ....conf import settings
from ....models import (
    Agent,
    Department,
    DepartmentQueue,
    OpeningHours,
    Queue,
    Tenant,
    TransactionCode,
    TransactionCodeList,
    people,
)
from ....models.queues import Distribution
from ...center.texts import KINDS
from .special import DAYS, Response

HOUR = 3600
Values = dict[str, Any]


@dataclass
class Standing:
    """The values of a contact centre by sections, and what a file cannot say of it."""

    values: Values
    doubles: set[tuple[str, Any]] = field(default_factory=set)  # (section, name) of what is there more than once
    merged: set[tuple[str, str]] = field(default_factory=set)  # (list, short code) of codes merged into others


def standing_of(tenant: Tenant) -> Standing:
    """Return what is there. One who was released is no agent, a deleted channel none."""
    standing = Standing({})
    skills = dict(tenant.skills.order_by("name").values_list("pk", "name"))
    standing.values = {
        "centre": {"name": Tenant.objects.values_list("name", flat=True).get(pk=tenant.pk)},
        "skills": dict.fromkeys(skills.values()),
        "agents": _agents(tenant),
        "hours": {hours.name: _hours(hours) for hours in tenant.opening_hours.order_by("name")},
        "queues": _queues(tenant, skills),
        "departments": _departments(tenant),
        "codes": _code_lists(tenant, standing),
        "prepared_responses": _responses(tenant, standing),
        "channels": _channels(tenant, standing),
    }
    return standing


def login_of(agent: Agent) -> str:
    """What an agent logs in with."""
    return str(getattr(agent.user, people.log_in_field()))


def agents_of(tenant: Tenant) -> dict[str, Agent]:
    """The agents of a contact centre by what they log in with."""
    agents = Agent.objects.serving().filter(tenant=tenant).select_related("user")
    return {login_of(agent): agent for agent in sorted(agents, key=login_of)}


def _agents(tenant: Tenant) -> Values:
    agents = Agent.objects.serving().filter(tenant=tenant).select_related("user")
    return {login_of(agent): _agent(agent) for agent in sorted(_with_levels(agents), key=login_of)}


def _with_levels(agents: Any) -> Iterable[Agent]:
    found: Iterable[Agent] = agents.prefetch_related("languages", "skills__skill")
    return found


def _agent(agent: Agent) -> Values:
    return {
        "capacity": agent.capacity,
        "languages": dict(sorted((row.tag, row.level) for row in agent.languages.all())),
        "skills": dict(sorted((row.skill.name, row.level) for row in agent.skills.all())),
    }


def _hours(hours: OpeningHours) -> Values:
    weekly = {DAYS[int(day)]: _periods(periods) for day, periods in sorted(hours.weekly.items()) if periods}
    return {
        "time_zone": hours.time_zone,
        "weekly": weekly,
        "holidays": hours.holidays or None,
        "exceptions": {day: _periods(periods) for day, periods in sorted(hours.exceptions.items())},
    }


def _periods(periods: Iterable[Iterable[str]]) -> list[str]:
    return ["-".join(period) for period in periods]


def _queues(tenant: Tenant, skills: Mapping[str, str]) -> Values:
    queues = tenant.queues.select_related("hours").order_by("name")
    queues = queues.prefetch_related("members__agent__user", "overflows__to")
    return {queue.name: _queue(queue, skills) for queue in queues}


def _queue(queue: Queue, skills: Mapping[str, str]) -> Values:
    members = ((login_of(row.agent), row.level) for row in queue.members.all())
    return {
        "members": dict(sorted(members)),
        "requires": _named(queue.requires, skills),
        "language": queue.language,
        "steps": [_step(step, skills) for step in queue.steps],
        "priority": queue.priority,
        "target": None if queue.target_seconds is None else {"seconds": queue.target_seconds},
        "closed_target": _open_hours(queue.closed_target_seconds),
        "targets": {
            "messaging": _open_hours(queue.messaging_target_seconds),
            "mail": _open_hours(queue.mail_target_seconds),
        },
        "prefer": queue.prefer,
        "distribution": None if queue.distribution == Distribution.BY_PACE else queue.distribution,
        "ring_seconds": queue.ring_seconds,
        "offer_gap_seconds": queue.offer_gap_seconds,
        "closing_seconds": queue.closing_seconds,
        "grace_seconds": queue.grace_seconds,
        "hours": queue.hours.name if queue.hours else None,
        "when_closed": queue.when_closed,
        "when_empty": queue.when_empty,
        "max_wait": queue.max_wait_seconds,
        "waiting_text_every": queue.waiting_text_seconds,
        "overflow": [row.to.name for row in queue.overflows.all()],
        "wrap_up": {"mode": queue.wrap_up_mode, "seconds": queue.wrap_up_seconds},
        "texts": {kind: _texts(queue.texts.get(kind, {})) for kind in KINDS},
    }


def _departments(tenant: Tenant) -> Values:
    queues = Prefetch("rows", DepartmentQueue.objects.select_related("queue"))
    supervisors = Prefetch("supervisors", Agent.objects.select_related("user"))
    rows = tenant.departments.select_related("hours").prefetch_related(queues, supervisors)
    return {department.name: _department(department) for department in rows.order_by("name")}


def _department(department: Department) -> Values:
    rows = department.rows.all()
    return {
        "queues": sorted(row.queue.name for row in rows),
        "entry": next((row.queue.name for row in rows if row.is_entry), None),
        "hours": department.hours.name if department.hours else None,
        "supervisors": sorted(login_of(agent) for agent in department.supervisors.all()),
    }


def _named(levels: Mapping[str, int], skills: Mapping[str, str]) -> Values:
    return dict(sorted((skills[pk], level) for pk, level in levels.items() if pk in skills))


def _step(step: Mapping[str, Any], skills: Mapping[str, str]) -> Values:
    given = {key: step[key] for key in ("after", "requires", "language", "asked") if step.get(key) is not None}
    return {**given, "requires": _named(given["requires"], skills)} if "requires" in given else given


def _open_hours(seconds: int | None) -> Values | None:
    if seconds is None:
        return None
    return {"open_hours": seconds // HOUR if seconds % HOUR == 0 else seconds / HOUR}


def _texts(texts: Mapping[str, str]) -> Values:
    return {tag: text.strip() for tag, text in texts.items() if text.strip()}


def _code_lists(tenant: Tenant, standing: Standing) -> Values:
    lists = tenant.code_lists.order_by("order", "name").prefetch_related("queues", "codes")
    return {code_list.name: _code_list(code_list, standing) for code_list in lists}


def _code_list(code_list: TransactionCodeList, standing: Standing) -> Values:
    codes = list(code_list.codes.all())
    standing.merged |= {(code_list.name, code.short_code) for code in codes if code.merged_into_id}
    return {
        "queues": sorted(queue.name for queue in code_list.queues.all()),
        "required": code_list.required,
        "choice": code_list.selection,
        "active": code_list.active,
        "codes": _codes(codes),
    }


def _codes(codes: list[TransactionCode]) -> Values:
    """Those of a list, headings before what is under them."""
    by_id = {code.pk: code for code in codes}
    children: dict[str | None, list[TransactionCode]] = defaultdict(list)
    for code in sorted(codes, key=lambda code: (code.order, code.label, code.pk)):
        children[code.parent_id].append(code)
    found: Values = {}
    waiting = list(reversed(children[None]))
    while waiting:  # no recursion: the tree may be of any depth
        code = waiting.pop()
        found[code.short_code] = _code(code, by_id)
        waiting.extend(reversed(children[code.pk]))
    return found


def _code(code: TransactionCode, by_id: Mapping[str, TransactionCode]) -> Values:
    return {
        "label": code.label,
        "labels": dict(sorted(code.translations.items())),
        "report_text": code.report_text,
        "from": code.active_from.isoformat() if code.active_from else None,
        "to": code.active_to.isoformat() if code.active_to else None,
        "under": by_id[code.parent_id].short_code if code.parent_id else None,
        "retired": code.retired_at is not None,
    }


def _responses(tenant: Tenant, standing: Standing) -> dict[Response, Any]:
    found: dict[Response, Any] = {}
    for row in tenant.prepared_responses.select_related("queue").order_by("title", "language", "pk"):
        queue = row.queue.name if row.queue else None
        key = Response(queue, row.language, row.title)
        if key in found:
            standing.doubles.add(("prepared_responses", key))
            continue
        found[key] = {"title": row.title, "queue": queue, "language": row.language, "text": row.text.strip()}
    return found


def _channels(tenant: Tenant, standing: Standing) -> Values:
    channels = list(tenant.channels.alive().select_related("webhook", "queue").order_by("name", "created_at", "pk"))
    counts = Counter(channel.name for channel in channels)
    standing.doubles |= {("channels", name) for name, count in counts.items() if count > 1}
    return {
        channel.name: {
            "webhook": channel.webhook.name,
            "queue": channel.queue.name,
            "provider": channel.provider,
            "pace": channel.pace,
            "reopen_hours": channel.reopen_hours,
            "sticky_seconds": channel.sticky_seconds,
            "reopen_to": channel.reopen_to or None,
            "keeps_thanks": channel.keeps_thanks,
            "tells_own_words": channel.tells_own_words,
            "has_presence": channel.has_presence,
        }
        for channel in reversed(channels)  # of two with a name the first
    }


def names_there(tenant: Tenant, standing: Standing) -> dict[str, set[str]]:
    """The names that a file may refer to, by sections; those of webhooks and providers it does not make."""
    there = {section: set(standing.values[section]) for section in ("skills", "agents", "hours", "queues")}
    webhooks = set(tenant.webhooks.alive().values_list("name", flat=True))
    return {**there, "webhooks": webhooks, "providers": set(settings.PROVIDERS)}
