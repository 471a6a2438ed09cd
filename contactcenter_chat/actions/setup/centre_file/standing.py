"""What is there, as the values that a file would have: to be compared with one, and to be written as one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from ....bots import base as bots
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
from ....queries.acts import Names, names_of
from ....routing.pace import MAIL, MESSAGING
from ...center.texts import KINDS
from .articles import ArticleKey, articles_of, values_of
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
        "prepared_responses": _responses(tenant, standing, skills),
        "articles": _articles(tenant, standing),
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
        "target": _target(queue.target_percent, "seconds", queue.target_seconds),
        "closed_target": _open_target(queue, "closed_target"),
        "targets": {pace: _open_target(queue, f"{pace}_target") for pace in (MESSAGING, MAIL)},
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
        "assistant": queue.assisted,
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


def _open_target(queue: Queue, column: str) -> Values | None:
    seconds = getattr(queue, f"{column}_seconds")
    hours = seconds if seconds is None else seconds // HOUR if seconds % HOUR == 0 else seconds / HOUR
    return _target(getattr(queue, f"{column}_percent"), "open_hours", hours)


def _target(percent: int | None, unit: str, value: float | None) -> Values | None:
    """A target as the file has it; None where the queue says nothing of it."""
    return None if percent is value is None else {"percent": percent, unit: value}


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
        "external_id": code.external_id,
        "from": code.active_from.isoformat() if code.active_from else None,
        "to": code.active_to.isoformat() if code.active_to else None,
        "under": by_id[code.parent_id].short_code if code.parent_id else None,
        "retired": code.retired_at is not None,
    }


def _responses(tenant: Tenant, standing: Standing, skills: Mapping[str, str]) -> dict[Response, Any]:
    """Those of everybody: what an agent has for itself is in no file."""
    found: dict[Response, Any] = {}
    rows = list(tenant.prepared_responses.filter(owner=None).select_related("queue"))
    names = names_of(tenant.pk, [row.acts for row in rows])
    for row in sorted(rows, key=lambda row: (row.title, row.language, row.pk)):
        values = {
            "title": row.title,
            "queue": row.queue.name if row.queue else None,
            "language": row.language,
            "short_code": row.short_code,
            "category": row.category,
            "text": row.text.strip(),
            "acts": _acts(row.acts, names, skills),
        }
        key = Response.of(values)
        if key in found:
            standing.doubles.add(("prepared_responses", key))
            continue
        found[key] = values
    return found


def _acts(acts: Mapping[str, Any], names: Names, skills: Mapping[str, str]) -> Values:
    """What a response does, but for what is not there any more."""
    codes: dict[str, list[str]] = defaultdict(list)
    for code in (names.codes[pk] for pk in acts.get("codes", ()) if pk in names.codes):
        if code.retired_at is None and code.list.active:
            codes[code.list.name].append(code.short_code)
    queue = names.queues.get(acts.get("queue", ""))
    return {
        "codes": {name: sorted(short_codes) for name, short_codes in sorted(codes.items())},
        "transfer": queue,
        "skills": _named(acts.get("skills", {}), skills),
        "priority": acts.get("priority") if queue else None,
    }


def _articles(tenant: Tenant, standing: Standing) -> dict[ArticleKey, Any]:
    found: dict[ArticleKey, Any] = {}
    for values in articles_in(tenant):
        key = ArticleKey(values["language"], values["questions"][0])
        if key in found:
            standing.doubles.add(("articles", key))
            continue
        found[key] = values
    return found


def articles_in(tenant: Tenant) -> Iterable[Values]:
    """The articles that are kept here as a file has them, in order."""
    for row in articles_of(tenant):
        yield values_of(row, login_of(row.owner) if row.owner and not row.owner.released_at else None)


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
            "bot": channel.bot or None,
            "bot_fencing": channel.bot_fencing,
            "bot_seconds": channel.bot_seconds,
            "identity": channel.identity,
        }
        for channel in reversed(channels)  # of two with a name the first
    }


def names_there(tenant: Tenant, standing: Standing) -> dict[str, set[str]]:
    """The names that a file may refer to, by sections; those of webhooks and providers it does not make."""
    there = {section: set(standing.values[section]) for section in ("skills", "agents", "hours", "queues", "codes")}
    webhooks = set(tenant.webhooks.alive().values_list("name", flat=True))
    return {**there, "webhooks": webhooks, "providers": set(settings.PROVIDERS), "bots": set(bots.names())}
