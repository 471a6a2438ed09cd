"""What did the wake-ups miss? The sweep finds it, has it done, and writes down how much it was."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from ...conf import settings
from ...models import Attachment, Interaction, SweepRun
from ...models.conversations import InteractionState
from ...queries.health import forgotten_lanes
from ...workers import wakeup
from ..center.routing import route_queue


def sweep() -> SweepRun:
    """Find deliveries and interactions that nobody takes care of; return the SweepRun that says how much it was."""
    now = timezone.now()
    forgotten = forgotten_lanes(now).filter(due_at__lte=now - timedelta(seconds=settings.SWEEP_SECONDS))
    late_lanes, due_at = forgotten.count(), forgotten.aggregate(at=Min("due_at"))["at"]
    if late_lanes:
        wakeup.wake_delivery()
    if Attachment.objects.filter(scan_at__lte=now - timedelta(seconds=settings.SWEEP_SECONDS)).exists():
        wakeup.wake_scanning()
    return SweepRun.objects.create(
        ran_at=now,
        late_lanes=late_lanes,
        late_by_ms=(now - due_at).total_seconds() * 1000 if due_at else 0,
        offers=_route_forgotten(now),
    )


def _route_forgotten(now: datetime) -> int:
    """Make the offers that could have been made since the last sweep; return how many."""
    waiting = Interaction.objects.filter(
        state=InteractionState.WAITING,
        is_remote=False,
        entered_at__lte=now - timedelta(seconds=settings.SWEEP_SECONDS),
    )
    return sum(route_queue(queue_id) for queue_id in waiting.values_list("queue", flat=True).distinct())
