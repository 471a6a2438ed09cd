"""What is deleted because it is old?"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ...conf import settings
from ...models import (
    Attachment,
    CallbackRejection,
    Conversation,
    Customer,
    Delivery,
    IdempotencyRecord,
    InboundCallback,
    Message,
    SweepRun,
)
from ...models.attachments import AttachmentState
from ...models.conversations import ConversationState
from .. import attachments

AT_ONCE = 500  # rows of one transaction, so that nobody waits long for a lock
SWEEP_RUNS_KEPT = timedelta(days=1)


def purge(*, dry_run: bool = False) -> dict[str, int]:
    """Delete what is older than the settings keep it; return how many rows of each kind, by name.

    With ``dry_run`` nothing is deleted.
    """
    counts = {}
    for old in KINDS:
        queryset = old(timezone.now())
        counts[old.__name__.strip("_")] = queryset.count() if dry_run else _delete(queryset)
    return counts


def _attachments(now: datetime) -> QuerySet[Attachment]:
    """Those that nobody sent, and those whose files could not be deleted when their conversation was erased."""
    unsent = Q(message=None, created_at__lt=now - timedelta(hours=settings.ATTACHMENT_UNSENT_HOURS))
    return Attachment.objects.filter(unsent | Q(state=AttachmentState.REMOVED))


def _conversations(now: datetime) -> QuerySet[Conversation]:
    """Nobody has written or answered for so long."""
    if not settings.CONVERSATION_KEEP_DAYS:
        return Conversation.objects.none()
    kept = now - timedelta(days=settings.CONVERSATION_KEEP_DAYS)
    # Something may have been noted after its end, but only what ended long ago can be quiet for so long.
    ended = Conversation.objects.filter(state=ConversationState.IDLE, last_ended_at__lt=kept)
    return ended.filter(last_active_at__lt=kept)


def _customers(now: datetime) -> QuerySet[Customer]:
    """Those whose conversations have all been deleted."""
    if not settings.CONVERSATION_KEEP_DAYS:
        return Customer.objects.none()
    kept = now - timedelta(days=settings.CONVERSATION_KEEP_DAYS)
    return Customer.objects.filter(conversations=None, created_at__lt=kept)


def _deliveries(now: datetime) -> QuerySet[Delivery]:
    """Those done, and those that a receiver which is switched off has missed."""
    kept = now - timedelta(days=settings.DELIVERY_KEEP_DAYS)
    missed = Q(state=Delivery.State.PENDING, created_at__lt=kept, receiver__enabled=False)
    return Delivery.objects.filter(Q(done_at__lt=kept) | missed)


def _callbacks(now: datetime) -> QuerySet[InboundCallback]:
    """Those of remote centres that are done, or that were given up."""
    done = InboundCallback.objects.exclude(state=InboundCallback.State.RECEIVED)
    return done.filter(done_at__lt=now - timedelta(days=settings.DELIVERY_KEEP_DAYS))


def _rejections(now: datetime) -> QuerySet[CallbackRejection]:
    return CallbackRejection.objects.filter(hour__lt=now - timedelta(days=settings.DELIVERY_KEEP_DAYS))


def _idempotency_records(now: datetime) -> QuerySet[IdempotencyRecord]:
    return IdempotencyRecord.objects.filter(created_at__lt=now - timedelta(days=settings.IDEMPOTENCY_DAYS))


def _sweep_runs(now: datetime) -> QuerySet[SweepRun]:
    return SweepRun.objects.filter(ran_at__lt=now - SWEEP_RUNS_KEPT)


KINDS = (
    _attachments,
    _conversations,
    _customers,
    _deliveries,
    _callbacks,
    _rejections,
    _idempotency_records,
    _sweep_runs,
)


def _delete(queryset: QuerySet[Any]) -> int:
    deleted = 0
    model = queryset.model
    while ids := list(queryset.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        if model is Attachment:
            deleted += attachments.remove(ids)
            continue
        if model is Conversation:
            attachments.remove_of_conversations(ids)
        with transaction.atomic():
            if model is Conversation:  # its messages keep their participants from being deleted
                Message.objects.filter(conversation__in=ids).delete()
            deleted += model.objects.filter(pk__in=ids).delete()[1].get(model._meta.label, 0)
    return deleted
