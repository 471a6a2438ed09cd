"""Where do conversations come from, and where do their callbacks go?"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import IdModel
from .tenants import Tenant


class LivingQuerySet(models.QuerySet):
    def alive(self):
        """Those not deleted; deleted rows stay for the history that names them."""
        return self.filter(deleted_at=None)

    def of_clients(self):
        """Living webhooks of client applications, not the rows that stand for remote centres."""
        return self.alive().filter(provider="")


class Webhook(IdModel):
    """Whom conversations are told to, with how it has been doing lately.

    A client application's callback URL; or, where ``provider`` is set, the remote centre of that name.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="webhooks", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=256)
    uri = models.URLField(_("URL"), max_length=2000)
    version = models.CharField(_("format"), max_length=32)  # that of a ``wire.base.Telling``
    secret = models.TextField(editable=False)  # encrypted; signs the Standard Webhooks `v1` header
    provider = models.CharField(_("provider"), max_length=64, blank=True, editable=False)
    remote_channel = models.CharField(_("channel there"), max_length=255, blank=True, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    enabled = models.BooleanField(_("enabled"), default=True)
    disabled_reason = models.CharField(_("disabled because"), max_length=32, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    paused_until = models.DateTimeField(_("paused until"), null=True, editable=False)  # the open circuit

    objects = LivingQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["tenant", "created_at", "id"], name="cc_webhook_list")]
        constraints = [
            # A remote centre belongs to one contact centre here: its callbacks name no other.
            models.UniqueConstraint(fields=["provider"], condition=~models.Q(provider=""), name="cc_webhook_provider")
        ]

    def __str__(self):
        return self.name


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

    def __str__(self):
        return self.name
