"""Where do conversations come from, and where do their callbacks go?"""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import IdModel, Row
from .receivers import Receiver
from .tenants import Tenant


class LivingQuerySet(models.QuerySet[Row]):
    def alive(self) -> Self:
        """Those not deleted; deleted rows stay for the history that names them."""
        return self.filter(deleted_at=None)


class Webhook(models.Model):
    """A client application's callback URL; where that is and how it has been doing is its Receiver's.

    Recording reads this row alone: the receiver's id is its key.
    """

    receiver = models.OneToOneField(
        Receiver,
        models.CASCADE,
        primary_key=True,
        db_column="id",
        related_name="webhook",
        verbose_name=_("receiver"),
    )
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="webhooks", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=256)
    version = models.CharField(_("format"), max_length=32)  # that of a ``wire.base.Format``
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)  # its receiver is switched off then

    objects = LivingQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["tenant", "created_at", "receiver"], name="cc_webhook_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def uri(self) -> str:
        """Where it is posted to."""
        return self.receiver.uri

    @property
    def enabled(self) -> bool:
        """Whether it is posted to."""
        return self.receiver.enabled


class Channel(IdModel):
    """Binds a webhook, a queue and a provider; conversations start on a channel."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="channels", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=255)
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="channels", verbose_name=_("webhook"))
    queue = models.ForeignKey(
        "contactcenter_chat.Queue", models.PROTECT, related_name="channels", verbose_name=_("queue")
    )
    provider = models.CharField(_("provider"), max_length=64, default="default")
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = LivingQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        indexes = [models.Index(fields=["tenant", "created_at", "id"], name="cc_channel_list")]

    def __str__(self) -> str:
        return self.name
