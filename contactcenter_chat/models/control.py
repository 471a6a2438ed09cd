"""Who had control of a conversation, and when?"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .conversations import Control, Conversation
from .tenants import Tenant


class ControlSpan(models.Model):
    """From its ``epoch`` to the next one, who might speak for the business; empty: nobody was asked to.

    ``holder`` is the id of an agent or a webhook, or the name of a bot.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="control_spans", db_index=False)
    epoch = models.PositiveIntegerField()
    control = models.CharField(_("control"), max_length=8, choices=Control, blank=True)
    holder = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField(_("began"), default=timezone.now)

    class Meta:
        ordering = ["epoch"]
        constraints = [models.UniqueConstraint(fields=["conversation", "epoch"], name="cc_control_epoch")]

    def __str__(self) -> str:
        return f"{self.epoch} {self.control}"
