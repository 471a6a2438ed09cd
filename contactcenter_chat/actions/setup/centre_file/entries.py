"""How does one entry of a file become what it says? By the verbs; ``new`` is what the file says of it.

Names lead to rows by ``Rows``, which are read when they are needed, since what they name may have just been made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop as _

from ....exceptions import Invalid
from ....models import (
    Agent,
    Article,
    Channel,
    Department,
    OpeningHours,
    PreparedResponse,
    Queue,
    Skill,
    Tenant,
    TransactionCode,
    TransactionCodeList,
    Webhook,
)
from ....models.queues import Distribution, Unserved
from ...center import departments, opening, queues
from ...knowledge import articles, responses
from .. import channels, codes
from .articles import ArticleKey, articles_of, key_of, said_of
from .comparing import orders_of
from .special import DAYS, Response
from .standing import HOUR, agents_of

Values = Mapping[str, Any]
# Keys of a queue that are columns of its row, and what these are called.
COLUMNS = {
    "language": "language",
    "priority": "priority",
    "prefer": "prefer",
    "ring_seconds": "ring_seconds",
    "offer_gap_seconds": "offer_gap_seconds",
    "closing_seconds": "closing_seconds",
    "grace_seconds": "grace_seconds",
    "when_closed": "when_closed",
    "when_empty": "when_empty",
    "max_wait": "max_wait_seconds",
    "waiting_text_every": "waiting_text_seconds",
    "assistant": "assisted",
}
PASSES_ON = ("when_closed", "when_empty")
DATES = {"from": "active_from", "to": "active_to"}
ARTICLE_DATES = {"from": "valid_from", "to": "valid_to", "review": "review_on"}


@dataclass
class Rows:
    """The rows of a contact centre by their names."""

    tenant: Tenant

    @cached_property
    def skills(self) -> dict[str, Skill]:
        """Skills by their names."""
        return {skill.name: skill for skill in self.tenant.skills.all()}

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """Agents by what they log in with."""
        return agents_of(self.tenant)

    @cached_property
    def hours(self) -> dict[str, OpeningHours]:
        """Opening hours by their names."""
        return {hours.name: hours for hours in self.tenant.opening_hours.all()}

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """Queues by their names."""
        return {queue.name: queue for queue in self.tenant.queues.select_related("hours")}

    @cached_property
    def departments(self) -> dict[str, Department]:
        """Departments by their names."""
        return {each.name: each for each in self.tenant.departments.prefetch_related("rows__queue", "supervisors")}

    @cached_property
    def lists(self) -> dict[str, TransactionCodeList]:
        """Lists of codes by their names."""
        return {code_list.name: code_list for code_list in self.tenant.code_lists.all()}

    @cached_property
    def articles(self) -> dict[ArticleKey, Article]:
        """The articles that are kept here, by what they are known by."""
        return {key_of(article): article for article in articles_of(self.tenant)}

    def codes(self, name: str) -> dict[str, TransactionCode]:
        """The codes of a list by their short codes."""
        return {code.short_code: code for code in self.lists[name].codes.all()}

    def levels(self, required: Mapping[str, int]) -> dict[str, int]:
        """Levels by the ids of skills instead of their names."""
        return {self.skills[name].pk: level for name, level in required.items()}


def write_hours(rows: Rows, name: str, new: Values) -> None:
    """Make or change opening hours."""
    hours = rows.hours.get(name) or OpeningHours(tenant=rows.tenant, name=name)
    hours.time_zone = new.get("time_zone", hours.time_zone)
    if "weekly" in new:
        hours.weekly = {str(DAYS.index(day)): _periods(periods) for day, periods in new["weekly"].items()}
    if "exceptions" in new:
        hours.exceptions = {day: _periods(periods) for day, periods in new["exceptions"].items()}
    if "holidays" in new:
        hours.holidays = new["holidays"] or ""
    opening.save_hours(hours)
    rows.hours[name] = hours


def _periods(periods: list[str]) -> list[list[str]]:
    return [period.split("-") for period in periods]


def write_queue(rows: Rows, name: str, new: Values) -> None:
    """Make or change a queue, but for its members, and where it passes on to: that may not be there yet."""
    queue = rows.queues.get(name) or Queue(tenant=rows.tenant, name=name)
    for key, column in COLUMNS.items():
        if new.get(key) != Unserved.OVERFLOW:
            setattr(queue, column, new.get(key, getattr(queue, column)))
    if "distribution" in new:
        queue.distribution = new["distribution"] or Distribution.BY_PACE
    if "requires" in new:
        queue.requires = rows.levels(new["requires"])
    if "steps" in new:
        queue.steps = [_step(rows, step) for step in new["steps"]]
    _set_targets(queue, new)
    if "hours" in new:
        queue.hours = rows.hours[new["hours"]] if new["hours"] else None
    wrap_up = new.get("wrap_up", {})
    queue.wrap_up_mode = wrap_up.get("mode", queue.wrap_up_mode)
    queue.wrap_up_seconds = wrap_up.get("seconds", queue.wrap_up_seconds)
    texts = {**queue.texts, **new.get("texts", {})}
    queue.texts = {kind: text for kind, text in texts.items() if text}
    queues.save_queue(queue)
    rows.queues[name] = queue


def _set_targets(queue: Queue, new: Values) -> None:
    """Set what the file says of targets; ``null`` instead of one is neither a time nor a percent of its own."""
    targets = {key: new[key] for key in ("target", "closed_target") if key in new}
    targets |= {f"{pace}_target": target for pace, target in new.get("targets", {}).items()}
    for column, target in targets.items():
        said = {"percent": None, "seconds": None} if target is None else dict(target)
        if "open_hours" in said:
            hours = said.pop("open_hours")
            said["seconds"] = hours if hours is None else round(hours * HOUR)
        for key, value in said.items():
            setattr(queue, f"{column}_{key}", value)


def _step(rows: Rows, step: Values) -> dict[str, Any]:
    return {**step, "requires": rows.levels(step["requires"])} if "requires" in step else dict(step)


def write_member(rows: Rows, queue: str, login: str, level: int) -> None:
    """Have an agent answer a queue, with a level."""
    agent = rows.agents[login]
    member = agent.memberships.filter(queue=rows.queues[queue]).first()
    member = member or rows.queues[queue].members.model(queue=rows.queues[queue], agent=agent)
    member.level = level
    queues.save_member(member)


def write_overflow(rows: Rows, name: str, new: Values) -> None:
    """Say where a queue passes on to, and when."""
    queue = rows.queues[name]
    for key in PASSES_ON:
        setattr(queue, COLUMNS[key], new.get(key, getattr(queue, COLUMNS[key])))
    others = [rows.queues[other] for other in new["overflow"]] if "overflow" in new else None
    queues.save_queue(queue, overflow=others)


def write_department(rows: Rows, name: str, new: Values) -> None:
    """Make or change a department; ``new`` has all its queues, its entry queue, its hours and its supervisors.

    Departments that give queues away have none any more at this time.
    """
    department = rows.departments.get(name) or Department(tenant=rows.tenant, name=name)
    department.hours = rows.hours[new["hours"]] if new["hours"] else None
    departments.save_department(
        department,
        queues=[rows.queues[each] for each in new["queues"]],
        entry=rows.queues[new["entry"]],
        supervisors=[rows.agents[each] for each in new["supervisors"]],
    )
    rows.departments[name] = department


def write_list(rows: Rows, name: str, new: Values) -> None:
    """Make or change a list of codes, but for the codes."""
    found = rows.lists.get(name)
    last = max((each.order for each in rows.lists.values()), default=-1)
    code_list = found or TransactionCodeList(tenant=rows.tenant, name=name, order=last + 1)
    code_list.required = new.get("required", code_list.required)
    code_list.selection = new.get("choice", code_list.selection)
    code_list.active = True
    codes.save_list(code_list, queues=[rows.queues[each] for each in new["queues"]] if "queues" in new else None)
    rows.lists[name] = code_list


def put_lists_in_order(rows: Rows, names: Iterable[str]) -> None:
    """Have the lists stand in this order."""
    for number, name in enumerate(names):
        code_list = rows.lists[name]
        if code_list.order != number:
            code_list.order = number
            codes.save_list(code_list)


def write_code(rows: Rows, name: str, short_code: str, new: Values) -> None:
    """Make or change a code; what it stands under is there already."""
    there = rows.codes(name)
    parent = there[new["under"]] if new["under"] else None
    values = {key: new[key] for key in ("label", "report_text", "external_id") if key in new}
    values |= {column: new[key] for key, column in DATES.items() if key in new}
    if "labels" in new:
        values["translations"] = new["labels"]
    code = there.get(short_code)
    if code is None:
        codes.create_code(code_list=rows.lists[name], parent=parent, short_code=short_code, **values)
        return
    codes.update_code(code=code, **values)
    if code.parent_id != (parent.pk if parent else None):
        codes.move_code(code=code, parent=parent)
    if code.retired_at:
        codes.restore_code(code)


def put_codes_in_order(rows: Rows, name: str, wanted: Values, there: Values) -> None:
    """Have the codes of a list stand as the file has them; ``there`` is how they stood before."""
    by_short_code = rows.codes(name)
    groups = [[by_short_code[each] for each in after] for _before, after in orders_of(wanted, there)]
    codes.put_in_order(*groups)


def write_response(rows: Rows, key: Response, new: Values) -> None:
    """Make or change a prepared response; one of the same title is known again where either has no short code."""
    queue = rows.queues[key.queue] if key.queue else None
    known = {"tenant": rows.tenant, "queue": queue, "language": key.language, "owner": None}
    found = PreparedResponse.objects.filter(**known).order_by("pk")
    response = found.filter(short_code__iexact=key.short_code).first() if key.short_code else None
    if response is None:
        titled = found.filter(title=new["title"])
        response = titled.filter(short_code="").first() or (None if key.short_code else titled.first())
    response = response or PreparedResponse(**known)
    for name in ("title", "text", "short_code", "category"):
        setattr(response, name, new.get(name, getattr(response, name)))
    if "acts" in new:
        response.acts = _acts(rows, response.acts, new["acts"])
    responses.save_prepared_response(response)


def _acts(rows: Rows, before: Mapping[str, Any], new: Values) -> dict[str, Any]:
    """What a response does, with ids. Raises Invalid for a code that its list has not."""
    acts = dict(before)
    if "transfer" in new:
        acts["queue"] = rows.queues[new["transfer"]].pk if new["transfer"] else None
    if "skills" in new:
        acts["skills"] = rows.levels(new["skills"])
    if "priority" in new:
        acts["priority"] = new["priority"]
    if "codes" in new:
        acts["codes"] = [_code(rows, name, each) for name, codes_of in new["codes"].items() for each in codes_of]
    return acts


def _code(rows: Rows, name: str, short_code: str) -> str:
    code = rows.codes(name).get(short_code)
    if code is None:
        raise Invalid(
            _("The list %(list)s has no code %(code)s."), list=name, code=short_code, field="acts", value=short_code
        )
    return code.pk


def write_article(rows: Rows, key: ArticleKey, new: Values) -> None:
    """Make or change an article."""
    article = rows.articles.get(key) or Article(tenant=rows.tenant, language=key.language)
    for name in ("category", "audience", "level", "state"):
        setattr(article, name, new.get(name, getattr(article, name)))
    for name, column in ARTICLE_DATES.items():
        if name in new:
            setattr(article, column, date.fromisoformat(new[name]) if new[name] else None)
    if "owner" in new:
        article.owner = rows.agents[new["owner"]] if new["owner"] else None
    queues = [rows.queues[each] for each in new["queues"]] if "queues" in new else None
    articles.save_article(article, versions=said_of(article, key, new), queues=queues)


def write_channel(rows: Rows, name: str, new: Values) -> None:
    """Make or change a channel."""
    given = {key: new[key] for key in ("provider", "pace", *channels.POLICY) if key in new}
    if "queue" in new:
        given["queue"] = rows.queues[new["queue"]]
    channel = Channel.objects.alive().filter(tenant=rows.tenant, name=name).select_related("webhook", "tenant").first()
    if "webhook" in new and (channel is None or channel.webhook.name != new["webhook"]):
        given["webhook"] = Webhook.objects.alive().get(tenant=rows.tenant, name=new["webhook"])
    if channel is None:
        channels.create_channel(tenant=rows.tenant, name=name, **given)
    else:
        channels.update_channel(channel=channel, **given)
