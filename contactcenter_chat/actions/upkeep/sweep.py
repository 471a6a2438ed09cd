"""What did the wake-ups miss? The sweep finds it, has it done, and writes down how much it was.

What one row or one part of it fails with keeps it from no other.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Min, OuterRef, Q, Subquery

from ...conf import settings
from ...models import Agent, Attachment, Interaction, Offer, Queue, SweepRun
from ...models.clock import database_now, seconds_ahead
from ...models.conversations import InteractionState
from ...queries.health import forgotten_lanes
from ...workers import wakeup
from ..assistant import writing
from ..center.routing import ROUTED, route_queue
from ..knowledge import drafts, questions, vectors
from ..one_by_one import Step
from . import erasure

JUST_SECONDS = 2  # in which the clock wakes a queue after an agent's gap or pause, and it is looked at
PARTS = Step("sweep", tenant="")


def sweep() -> SweepRun:
    """Find deliveries and interactions that nobody takes care of; return the SweepRun that says how much it was."""
    ahead, now = seconds_ahead(), database_now()
    forgotten = forgotten_lanes(now).filter(due_at__lte=now - timedelta(seconds=settings.SWEEP_SECONDS))
    late_lanes, due_at = forgotten.count(), forgotten.aggregate(at=Min("due_at"))["at"]
    if late_lanes:
        wakeup.wake_delivery()
    if Attachment.objects.filter(scan_at__lte=now - timedelta(seconds=settings.SWEEP_SECONDS)).exists():
        wakeup.wake_scanning()
    run = SweepRun.objects.create(
        ran_at=now,
        late_lanes=late_lanes,
        late_by_ms=(now - due_at).total_seconds() * 1000 if due_at else 0,
        offers=PARTS.attempt_all({"offers": partial(_route_forgotten, now)})["offers"],
        clock_ahead_ms=round(ahead * 1000),
    )
    PARTS.attempt_all({"erasures": erasure.go_on, "knowledge": _wake_knowledge, "assistant": writing.fail_late})
    return run


def _wake_knowledge() -> int:
    """Have done what is owed to those who ask; return whether there was anything."""
    owed = questions.are_owed() or vectors.are_owed() or drafts.are_due()
    if owed:
        wakeup.wake_knowledge()
    return owed


def _route_forgotten(now: datetime) -> int:
    """Make the offers that could have been made since the last sweep; return how many.

    Those to agents whose gap or pause has just ended do not count: nobody had the time to forget them.
    """
    just = (now - timedelta(seconds=JUST_SECONDS), now)
    rested = Agent.objects.filter(Q(rested_at__range=just) | Q(paused_until__range=just))
    route = partial(_route, frozenset(rested.values_list("pk", flat=True)), now)
    waiting = Interaction.objects.filter(
        queue=OuterRef("pk"),
        state=InteractionState.WAITING,
        is_remote=False,
        entered_at__lte=now - timedelta(seconds=settings.SWEEP_SECONDS),
    )
    oldest = Subquery(waiting.order_by("due_at").values("due_at")[:1])
    queues = Queue.objects.annotate(oldest=oldest).filter(oldest__isnull=False).order_by("oldest", "pk")
    return ROUTED.run(queues, route)


def _route(rested: frozenset[str], now: datetime, queue_id: str) -> int:
    """Make a queue's offers; return how many, without those to agents who have just rested."""
    made = route_queue(queue_id)
    to_rested = Offer.objects.filter(agent__in=rested, made_at__gte=now) if made and rested else Offer.objects.none()
    return max(made - to_rested.count(), 0)
