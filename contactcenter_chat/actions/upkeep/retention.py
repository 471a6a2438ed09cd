"""What is deleted because it is old?

A row that cannot be deleted stays, with what it needs, and keeps no other from being deleted.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet

from ...conf import settings
from ...database import atomic
from ...models import (
    ArticleFile,
    AssistantRequest,
    Attachment,
    CallbackRejection,
    Conversation,
    Customer,
    Delivery,
    Failure,
    IdempotencyRecord,
    InboundCallback,
    Message,
    Question,
    RoutingLook,
    SweepRun,
    Verification,
)
from ...models.article_files import ArticleFileState
from ...models.attachments import AttachmentState
from ...models.clock import database_now
from ...models.conversations import ConversationState
from .. import attachments
from ..knowledge import files
from ..one_by_one import Step
from ..verification import COUNTED_WITHIN

logger = logging.getLogger(__name__)

AT_ONCE = 500  # rows of one transaction, so that nobody waits long for a lock
SWEEP_RUNS_KEPT = FAILURES_KEPT = QUESTIONS_KEPT = timedelta(days=1)
ASSISTANT_KEPT = timedelta(days=30)


def purge(*, dry_run: bool = False) -> dict[str, int]:
    """Delete what is older than the settings keep it; return how many rows of each kind, by name.

    With ``dry_run`` nothing is deleted.
    """
    now = database_now()
    count = _count if dry_run else _delete
    return WHOLE.attempt_all({kind.name: partial(count, kind, now) for kind in KINDS})


def _attachments(now: datetime) -> QuerySet[Attachment]:
    """Those that nobody sent, and those whose files could not be deleted when their conversation was erased."""
    unsent = Q(message=None, created_at__lt=now - timedelta(hours=settings.ATTACHMENT_UNSENT_HOURS))
    return Attachment.objects.filter(unsent | Q(state=AttachmentState.REMOVED))


def _article_files(now: datetime) -> QuerySet[ArticleFile]:
    """Those of no version any more, those that were taken away, and those that never arrived."""
    began = now - timedelta(hours=settings.ATTACHMENT_UNSENT_HOURS)
    lost = Q(state=ArticleFileState.RECEIVING, created_at__lt=began)
    return ArticleFile.objects.filter(lost | Q(version=None) | Q(state=ArticleFileState.REMOVED))


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


def _routing_looks(now: datetime) -> QuerySet[RoutingLook]:
    """Those whose decisions have all been deleted, with their conversations."""
    if not settings.CONVERSATION_KEEP_DAYS:
        return RoutingLook.objects.none()
    kept = now - timedelta(days=settings.CONVERSATION_KEEP_DAYS)
    return RoutingLook.objects.filter(decisions=None, made_at__lt=kept)


def _questions(now: datetime) -> QuerySet[Question]:
    """Those that were asked outside of chats; the others go with their conversations."""
    return Question.objects.filter(conversation=None, asked_at__lt=now - QUESTIONS_KEPT)


def _assistant_requests(now: datetime) -> QuerySet[AssistantRequest]:
    """What was made of them stands in messages and notes, and who drafted it beside that."""
    return AssistantRequest.objects.filter(asked_at__lt=now - ASSISTANT_KEPT)


def _verifications(now: datetime) -> QuerySet[Verification]:
    """Those by which nothing is counted any more."""
    return Verification.objects.filter(sent_at__lt=now - COUNTED_WITHIN)


def _sweep_runs(now: datetime) -> QuerySet[SweepRun]:
    return SweepRun.objects.filter(ran_at__lt=now - SWEEP_RUNS_KEPT)


def _failures(now: datetime) -> QuerySet[Failure]:
    """Those with rows that are no longer tried: they were dealt with in another way."""
    return Failure.objects.filter(last_at__lt=now - FAILURES_KEPT)


class Kind(NamedTuple):
    """Rows of one kind: ``old(now)`` are those to be deleted, ``step`` deletes one of them."""

    name: str
    step: Step
    old: Callable[[datetime], QuerySet[Any]]


WHOLE = Step("retention", tenant="")  # a kind that fails altogether keeps no other from its turn
KINDS = (
    Kind("attachments", Step("attachments_deleted"), _attachments),
    Kind("article_files", files.DELETED, _article_files),
    Kind("conversations", Step("conversations_deleted"), _conversations),
    Kind("customers", Step("customers_deleted"), _customers),
    Kind("deliveries", Step("deliveries_deleted"), _deliveries),
    Kind("callbacks", Step("callbacks_deleted"), _callbacks),
    Kind("rejections", Step("rejections_deleted"), _rejections),
    Kind("idempotency_records", Step("idempotency_records_deleted", tenant="api_key__tenant"), _idempotency_records),
    Kind("routing_looks", Step("routing_looks_deleted"), _routing_looks),
    Kind("questions", Step("questions_deleted"), _questions),
    Kind("assistant_requests", Step("assistant_requests_deleted"), _assistant_requests),
    Kind("verifications", Step("verifications_deleted"), _verifications),
    Kind("sweep_runs", Step("sweep_runs_deleted", tenant=""), _sweep_runs),
    Kind("failures", Step("failures_deleted"), _failures),
)


def _count(kind: Kind, now: datetime) -> int:
    return kind.old(now).count()


def _delete(kind: Kind, now: datetime) -> int:
    """Delete all old rows of a kind, many at a time, those of a batch that fails one by one."""
    old, deleted, last = kind.old(now).order_by("pk"), 0, None
    while ids := list((old if last is None else old.filter(pk__gt=last)).values_list("pk", flat=True)[:AT_ONCE]):
        last = ids[-1]
        try:
            deleted += _delete_together(old.model, ids)
        except Exception:  # a file's storage, or whatever the project has attached to one of the rows
            logger.warning("%s: some of %d could not be deleted together", kind.name, len(ids), exc_info=True)
            rows = old.model.objects.filter(pk__in=ids).order_by("pk")
            deleted += kind.step.run(rows, partial(_delete_one, old.model))
    return deleted


def _delete_one(model: type[Model], pk: Any) -> int:
    return _delete_together(model, [pk])


def _delete_together(model: type[Model], ids: list[Any]) -> int:
    """Delete these rows with all that belongs to them, files first; return how many were."""
    if model is Attachment:
        return attachments.remove(ids)
    if model is ArticleFile:
        return files.remove(ids)
    rows = model._default_manager.filter(pk__in=ids)
    if model is Conversation:
        attachments.remove_of_conversations(ids)
        rows = rows.filter(attachments=None)  # a file that could not be deleted is named by its row
    with atomic():
        if model is Conversation:  # its messages keep their participants from being deleted
            Message.objects.filter(conversation__in=rows).delete()
        return rows.delete()[1].get(model._meta.label, 0)
