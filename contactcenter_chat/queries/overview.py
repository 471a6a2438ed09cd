"""What goes on in a contact centre now, what has gone wrong there, and what is still to be set up?

Of long tables no more than a few rows are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from ..models import (
    Agent,
    Channel,
    Delivery,
    InboundCallback,
    Lane,
    Queue,
    QueueMember,
    Receiver,
    Tenant,
    Webhook,
)
from ..models.queues import Presence
from ..routing.pace import SLOT
from . import handing_on, health, queue_figures

COUNTED = 50  # at most; of more it is said that there are more


@dataclass(frozen=True)
class QueueNow:
    """A queue in which somebody waits: how many, and since when the first of them."""

    pk: str
    name: str
    waiting: int
    since: datetime


def waiting_in(tenant: Tenant) -> list[QueueNow]:
    """The queues in which somebody waits, the longest wait first."""
    names = dict(queue_figures.queues_of(tenant).values_list("pk", "name"))
    waiting = queue_figures.waiting_in(names)
    found = [QueueNow(pk, names[pk], each.count, each.since) for pk, each in waiting.items() if each.since]
    return sorted(found, key=lambda queue: (queue.since, queue.name))


def agents_of(tenant: Tenant) -> dict[str, int]:
    """How many agents there are, and how many of them are what; who is available is free or has all they can."""
    available = Q(presence=Presence.AVAILABLE)
    return (
        Agent.objects.serving()
        .filter(tenant=tenant)
        .aggregate(
            all=Count("pk"),
            free=Count("pk", available & Q(load__lt=F("capacity") * SLOT)),
            busy=Count("pk", available & Q(load__gte=F("capacity") * SLOT)),
            **{presence.value: Count("pk", Q(presence=presence)) for presence in Presence if presence != "available"},
        )
    )


def troubles_of(tenant: Tenant, now: datetime, kinds: Sequence[str]) -> dict[str, int]:
    """How much of each of these kinds has gone wrong, and nothing of others is asked.

    Of what may be much, COUNTED + 1 stands for more than COUNTED.
    """
    rows: dict[str, QuerySet[Any]] = {
        "dead": Delivery.objects.filter(tenant=tenant, state=Delivery.State.DEAD),
        "long_owed": _long_owed(tenant, now),
        "stuck": health.stuck_interactions(now).filter(tenant=tenant),
        "handed_round": handing_on.handed_round(now).filter(tenant=tenant),
        "unscanned": health.unscanned(now).filter(tenant=tenant),
        "callbacks_failed": InboundCallback.objects.filter(tenant=tenant, state=InboundCallback.State.FAILED),
        "failures": health.failing(now).filter(tenant=tenant),
    }
    of_receivers = _receivers(tenant, now, kinds)
    return {kind: of_receivers[kind] if kind in of_receivers else _bounded(rows[kind]) for kind in kinds}


def troubles_of_all(now: datetime) -> dict[str, int | float | None]:
    """What has gone wrong that is no contact centre's own: rows of none, and how long ago the sweep ran."""
    return {
        "failures": _bounded(health.failing(now).filter(tenant=None)),
        "sweep_seconds": health.sweep_lag(now),
    }


def set_up(tenant: Tenant) -> dict[str, bool]:
    """What of all that a chat needs is there."""
    own = {"tenant": OuterRef("pk")}
    members = QueueMember.objects.filter(queue__tenant=OuterRef("pk"))
    there = (
        Tenant.objects.filter(pk=tenant.pk)
        .values(
            queue=Exists(Queue.objects.filter(**own)),
            agent=Exists(Agent.objects.serving().filter(**own)),
            member=Exists(members),
            webhook=Exists(Webhook.objects.alive().filter(**own)),
            channel=Exists(Channel.objects.alive().filter(**own)),
        )
        .get()
    )
    return {name: bool(value) for name, value in there.items()}


def _long_owed(tenant: Tenant, now: datetime) -> QuerySet[Lane]:
    late = now - timedelta(seconds=health.LATE_SECONDS)
    return health.due_lanes(now).filter(receiver__tenant=tenant, due_at__lte=late)


def _receivers(tenant: Tenant, now: datetime, kinds: Sequence[str]) -> dict[str, int]:
    """How many webhooks and remote centres are switched off or not posted to for a while, as far as it is asked."""
    off, paused = health.SWITCHED_OFF, health.paused(now)
    webhook, remote = Q(kind=Receiver.Kind.WEBHOOK), Q(kind=Receiver.Kind.REMOTE_CENTER)
    conditions = {
        "webhooks_off": off & webhook,
        "webhooks_paused": paused & webhook,
        "remote_off": off & remote,
        "remote_paused": paused & remote,
    }
    counts = {kind: Count("pk", condition) for kind, condition in conditions.items() if kind in kinds}
    return Receiver.objects.filter(tenant=tenant).aggregate(**counts) if counts else {}


def _bounded(rows: QuerySet) -> int:
    """How many rows there are, up to COUNTED + 1."""
    return rows.order_by()[: COUNTED + 1].count()
