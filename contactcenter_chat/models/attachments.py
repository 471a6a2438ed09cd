"""What hangs on a message, beside its words?"""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..cards.base import kind_of
from .base import ID_LENGTH, IdField, IdModel, LockingQuerySet
from .conversations import Conversation, Participant
from .files import SHOWN, File
from .messages import Message
from .tenants import Tenant


class AttachmentState(models.TextChoices):
    RECEIVING = "receiving", _("being received")
    QUARANTINED = "quarantined", _("being checked")
    CLEAN = "clean", _("clean")
    INFECTED = "infected", _("infected")
    REMOVED = "removed", _("removed")
    MISSING = "missing", _("could not be fetched")


class AttachmentQuerySet(LockingQuerySet["Attachment"]):
    def received(self) -> Self:
        """Those that are there in whole, whatever is in them."""
        absent = (AttachmentState.RECEIVING, AttachmentState.REMOVED, AttachmentState.MISSING)
        return self.exclude(state__in=absent)


class Attachment(File):
    """A file of a conversation; it has no message until it is sent with one, unless a remote centre sent it."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="attachments", db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="attachments")
    author_type = models.CharField(max_length=8, choices=Participant.Type)
    position = models.PositiveSmallIntegerField(default=0)  # among those of its message
    state = models.CharField(_("state"), max_length=16, choices=AttachmentState, default=AttachmentState.RECEIVING)
    found = models.CharField(_("what the scanner found"), max_length=255, blank=True)
    scan_at = models.DateTimeField(null=True)  # when it is to be scanned, or scanned again
    remote_id = models.CharField(max_length=255, blank=True)  # at the remote centre
    source = models.TextField(blank=True)  # the address from which it is to be fetched
    fetch_at = models.DateTimeField(null=True)  # when it is to be fetched, or fetched again
    fetches = models.PositiveSmallIntegerField(default=0)  # how often that was begun
    # The id of the API key or the agent; empty also for what processes write that do not know it yet.
    uploader = IdField(max_length=ID_LENGTH, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "created_at", "id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(message=None) | ~models.Q(state="receiving") | models.Q(fetch_at__isnull=False),
                name="cc_attachment_sent_whole",
            )
        ]
        indexes = [
            models.Index(fields=["conversation", "created_at", "id"], name="cc_attachment_list"),
            models.Index(fields=["created_at"], condition=models.Q(message=None), name="cc_attachment_unsent"),
            models.Index(fields=["uploader"], condition=models.Q(message=None), name="cc_attachment_uploader"),
            models.Index(fields=["scan_at"], condition=models.Q(scan_at__isnull=False), name="cc_attachment_scan"),
            models.Index(fields=["fetch_at"], condition=models.Q(fetch_at__isnull=False), name="cc_attachment_fetch"),
            models.Index(fields=["created_at"], condition=models.Q(state="removed"), name="cc_attachment_removed"),
            models.Index(fields=["created_at"], condition=models.Q(state="missing"), name="cc_attachment_missing"),
        ]

    @property
    def is_clean(self) -> bool:
        return self.state == AttachmentState.CLEAN

    @property
    def is_waiting(self) -> bool:
        return self.state == AttachmentState.QUARANTINED

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it."""
        return self.is_clean and self.content_type in SHOWN


class Card(IdModel):
    """Something to look at and to answer by pressing a button; answered once."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="cards", db_index=False)
    position = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    content = models.JSONField()
    text = models.TextField(blank=True)  # what it says, for whoever cannot show it
    submitted_at = models.DateTimeField(null=True)
    submitted_data = models.JSONField(null=True)
    executed_at = models.DateTimeField(null=True)
    executed_data = models.JSONField(null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="cc_card_position")]

    def __str__(self) -> str:
        return self.pk

    @classmethod
    def rows_of(cls, message: Message, cards: Iterable[tuple[str, Any]]) -> list[Self]:
        """Return the rows of a message's cards, as (content type, content), which are not written yet."""
        return [
            cls(
                tenant_id=message.tenant_id,
                message=message,
                position=position,
                content_type=content_type,
                content=content,
                text=kind_of(content_type).text(content),
            )
            for position, (content_type, content) in enumerate(cards)
        ]
