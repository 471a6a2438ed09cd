"""What do a tenant's rows say of queues, agents and hours, and who came today? Each is read once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from ...conf import settings
from ...models import Interaction, Queue, Skill, Tenant
from ...models.conversations import Outcome
from ...models.queues import Agent
from ...queries.routing import skills_of
from ...routing.pace import LIVE, PERCENTS
from ...routing.plan import Plan, Skills, Step
from . import centre as plain
from .arrivals import Arrival, Chance, Chances

Names = Mapping[str, str]


def centre_of(tenant: Tenant) -> plain.Centre:
    """Return a tenant's centre as it is set up now."""
    skills = dict(Skill.objects.filter(tenant=tenant).values_list("pk", "name"))
    agents = list(Agent.objects.serving().filter(tenant=tenant).select_related("user").order_by("pk"))
    have, speak = skills_of(each.pk for each in agents)
    names = _names(agents)
    rows = Queue.objects.filter(tenant=tenant).select_related("hours").order_by("name")
    queues = rows.prefetch_related("members", "overflows__to")
    return plain.Centre(
        tenant.label,
        {queue.name: _queue(queue, names, skills) for queue in queues},
        {
            names[each.pk]: plain.Agent(
                names[each.pk], each.capacity, _named(have.get(each.pk, {}), skills), dict(speak.get(each.pk, {}))
            )
            for each in agents
        },
        timezone.get_default_timezone_name(),
        frozenset(skills.values()),
    )


def _names(agents: list[Agent]) -> dict[str, str]:
    """What agents log in with; two may be called the same."""
    return {each.pk: each.user.get_username() for each in agents}


def _queue(queue: Queue, agents: Names, skills: Names) -> plain.Queue:
    chosen = {name: getattr(queue, name) for name in ("priority", "prefer", "when_closed", "when_empty")}
    return plain.Queue(
        queue.name,
        {agents[each.agent_id]: each.level for each in queue.members.all() if each.agent_id in agents},
        _plan(queue.plan(), skills),
        queue.opening(),
        _or(queue.target_seconds, settings.TARGET_SECONDS),
        _or(queue.closed_target_seconds, settings.CLOSED_TARGET_SECONDS),
        _or(queue.target_percent, PERCENTS[LIVE]) / 100,
        gap=_or(queue.offer_gap_seconds, settings.OFFER_GAP_SECONDS),
        closing=_or(queue.closing_seconds, settings.CLOSING_SECONDS),
        grace=_or(queue.grace_seconds, settings.GRACE_SECONDS),
        max_wait=queue.max_wait_seconds,
        overflow=tuple(each.to.name for each in queue.overflows.all()),
        messaging_target=queue.messaging_target_seconds,
        mail_target=queue.mail_target_seconds,
        **chosen,
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _plan(plan: Plan, skills: Names) -> Plan:
    steps = (
        Step(step.after, None if step.requires is None else _named(step.requires, skills), step.language, step.asked)
        for step in plan.steps
    )
    return Plan(_named(plan.requires, skills), plan.language, tuple(steps))


def _named(levels: Skills, skills: Names) -> dict[str, int]:
    return {skills.get(pk, pk): level for pk, level in levels.items()}


def came_since(tenant: Tenant, since: datetime, chances: Chances) -> list[Arrival]:
    """Return who came to a tenant's queues since then: what they asked for, how long it took, when they had enough.

    What is not known yet, or never will be, is chance's.
    """
    skills = dict(Skill.objects.filter(tenant=tenant).values_list("pk", "name"))
    came = Interaction.objects.filter(tenant=tenant, entered_at__gte=since, is_remote=False).order_by(
        "entered_at", "pk"
    )
    first = came.prefetch_related("segments__queue").select_related("queue", "conversation")
    of_queue: dict[str, Chance] = {}
    arrivals = []
    for each in first:
        entered = sorted(each.segments.all(), key=lambda segment: segment.pk)
        queue = (entered[0].queue if entered else each.queue).name
        chance = of_queue.setdefault(queue, chances.of(queue))
        handle, patience = chance.handle(), chance.patience()
        arrivals.append(_arrival(each, queue, skills, handle, patience))
    return arrivals


def _arrival(each: Interaction, queue: str, skills: Names, handle: float, patience: float | None) -> Arrival:
    wish: Mapping[str, Any] = each.wish
    left = each.outcome in (Outcome.ABANDONED, Outcome.SHORT_ABANDONED)
    if each.accepted_at and each.finished_at:
        handle = (each.finished_at - each.accepted_at).total_seconds()
    if left and each.ended_at:
        patience = (each.ended_at - each.entered_at).total_seconds()
    elif each.pace != LIVE:  # nobody expects an answer at once
        patience = None
    elif each.accepted_at:
        # Who waited for so long would perhaps have waited for longer.
        waited = (each.accepted_at - each.entered_at).total_seconds()
        patience = None if patience is None else max(patience, waited)
    return Arrival(
        each.entered_at,
        queue,
        handle,
        patience,
        wish.get("language") or each.conversation.language,
        _named(wish.get("skills", {}), skills),
        each.priority,
        each.pace,
    )
