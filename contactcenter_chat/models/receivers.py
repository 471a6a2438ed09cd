"""Who is told of a conversation, where that is, and how has it been doing lately?"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import IdModel
from .tenants import Tenant


class Receiver(IdModel):
    """A client's webhook or a remote centre, as far as delivering to it goes.

    It has what every delivery reads, so that nothing else is joined there. A webhook's row has the same id, and keeps
    what its client calls it and the format it wants.
    """

    class Kind(models.TextChoices):
        WEBHOOK = "webhook", _("webhook")
        REMOTE_CENTER = "remote_center", _("remote centre")

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="receivers", verbose_name=_("tenant"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.WEBHOOK, editable=False)
    uri = models.URLField(_("URL"), max_length=2000)
    secret = models.TextField(editable=False)  # encrypted; signs the Standard Webhooks `v1` header

    # Of a remote centre
    provider = models.CharField(_("provider"), max_length=64, blank=True, editable=False)
    format = models.CharField(_("format"), max_length=32, blank=True, editable=False)  # of what it is told
    remote_channel = models.CharField(_("channel there"), max_length=255, blank=True, editable=False)

    enabled = models.BooleanField(_("enabled"), default=True)
    disabled_reason = models.CharField(_("disabled because"), max_length=32, blank=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    slow_answers = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # in a row
    paused_until = models.DateTimeField(_("paused until"), null=True, editable=False)  # the open circuit

    class Meta:
        verbose_name = _("receiver")
        verbose_name_plural = _("receivers")
        constraints = [
            # A remote centre belongs to one contact centre here: its callbacks name no other.
            models.UniqueConstraint(fields=["provider"], condition=~Q(provider=""), name="cc_receiver_provider"),
            models.CheckConstraint(
                condition=(Q(kind="remote_center") & ~Q(provider="")) | (~Q(kind="remote_center") & Q(provider="")),
                name="cc_receiver_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.provider or self.webhook.name
