"""What does the app's first page in the admin say? What goes on now, what to set up next, and where everything is.

It is a tag because the site of the admin makes that page, the project's own too: what the reader may see, and where
that is, is taken from the site's list of the app's models.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models.clock import database_now
from ..models.queues import Presence
from ..queries import access, health, overview
from ..queries.list_addresses import FULL, HANDED_ROUND, IN_QUEUE, RELEASED, STUCK, TENANT
from .contactcenter_menu import sections_of

register = template.Library()

# What of ``overview.troubles_of`` is said how, to who sees which list, and what of that list shows it.
TROUBLES: dict[str, tuple[Any, str, dict[str, Any] | None]] = {
    "dead": (_("Deliveries given up"), "Delivery", {"state": "dead"}),
    "long_owed": (_("Conversations with deliveries due for more than a minute"), "Delivery", {"state": "pending"}),
    "webhooks_off": (_("Webhooks switched off because they failed"), "Webhook", {"receiver__enabled__exact": 0}),
    "webhooks_paused": (
        _("Webhooks that fail and rest for a while"),
        "Webhook",
        {"receiver__paused_until__isnull": False},
    ),
    "remote_off": (_("Remote centres switched off because they failed"), "Receiver", {"enabled__exact": 0}),
    "remote_paused": (
        _("Remote centres that fail and rest for a while"),
        "Receiver",
        {"paused_until__isnull": False},
    ),
    "stuck": (_("Interactions that are stuck"), "Interaction", {STUCK: 1}),
    "handed_round": (
        _("Chats handed on three times or more within an hour"),
        "Interaction",
        {HANDED_ROUND: 1},
    ),
    "unscanned": (
        _("Files that have waited to be scanned for more than a minute"),
        "Failure",
        None,  # there is no list of files
    ),
    "callbacks_failed": (_("Callbacks that could not be processed"), "InboundCallback", {"state": "failed"}),
    "failures": (_("What could not be dealt with in the last hour"), "Failure", {}),
}
# What of ``overview.agents_of`` is said how, and what of the agents' list shows it.
AGENTS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("free", _("free for another chat"), {"presence__exact": Presence.AVAILABLE.value, FULL: 0}),
    ("busy", _("with as many chats as they can have"), {"presence__exact": Presence.AVAILABLE.value, FULL: 1}),
    *(
        (presence.value, told, {"presence__exact": presence.value})
        for presence, told in (
            (Presence.ON_BREAK, pgettext_lazy("several agents", "on a break")),
            (Presence.DRAINING, pgettext_lazy("several agents", "no new chats")),
            (Presence.WORK_OFFLINE, pgettext_lazy("several agents", "working offline")),
            (Presence.OFFLINE, pgettext_lazy("several agents", "offline")),
        )
    ),
    ("all", _("in all"), {}),
)
RARE = (Presence.DRAINING, Presence.WORK_OFFLINE)
# What a chat needs, in the order in which it is set up: how a step is called, and on which page it is taken.
STEPS = {
    "queue": (_("Add a queue, where customers wait."), "Queue", "add_url"),
    "agent": (_("Add an agent, who answers."), "Agent", "add_url"),
    "member": (_("Choose a queue, and add agents to it."), "Queue", "admin_url"),
    "webhook": (_("Add a webhook: where the client application is told what happens."), "Webhook", "add_url"),
    "channel": (_("Add a channel: where conversations come from."), "Channel", "add_url"),
}


@dataclass(frozen=True)
class Figure:
    """A number with what it says and where to look at it, if the reader may; of large ones the beginning."""

    told: Any
    count: str
    address: str = ""


@dataclass(frozen=True)
class QueueShown:
    name: str
    count: Figure
    since: datetime


@register.simple_tag(takes_context=True)
def contactcenter_overview(context):
    """All that the page shows, for the reader of ``request`` and by the site's ``app_list``."""
    pages = {each["object_name"]: each for app in context["app_list"] for each in app["models"]}
    user = context["request"].user
    tenants = list(access.tenants_of(user).order_by("name", "label"))
    asked = context["request"].GET.get(TENANT, "").strip()
    chosen = next((each for each in tenants if not asked or each.pk == asked), None)
    now = database_now()
    shown: dict[str, Any] = {"tenants": tenants, "chosen": chosen, "field": TENANT}
    shown |= {"sections": sections_of(pages), "now": now}
    if chosen:
        shown |= _in_center(pages, chosen, now)
    else:
        shown["steps"] = _first_steps(pages) if access.is_superuser(user) and not tenants else []
    return shown | {"of_all": _of_all(pages, now) if access.is_superuser(user) else []}


def _in_center(pages, tenant, now):
    there = overview.set_up(tenant)
    shown = {"steps": _steps(pages, there)}
    if "Interaction" in pages:
        shown["queues"] = [_queue(pages, tenant, each) for each in overview.waiting_in(tenant)]
        shown["sees_queues"] = True
    if "Agent" in pages:
        shown["agents"] = _agents(pages, tenant)
    seen = [name for name, (_told, model, _query) in TROUBLES.items() if model in pages]
    counts = overview.troubles_of(tenant, now, seen)
    shown["troubles"] = [_trouble(pages, tenant, name, count) for name, count in counts.items() if count]
    shown["sees_troubles"] = bool(seen)
    return shown


def _queue(pages, tenant, queue):
    address = _list(pages, "Interaction", tenant, queue=queue.pk, state=IN_QUEUE)
    return QueueShown(queue.name, Figure(_("waiting"), str(queue.waiting), address), queue.since)


def _agents(pages, tenant):
    """What the agents are, so that the lines add up to the last; what few ever are, only where somebody is it."""
    counts = overview.agents_of(tenant)
    return [
        Figure(told, str(counts[name]), _list(pages, "Agent", tenant, **query, **{RELEASED: 0}))
        for name, told, query in AGENTS
        if counts[name] or name not in RARE
    ]


def _trouble(pages, tenant, name, count):
    told, model, query = TROUBLES[name]
    return Figure(told, _bounded(count), "" if query is None else _list(pages, model, tenant, **query))


def _of_all(pages, now):
    """What is wrong with the system, and no contact centre's own."""
    troubles = overview.troubles_of_all(now)
    found = []
    if troubles["failures"]:
        address = pages["Failure"]["admin_url"] if "Failure" in pages else ""
        told = _("What belongs to no tenant and could not be dealt with in the last hour")
        found.append(Figure(told, _bounded(troubles["failures"]), address))
    if health.sweep_is_late(troubles["sweep_seconds"]):
        found.append(Figure(_("No worker runs: nothing is delivered, and nobody is found for who waits."), ""))
    return found


def _steps(pages, there):
    return [_step(pages, *step) for name, step in STEPS.items() if not there[name]]


def _first_steps(pages):
    """What to do before there is any contact centre."""
    return [_step(pages, _("Add a tenant: one contact centre."), "Tenant", "add_url")]


def _step(pages, told, model, page):
    return {"told": told, "address": pages.get(model, {}).get(page) or ""}


def _list(pages, model, tenant, **query):
    """The address of a list of a contact centre's rows, narrowed by a query."""
    return f"{pages[model]['admin_url']}?{urlencode({TENANT: tenant.pk, **query})}"


def _bounded(count):
    return f"{overview.COUNTED}+" if count > overview.COUNTED else str(count)
