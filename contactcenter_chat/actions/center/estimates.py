"""What is who waits told of how long that will be, and what was said first?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q

from ...database import after_commit
from ...models import Interaction, Queue, QueueSnapshot, Segment, Tenant, TenantSnapshot
from ...models.clock import NOW, database_now
from ...models.conversations import InteractionState
from ...queries import estimates as reading
from ...queries.estimates import USED_FOR, Place
from ...routing.estimate import Estimate, told_after

RENEWED_AFTER = timedelta(seconds=15)


def snapshot_of_queue(queue: Queue) -> dict[str, Any]:
    """Return how a queue stands, as it did at most some seconds ago."""
    return _snapshot(QueueSnapshot, queue.pk, lambda now: reading.of_queue(queue, now))


def snapshot_of_tenant(tenant: Tenant) -> dict[str, Any]:
    """Return how all queues of a tenant stand, likewise."""
    return _snapshot(TenantSnapshot, tenant.pk, lambda now: reading.of_tenant(tenant, now))


def for_new(tenant: Tenant) -> dict[str, Any]:
    """Return the same for who comes now, in the middle of a transaction that has locked what it may.

    What others were told a moment ago will do. Where nobody was, it is counted here, and kept after the commit: the
    snapshot's row, which all share, is not to be had together with the locks of a conversation and an agent.
    """
    return _under_lock(
        TenantSnapshot,
        tenant.pk,
        take=lambda now: reading.of_tenant(tenant, now),
        renew=partial(snapshot_of_tenant, tenant),
    )


def tell_place(interaction: Interaction) -> Place:
    """Return where what waits stands, and keep what is told of it, to be compared with what comes true.

    What does not wait for an agent of this centre, or is kept for later, stands nowhere.
    """
    if not _stands(interaction):
        return Place()
    return _told(interaction, snapshot_of_queue(interaction.queue))


def tell_place_under_lock(interaction: Interaction) -> Place:
    """The same in the middle of a transaction that has locked its conversation, as ``for_new``."""
    if not _stands(interaction):
        return Place()
    queue = interaction.queue
    return _told(
        interaction,
        _under_lock(
            QueueSnapshot,
            queue.pk,
            take=lambda now: reading.of_queue(queue, now),
            renew=partial(snapshot_of_queue, queue),
        ),
    )


def _stands(interaction: Interaction) -> bool:
    is_here = interaction.state == InteractionState.WAITING and not interaction.is_remote
    return is_here and not (interaction.is_put_off or interaction.is_follow_up)


def _under_lock(
    kind: Any, of: str, *, take: Callable[[datetime], dict[str, Any]], renew: Callable[[], object]
) -> dict[str, Any]:
    """The snapshot as others have it; where nobody has, one that is kept after the commit."""
    row = _kept(kind, of)
    if row is not None:
        if row.is_old:
            after_commit(renew)
        kept: dict[str, Any] = row.content
        return kept
    now = database_now()
    content = take(now)
    after_commit(_keep_snapshot, kind, of, content, now)
    return content


def _told(interaction: Interaction, content: dict[str, Any]) -> Place:
    found = reading.place_of(interaction, content)
    return Place(found.position, found.is_exact, _keep_told(interaction, found.estimate))


def _keep_told(interaction: Interaction, expected: Estimate | None) -> Estimate | None:
    segment = Segment.objects.filter(interaction=interaction, left_at=None).first()
    if segment is None or expected is None:
        return expected
    before = Estimate(segment.told_low, segment.told_high) if segment.told_low and segment.told_high else None
    told = told_after(before, expected)
    if told is not None and (before is None or (told.low, told.high) != (before.low, before.high)):
        _keep(segment, told)
    return told


def _keep(segment: Segment, told: Estimate) -> None:
    """What was told last is where the next one starts from; what was told first is what counts."""
    Segment.objects.filter(pk=segment.pk).update(told_low=told.low, told_high=told.high)
    if segment.estimated_from is None:
        now = database_now()
        Segment.objects.filter(pk=segment.pk, estimated_from=None).update(
            estimated_from=now + timedelta(minutes=told.low - 1), estimated_until=now + timedelta(minutes=told.high)
        )


def _snapshot(kind: Any, of: str, take: Callable[[datetime], dict[str, Any]]) -> dict[str, Any]:
    """Return the one of this kind that all share.

    Who finds it old takes it anew, and others go on with it meanwhile; with one that is too old nobody does.
    """
    row = _kept(kind, of)
    if row is not None:
        not_renewed = kind._default_manager.filter(of=of).exclude(renewed_at__gt=NOW - RENEWED_AFTER)
        if not row.is_old or not not_renewed.update(renewed_at=NOW):
            kept: dict[str, Any] = row.content
            return kept
    content = take(database_now())
    _keep_snapshot(kind, of, content, NOW)
    return content


def _kept(kind: Any, of: str) -> Any:
    """The one of this kind that can be used, None without; ``is_old`` says that it is to be taken anew."""
    rows = kind._default_manager.filter(of=of, taken_at__gt=NOW - USED_FOR)
    return rows.annotate(is_old=Q(taken_at__lte=NOW - RENEWED_AFTER)).first()


def _keep_snapshot(kind: Any, of: str, content: dict[str, Any], taken_at: Any) -> None:
    new, changed = kind(of_id=of, taken_at=taken_at, content=content), ["taken_at", "content"]
    kind._default_manager.bulk_create([new], update_conflicts=True, unique_fields=["of"], update_fields=changed)
