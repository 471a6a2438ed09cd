"""Is the contact centre well? What a monitor should look at.

Every figure is computed from the tables when it is asked for; the sweep alone writes down what it found.
"""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from ..conf import settings
from ..database import connection
from ..knowledge.base import model_named
from ..models import (
    Attachment,
    Delivery,
    DeliverySlot,
    Duty,
    Failure,
    InboundCallback,
    Interaction,
    Lane,
    Offer,
    Question,
    Receiver,
    SweepRun,
    Wakeup,
)
from ..models.attachments import AttachmentState
from ..models.clock import database_now, seconds_ahead
from ..models.conversations import InteractionState, OfferState
from .articles import without_vectors
from .erasure import under_way

OVERDUE = timedelta(seconds=30)  # a timer that has not acted for so long after its time is stuck
DUTY_LATE_SECONDS = 10
CLOCK_SECONDS = 5
ERASURE_SECONDS = 600
LATE_SECONDS = 60  # what is due for longer than that is a problem
RECENTLY = timedelta(hours=1)
LATELY = timedelta(days=1)
SWEEPS_MISSED = 3
WAITING = {
    "callbacks": "A callback has waited",
    "fetches": "A file has waited to be fetched",
    "knowledge": "A question has waited for a worker to look for articles",
}
SWITCHED_OFF = Q(enabled=False) & ~Q(disabled_reason="")  # a receiver, because it failed


def report(now=None):
    """Return all figures, with ``problems`` as sentences; empty when all is well."""
    now = now or database_now()
    figures = {
        "duties": duty_figures(now),
        "tasks": task_figures(now),
        "sweep": sweep_figures(now),
        "deliveries": delivery_figures(now),
        "callbacks": callback_figures(now),
        "fetches": fetch_figures(now),
        "scans": scan_figures(now),
        "knowledge": knowledge_figures(now),
        "interactions": {"stuck": stuck_interactions(now).count()},
        "failures": failure_figures(now),
        "erasures": erasure_figures(now),
        "clock": clock_figures(now),
        "database": {"oldest_transaction_seconds": oldest_transaction_seconds()},
    }
    return {**figures, "problems": problems(figures)}


def problems(figures):
    """What of these figures should not be, in sentences."""
    return [*_late(figures), *_wrong(figures)]


def _late(figures):
    """What should have been done long ago."""
    duties, tasks, sweep, deliveries = (figures[each] for each in ("duties", "tasks", "sweep", "deliveries"))
    found = []
    if duties["late_seconds"] > DUTY_LATE_SECONDS:
        found.append(f"What is due by the clock has been due for {duties['late_seconds']:.0f} s.")
    if tasks["oldest_seconds"] > LATE_SECONDS:
        found.append(f"A task has waited for {tasks['oldest_seconds']:.0f} s to begin.")
    if sweep["lag_seconds"] is None:
        found.append("The sweep has never run: is a Celery worker running?")
    elif sweep_is_late(sweep["lag_seconds"]):
        found.append(f"The sweep has not run for {sweep['lag_seconds']:.0f} s.")
    if deliveries["oldest_due_seconds"] > LATE_SECONDS:
        found.append(f"A delivery has been due for {deliveries['oldest_due_seconds']:.0f} s.")
    for subject, waits in WAITING.items():
        if (oldest := figures[subject]["oldest_seconds"]) > LATE_SECONDS:
            found.append(f"{waits} for {oldest:.0f} s.")
    if figures["scans"]["oldest_seconds"]:
        found.append(f"A file has waited to be scanned for {figures['scans']['oldest_seconds']:.0f} s.")
    if figures["erasures"]["oldest_seconds"] > ERASURE_SECONDS:
        found.append(f"A customer has been being erased for {figures['erasures']['oldest_seconds']:.0f} s.")
    return found


def _wrong(figures):
    """What goes wrong again and again."""
    found = []
    if stuck := figures["interactions"]["stuck"]:
        found.append(f"{stuck} interactions are stuck.")
    if failing := figures["failures"]["steps"]:
        found.append(f"{figures['failures']['rows_last_hour']} rows could not be dealt with: {failing}.")
    if abs(ahead := figures["clock"]["ahead_seconds"]) > CLOCK_SECONDS:
        found.append(f"The clock of this process is {_off(ahead)} the database's.")
    if abs(ahead := figures["clock"]["workers_ahead_seconds_last_hour"]) > CLOCK_SECONDS:
        found.append(f"The clock of a worker was {_off(ahead)} the database's in the last hour.")
    if (oldest := figures["database"]["oldest_transaction_seconds"]) > LATE_SECONDS:
        found.append(f"A transaction has been open for {oldest:.0f} s.")
    return found


def duty_figures(now):
    """How late what is due by the clock is."""
    due = Duty.objects.aggregate(at=Min("due_at"))["at"]
    return {"late_seconds": max(0.0, (now - due).total_seconds()) if due else 0.0}


def task_figures(now):
    """How many tasks wait in the broker to begin, and for how long the oldest of them."""
    waiting = Wakeup.objects.filter(asked_at__isnull=False).aggregate(count=Count("pk"), at=Min("asked_at"))
    oldest = (now - waiting["at"]).total_seconds() if waiting["at"] else 0.0
    return {"waiting": waiting["count"], "oldest_seconds": max(0.0, oldest)}


def sweep_figures(now):
    """How long ago the sweep ran (None: never), and what it found in the last hour, which should be 0."""
    found = SweepRun.objects.filter(ran_at__gte=now - RECENTLY).aggregate(
        late_lanes=Sum("late_lanes", default=0),
        late_by_ms=Max("late_by_ms", default=0),
        offers=Sum("offers", default=0),
    )
    return {
        "lag_seconds": sweep_lag(now),
        "late_lanes_last_hour": found["late_lanes"],
        "latest_seconds_last_hour": found["late_by_ms"] / 1000,
        "offers_last_hour": found["offers"],
    }


def sweep_lag(now):
    """How many seconds ago the sweep ran; None when it never has."""
    last = SweepRun.objects.aggregate(at=Max("ran_at"))["at"]
    return (now - last).total_seconds() if last else None


def sweep_is_late(seconds):
    """Whether a sweep that ran so many seconds ago, or never (None), should have run again."""
    return seconds is None or seconds > SWEEPS_MISSED * settings.SWEEP_SECONDS + LATE_SECONDS / 6


def delivery_figures(now):
    """What is due, what has been given up, and which receivers are not posted to."""
    due = due_lanes(now).aggregate(oldest=Min("due_at"))["oldest"]
    return {
        "lanes_due": due_lanes(now).count(),
        "oldest_due_seconds": (now - due).total_seconds() if due else 0.0,
        "dead": Delivery.objects.filter(state=Delivery.State.DEAD).count(),
        "dead_last_hour": Delivery.objects.filter(state=Delivery.State.DEAD, done_at__gte=now - RECENTLY).count(),
        "receivers_paused": Receiver.objects.filter(paused(now)).count(),
        "receivers_switched_off": Receiver.objects.filter(SWITCHED_OFF).count(),
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


def knowledge_figures(now):
    """What was asked and no worker has looked for, for how long the oldest, and which vectors are to be made.

    Without an embedder nobody is to do anything.
    """
    model = model_named()
    if not model:
        return {"questions": 0, "oldest_seconds": 0.0, "vectors": 0}
    waiting = Question.objects.filter(found__isnull=True).aggregate(count=Count("pk"), at=Min("asked_at"))
    return {
        "questions": waiting["count"],
        "oldest_seconds": max(0.0, (now - waiting["at"]).total_seconds()) if waiting["at"] else 0.0,
        "vectors": without_vectors(model).count(),
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


def scan_figures(now):
    """How many files have waited for long to be scanned, and for how long the oldest of them."""
    oldest = unscanned(now).aggregate(oldest=Min("created_at"))["oldest"]
    return {
        "late": unscanned(now).count(),
        "oldest_seconds": (now - oldest).total_seconds() if oldest else 0.0,
    }


def failure_figures(now):
    """With how many rows something went wrong in the last hour and has not succeeded since, and at which steps."""
    rows = failing(now)
    return {
        "rows_last_hour": rows.count(),
        "steps": ", ".join(rows.order_by("step").values_list("step", flat=True).distinct()),
    }


def erasure_figures(now):
    """How many customers are being erased, and since when the one of whom something has been left for longest."""
    oldest = under_way().aggregate(oldest=Min("began_at"))["oldest"]
    return {
        "under_way": under_way().count(),
        "oldest_seconds": (now - oldest).total_seconds() if oldest else 0.0,
    }


def clock_figures(now):
    """By how much clocks are ahead of the database's: this process's, and that of the sweep that was furthest off."""
    runs = SweepRun.objects.filter(ran_at__gte=now - RECENTLY)
    found = runs.aggregate(most=Max("clock_ahead_ms", default=0), least=Min("clock_ahead_ms", default=0))
    return {
        "ahead_seconds": seconds_ahead(),
        "workers_ahead_seconds_last_hour": max(found["most"], found["least"], key=abs) / 1000,
    }


def _off(ahead):
    return f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'}"


def paused(now: datetime) -> Q:
    """The condition that a receiver is not posted to for a while, because it fails."""
    return Q(enabled=True, paused_until__gt=now)


def failing(now: datetime) -> QuerySet[Failure]:
    """What went wrong in the last hour and has not succeeded since."""
    return Failure.objects.filter(last_at__gte=now - RECENTLY)


def unscanned(now: datetime) -> QuerySet[Attachment]:
    """Files that have waited for long to be scanned: nobody scans, or the scanner cannot say."""
    late = now - timedelta(seconds=LATE_SECONDS)
    return Attachment.objects.filter(state=AttachmentState.QUARANTINED, scan_at__isnull=False, created_at__lte=late)


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
    if connection().vendor != "postgresql":
        return 0.0
    with connection().cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return float(cursor.fetchone()[0])
