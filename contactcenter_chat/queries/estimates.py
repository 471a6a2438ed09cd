"""How long will who waits have to wait, and who would come next? Read anew only every few seconds.

A snapshot of a queue has the first of what waits there, by what it requires; one of a tenant has all its queues, for
who has not come yet. What is kept for later (a closed queue's, a follow-up) is not ahead of anybody.
"""

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, When, Window
from django.db.models.functions import RowNumber

from ..models import Agent, Interaction, Queue, QueueMember, Segment, Tenant
from ..models.base import LockingQuerySet
from ..models.conversations import InteractionState
from ..routing.estimate import Estimate, HandleTimes, Slots, estimate, handle_times
from ..routing.pace import LIVE, SHARES, in_slots
from ..routing.plan import Requirement, Wish, as_kept, stage_of
from .routing import Levels, skills_of, waiting_here

LOOKED_AT = 1000  # of what waits in a queue
EXACT_TO = 50  # positions
USED_FOR = timedelta(seconds=30)  # a snapshot, by who cannot have it taken anew
RECENT, RECENTLY_ENTERED = timedelta(hours=4), timedelta(hours=12)
WEEKS = 4
SAMPLES_MOST = 200  # the newest, of each queue


@dataclass(frozen=True)
class Place:
    """Where somebody stands: the first is 1; None when that is not known."""

    position: int | None = None
    is_exact: bool = True  # otherwise it is that or more
    estimate: Estimate | None = None


@dataclass
class _Agents:
    """Who is logged in for some queues, with what each of them can do."""

    rows: Mapping[str, Agent]
    by_queue: Mapping[str, list[str]]
    skills: Levels
    languages: Levels
    busy: Mapping[str, int] = field(default_factory=Counter)  # queues with something waiting, of each

    free: Set[str] = frozenset()  # for one more chat now

    def able(self, queue_id: str, required: Requirement) -> list[Agent]:
        """Those of a queue who have what is required."""
        return [
            self.rows[each]
            for each in self.by_queue[queue_id]
            if required.is_met(self.skills.get(each, {}), self.languages.get(each, {}))
        ]

    def slots(self, queue_id: str, required: Requirement) -> Slots:
        shares = [(each, max(1, self.busy[each.pk])) for each in self.able(queue_id, required)]
        ready = [(each, share) for each, share in shares if each.pk in self.free]
        return Slots(
            sum(each.capacity / share for each, share in shares),
            sum((each.capacity - in_slots(each.load)) / share for each, share in ready),
        )

    def asked_first(self, queue: Queue) -> Requirement:
        """What a queue asks for of who comes now: a step that nobody here meets is left at once."""
        here = self.by_queue[queue.pk]
        stage = stage_of(
            queue.plan(), Wish(), 0, can_be_met=lambda required: not here or bool(self.able(queue.pk, required))
        )
        return stage.requirement


def of_queue(queue: Queue, now: datetime) -> dict[str, Any]:
    """Return the content of a QueueSnapshot."""
    rows = list(
        _ahead()
        .filter(queue=queue)
        .order_by("due_at", "pk")
        .values_list("due_at", "required", "pace")[: LOOKED_AT + 1]
    )
    due: dict[str, list[float]] = defaultdict(list)
    shares: dict[str, list[int]] = defaultdict(list)
    required = {}
    for due_at, what, pace in rows[:LOOKED_AT]:
        due[_key(what)].append(due_at.timestamp())
        shares[_key(what)].append(SHARES[pace])
        required[_key(what)] = Requirement(**what)
    agents = _agents([queue.pk], now)
    times = {
        pace: _handle_times([queue.pk], now, pace)[queue.pk]
        for pace in sorted({LIVE, *(pace for *_due, pace in rows)})
    }
    return {
        "at": now.timestamp(),
        "is_whole": len(rows) <= LOOKED_AT,
        "handle_times": {pace: asdict(each) for pace, each in times.items() if each},
        "groups": {
            key: {"due": due[key], "shares": shares[key], "slots": asdict(agents.slots(queue.pk, what))}
            for key, what in required.items()
        },
    }


def of_tenant(tenant: Tenant, now: datetime) -> dict[str, Any]:
    """Return the content of a TenantSnapshot: how long who would come live now had to wait, by the queue's id."""
    return _new_in(list(Queue.objects.filter(tenant=tenant)), now)


def _new_in(queues: list[Queue], now: datetime) -> dict[str, Any]:
    ids = [each.pk for each in queues]
    waiting = _ahead().filter(queue__in=ids).order_by().values_list("queue", "required", "pace").annotate(Count("pk"))
    ahead: dict[tuple[str, str], float] = defaultdict(float)
    for queue_id, required, pace, count in waiting:
        ahead[queue_id, _key(required)] += count * in_slots(SHARES[pace])
    agents, times = _agents(ids, now), _handle_times(ids, now)
    found = {}
    for each in queues:
        asked = agents.asked_first(each)
        slots = agents.slots(each.pk, asked)
        expected = estimate(times[each.pk], slots, ahead=ahead[each.pk, _key(as_kept(asked))])
        found[each.pk] = asdict(expected) if expected else None
    return found


def place_of(interaction: Interaction, content: Mapping[str, Any]) -> Place:
    """Return where what waits stands, by the snapshot of its queue."""
    group = content["groups"].get(_key(interaction.required))
    came_since = interaction.queued_at.timestamp() > content["at"]  # others may have come as well
    if group is None:  # nobody who requires that was there
        return Place(1 if content["is_whole"] else None, is_exact=False)
    due = group["due"]
    ahead = bisect_left(due, interaction.due_at.timestamp())
    if ahead == len(due) and not content["is_whole"]:  # behind all that was looked at
        return Place(EXACT_TO, is_exact=False)
    known = content["handle_times"].get(interaction.pace)
    expected = estimate(
        HandleTimes(**known) if known else None,
        Slots(**group["slots"]),
        ahead=in_slots(sum(group["shares"][:ahead])),
        own=in_slots(interaction.share),
    )
    return Place(min(ahead + 1, EXACT_TO), ahead < EXACT_TO and not came_since, expected)


def expected_in(queue_id: str, content: Mapping[str, Any]) -> Estimate | None:
    """Return how long who came now would wait in a queue, by the snapshot of its tenant."""
    found = content.get(queue_id)
    return Estimate(**found) if found else None


def accuracy(queue: Queue, since: datetime) -> tuple[int, int]:
    """Return for how many of who was told an estimate since then it came true, and how many those are."""
    of_queue = Segment.objects.filter(tenant=queue.tenant_id, queue=queue, entered_at__gte=since)
    known = of_queue.filter(came_true__isnull=False)
    found = known.aggregate(all=Count("pk"), right=Count("pk", filter=Q(came_true=True)))
    return found["right"], found["all"]


def _ahead() -> LockingQuerySet[Interaction]:
    return waiting_here().filter(is_put_off=False, is_follow_up=False, away_since=None)


def _key(required: Mapping[str, Any]) -> str:
    return json.dumps(required, sort_keys=True)


def _agents(queue_ids: Iterable[str], now: datetime) -> _Agents:
    rows = {each.pk: each for each in Agent.objects.logged_in().filter(memberships__queue__in=queue_ids).distinct()}
    members = QueueMember.objects.filter(agent__in=rows)
    by_queue: dict[str, list[str]] = defaultdict(list)
    for queue_id, agent_id in members.filter(queue__in=queue_ids).order_by("pk").values_list("queue", "agent"):
        by_queue[queue_id].append(agent_id)
    something = Exists(_ahead().order_by().filter(queue=OuterRef("queue")))
    busy = Counter(members.filter(something).values_list("agent", flat=True))
    free = frozenset(Agent.objects.free(now).filter(pk__in=rows).values_list("pk", flat=True))
    return _Agents(rows, by_queue, *skills_of(rows), busy, free)


def _handle_times(queue_ids: Iterable[str], now: datetime, pace: str = LIVE) -> dict[str, HandleTimes | None]:
    """How long chats of a pace take in these queues.

    Those of earlier weeks count only where the last hours say too little.
    """
    recent = _samples(queue_ids, pace, Q(entered_at__gte=now - RECENTLY_ENTERED, finished_at__gte=now - RECENT))
    found = {queue_id: handle_times(recent[queue_id]) for queue_id in queue_ids}
    thin = [queue_id for queue_id, times in found.items() if times is None]
    hour = now.replace(minute=0, second=0, microsecond=0)
    weeks = [hour - timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    same_hour = Q()
    for start in weeks:
        same_hour |= Q(entered_at__gte=start, entered_at__lt=start + timedelta(hours=1))
    earlier = _samples(thin, pace, same_hour)
    return found | {queue_id: handle_times(earlier[queue_id], is_rough=True) for queue_id in thin}


def _samples(queue_ids: Iterable[str], pace: str, when: Q) -> dict[str, list[float]]:
    newest_first = Window(RowNumber(), partition_by="queue", order_by=F("entered_at").desc())
    rows = Interaction.objects.filter(
        when,
        tenant__in=Queue.objects.filter(pk__in=queue_ids).values("tenant"),  # with which the index begins
        queue__in=queue_ids,
        state=InteractionState.FINISHED,
        accepted_at__isnull=False,
        finished_at__isnull=False,
        is_remote=False,
        pace=pace,
    )
    newest = rows.annotate(place=newest_first).filter(place__lte=SAMPLES_MOST)
    found: dict[str, list[float]] = defaultdict(list)
    freed = Case(When(freed_at__isnull=False, then=F("ended_at") - F("freed_at")), default=timedelta())
    took = ExpressionWrapper(F("finished_at") - F("accepted_at") - freed, output_field=DurationField())
    for queue_id, each, freed_before in newest.values_list("queue", took, "freed_seconds"):
        found[queue_id].append(each.total_seconds() - freed_before)
    return found
