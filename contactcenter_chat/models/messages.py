"""What was said?

On PostgreSQL a migration adds a generated ``tsvector`` column with a GIN index; ``queries.search`` uses it.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import IdModel
from .conversations import Conversation, Interaction, Participant
from .tenants import Tenant


class DeliveryState(models.TextChoices):
    """How far a message to a remote centre has come; empty for every other message."""

    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    FAILED = "failed", _("not sent")
    DELIVERED = "delivered", _("delivered")
    READ = "read", _("read")


class Message(IdModel):
    """Text by one participant; ``number`` is that of its log row."""

    # Without an index where no query needs one, or another begins with the same column.
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages", db_index=False)
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, related_name="messages")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="messages")
    author_type = models.CharField(max_length=8, choices=Participant.Type)
    text = models.TextField(_("text"), blank=True)
    # Where it was said, when the text is but a link to it; as the client said it.
    external_provider = models.JSONField(null=True, editable=False)
    number = models.PositiveIntegerField()
    client_id = models.CharField(max_length=64, blank=True)  # the sender's own id, so that a repeat is not a second
    # The model that has drafted it, for the agent who sent it, edited or not; empty for every other message.
    drafted_by = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    history = models.BooleanField(default=False)  # said before the conversation came to us
    delivery_state = models.CharField(_("delivery"), max_length=16, choices=DeliveryState, blank=True)
    delivery_reason = models.CharField(max_length=255, blank=True)  # why it was not sent
    remote_id = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="cc_message_number"),
            models.UniqueConstraint(
                fields=["conversation", "client_id"], condition=~models.Q(client_id=""), name="cc_message_client_id"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:50]

    @property
    def plain_text(self) -> str:
        """All of it as text: the words, what cards say, the names of files."""
        cards = (card.text for card in self.cards.all())
        files = (attachment.name for attachment in self.attachments.all())
        return "\n\n".join(part for part in (self.text, *cards, *files) if part)
