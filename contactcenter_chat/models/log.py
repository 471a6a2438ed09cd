"""What happened, in order? One row per fact."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import IdModel
from .conversations import Conversation, Interaction
from .messages import Message
from .tenants import Tenant


class LogEntry(IdModel):
    """One fact of a conversation; its id is the event id of every callback that tells of it."""

    # Without an index where no query needs one, or another begins with the same column.
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="log", db_index=False)
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, related_name="log")
    message = models.OneToOneField(Message, models.CASCADE, null=True, related_name="log_entry")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)  # an event's name
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        constraints = [models.UniqueConstraint(fields=["conversation", "number"], name="cc_log_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
