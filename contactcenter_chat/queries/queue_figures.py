"""How do queues stand at this moment? Only what waits now is read, never what has waited once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from ..models import Agent, Interaction, Offer, Queue
from ..models.clock import database_now
from ..models.conversations import InteractionState, OfferState


@dataclass
class Waiting:
    """How many wait in a queue, those that ring among them, and since when whoever has waited there for longest."""

    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """``longest_wait`` is in whole seconds, 0 when nobody waits; ``available`` are agents who could take one more."""

    queue: Queue
    waiting: int
    longest_wait: int
    available: int


def queues_of(tenant):
    """The tenant's queues, by their names."""
    return Queue.objects.filter(tenant=tenant).order_by("name", "pk")


def waiting_in(queue_ids: Collection[str]) -> dict[str, Waiting]:
    """Return what waits in each of these queues, by the queue's id."""
    waiting = {pk: Waiting() for pk in queue_ids}
    for pk, count, since in [*_not_offered(queue_ids), *_ringing(queue_ids)]:
        found = waiting[pk]
        found.count += count
        found.since = min(found.since or since, since)
    return waiting


def standing_of(queue):
    """Return the Standing of a queue."""
    now = database_now()
    waits = waiting_in([queue.pk])[queue.pk]
    return Standing(
        queue=queue,
        waiting=waits.count,
        longest_wait=max(0, int((now - waits.since).total_seconds())) if waits.since else 0,
        available=Agent.objects.free(now).filter(memberships__queue=queue).count(),
    )


def _not_offered(queue_ids):
    waiting = Interaction.objects.filter(queue__in=queue_ids, state=InteractionState.WAITING, is_remote=False)
    return waiting.order_by().values_list("queue").annotate(count=Count("*"), since=Min("queued_at"))


def _ringing(queue_ids):
    offers = Offer.objects.filter(interaction__queue__in=queue_ids, state=OfferState.PENDING)
    return (
        offers.order_by()
        .values_list("interaction__queue")
        .annotate(count=Count("*"), since=Min("interaction__queued_at"))
    )
