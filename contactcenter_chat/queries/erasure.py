"""Whom are we forgetting, and what is left of them?"""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..models import Attachment, Conversation, Erasure
from ..models.attachments import AttachmentState
from ..models.clock import NOW

LATECOMERS = timedelta(hours=1)  # what had begun for the customer before the erasure has been written by then


def left_of(customer_id: str) -> int:
    """How many conversations and files are still to be erased of a customer."""
    return conversations_left(customer_id).count() + files_left(customer_id).count()


def conversations_left(customer_id: str) -> QuerySet[Conversation]:
    """Those that are not erased yet."""
    return Conversation.objects.filter(customer=customer_id, erased_at=None)


def files_left(customer_id: str) -> QuerySet[Attachment]:
    """Those of erased conversations that are still in the storage."""
    return Attachment.objects.filter(conversation__customer=customer_id, state=AttachmentState.REMOVED)


def under_way() -> QuerySet[Erasure]:
    """Those with something left, and those done of late whose customer something was written for meanwhile."""
    left = Conversation.objects.filter(customer=OuterRef("customer"), erased_at=None)
    return Erasure.objects.filter(Q(done_at=None) | Q(Exists(left), done_at__gt=NOW - LATECOMERS))
