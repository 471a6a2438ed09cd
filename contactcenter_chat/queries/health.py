"""Is the contact centre well? What a monitor should look at.

Every figure is computed from the tables when it is asked for; the sweep alone writes down what it found.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from ..conf import settings
from ..models import Attachment, Delivery, DeliverySlot, InboundCallback, Interaction, Lane, Offer, Receiver, SweepRun
from ..models.attachments import AttachmentState
from ..models.conversations import InteractionState, OfferState

OVERDUE = timedelta(seconds=30)  # a timer that has not acted for so long after its time is stuck
LATE_SECONDS = 60  # what is due for longer than that is a problem
RECENTLY = timedelta(hours=1)
LATELY = timedelta(days=1)
SWEEPS_MISSED = 3


def report(now=None):
    """Return all figures, with ``problems`` as sentences; empty when all is well."""
    now = now or timezone.now()
    figures = {
        "sweep": sweep_figures(now),
        "deliveries": delivery_figures(now),
        "callbacks": callback_figures(now),
        "fetches": fetch_figures(now),
        "interactions": {"stuck": stuck_interactions(now).count()},
        "database": {"oldest_transaction_seconds": oldest_transaction_seconds()},
    }
    return {**figures, "problems": problems(figures)}


def problems(figures):
    """What of these figures should not be, in sentences."""
    sweep, deliveries = figures["sweep"], figures["deliveries"]
    found = []
    if sweep["lag_seconds"] is None:
        found.append("The sweep has never run: is Celery's beat running, and a worker?")
    elif sweep["lag_seconds"] > SWEEPS_MISSED * settings.SWEEP_SECONDS + LATE_SECONDS / 6:
        found.append(f"The sweep has not run for {sweep['lag_seconds']:.0f} s.")
    if deliveries["oldest_due_seconds"] > LATE_SECONDS:
        found.append(f"A delivery has been due for {deliveries['oldest_due_seconds']:.0f} s.")
    if figures["callbacks"]["oldest_seconds"] > LATE_SECONDS:
        found.append(f"A callback has waited for {figures['callbacks']['oldest_seconds']:.0f} s.")
    if figures["fetches"]["oldest_seconds"] > LATE_SECONDS:
        found.append(f"A file has waited to be fetched for {figures['fetches']['oldest_seconds']:.0f} s.")
    if stuck := figures["interactions"]["stuck"]:
        found.append(f"{stuck} interactions are stuck.")
    if (oldest := figures["database"]["oldest_transaction_seconds"]) > LATE_SECONDS:
        found.append(f"A transaction has been open for {oldest:.0f} s.")
    return found


def sweep_figures(now):
    """How long ago the sweep ran (None: never), and what it found in the last hour, which should be 0."""
    last = SweepRun.objects.aggregate(at=Max("ran_at"))["at"]
    found = SweepRun.objects.filter(ran_at__gte=now - RECENTLY).aggregate(
        late_lanes=Sum("late_lanes", default=0),
        late_by_ms=Max("late_by_ms", default=0),
        offers=Sum("offers", default=0),
    )
    return {
        "lag_seconds": (now - last).total_seconds() if last else None,
        "late_lanes_last_hour": found["late_lanes"],
        "latest_seconds_last_hour": found["late_by_ms"] / 1000,
        "offers_last_hour": found["offers"],
    }


def delivery_figures(now):
    """What is due, what has been given up, and which receivers are not posted to."""
    due = due_lanes(now).aggregate(oldest=Min("due_at"))["oldest"]
    return {
        "lanes_due": due_lanes(now).count(),
        "oldest_due_seconds": (now - due).total_seconds() if due else 0.0,
        "dead": Delivery.objects.filter(state=Delivery.State.DEAD).count(),
        "dead_last_hour": Delivery.objects.filter(state=Delivery.State.DEAD, done_at__gte=now - RECENTLY).count(),
        "webhooks_paused": Receiver.objects.filter(enabled=True, paused_until__gt=now).count(),
        "webhooks_switched_off": Receiver.objects.filter(enabled=False).exclude(disabled_reason="").count(),
    }


def callback_figures(now):
    """What remote centres told that is to be processed, for how long the oldest has been due, and what failed."""
    waiting = InboundCallback.objects.filter(state=InboundCallback.State.RECEIVED, due_at__lte=now)
    due = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    failed = InboundCallback.objects.filter(state=InboundCallback.State.FAILED)
    return {
        "waiting": waiting.count(),
        "oldest_seconds": (now - due).total_seconds() if due else 0.0,
        "failed_last_hour": failed.filter(done_at__gte=now - RECENTLY).count(),
    }


def fetch_figures(now):
    """Which files of remote centres are to be fetched, for how long the oldest has been due, and what was given up.

    One that is given up has been tried for more than an hour, so what came in the last day is looked at.
    """
    expected = Attachment.objects.filter(state=AttachmentState.RECEIVING, fetch_at__isnull=False)
    waiting = expected.filter(fetch_at__lte=now)
    due = waiting.aggregate(oldest=Min("fetch_at"))["oldest"]
    given_up = Attachment.objects.filter(state=AttachmentState.MISSING, fetches__gt=0)
    return {
        "waiting": waiting.count(),
        "oldest_seconds": (now - due).total_seconds() if due else 0.0,
        "under_way_or_tried_again": expected.filter(fetch_at__gt=now).count(),
        "given_up_last_day": given_up.filter(created_at__gte=now - LATELY).count(),
    }


def due_lanes(now: datetime) -> QuerySet[Lane]:
    """Lanes that may be posted now."""
    ready = Q(receiver__paused_until=None) | Q(receiver__paused_until__lte=now)
    return Lane.objects.filter(ready, due_at__lte=now, receiver__enabled=True)


def forgotten_lanes(now: datetime) -> QuerySet[Lane]:
    """Due lanes that no worker has and whose receiver no worker is at: a wake-up was lost, or a worker died."""
    at_work = DeliverySlot.objects.filter(receiver=OuterRef("receiver"), lease_until__gt=now)
    return due_lanes(now).filter(Q(lease_until=None) | Q(lease_until__lte=now)).exclude(Exists(at_work))


def stuck_interactions(now):
    """Interactions that the clock should have moved on and has not."""
    overdue = now - OVERDUE
    ringing = Offer.objects.filter(interaction=OuterRef("pk"), state=OfferState.PENDING, expires_at__gt=overdue)
    lost = now - timedelta(seconds=settings.LOST_SECONDS) - OVERDUE
    return Interaction.objects.filter(
        (Q(state=InteractionState.OFFERING) & ~Exists(ringing))
        | Q(state=InteractionState.WAITING, target_until__lte=overdue)
        | Q(state=InteractionState.HANDLING, agent__lost_at__lte=lost)
        | Q(state=InteractionState.WRAP_UP, wrap_up_until__lte=overdue),
        is_remote=False,
    )


def oldest_transaction_seconds():
    """For how long the database's oldest transaction has been open; 0 where the database does not tell.

    While it is open, nothing that is deleted or changed can be cleaned up, and leasing work slows down.
    """
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return float(cursor.fetchone()[0])
