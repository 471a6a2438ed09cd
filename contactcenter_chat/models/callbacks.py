"""What did remote centres tell us, and with which keys did they sign it?"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .conversations import Conversation
from .tenants import Tenant


class InboundCallback(models.Model):
    """A callback of a remote centre whose signature was right, as it came; it is processed afterwards.

    ``due_at`` is when a received one may be processed. ``said_at`` is the time it gives for what it tells.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        PROCESSED = "processed", _("processed")
        FAILED = "failed", _("failed")

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    provider = models.CharField(_("provider"), max_length=64)
    event_id = models.CharField(_("event id"), max_length=128)
    event_type = models.CharField(_("event"), max_length=64)  # the wire's name
    remote_conversation = models.CharField(_("conversation there"), max_length=255, blank=True)
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="callbacks")
    body = models.BinaryField()  # emptied when the conversation is erased
    sha256 = models.CharField(max_length=64)
    headers = models.JSONField(default=dict)  # those that its signatures are about
    said_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RECEIVED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "provider", "event_id"], name="cc_callback_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="received"), name="cc_callback_due"),
            models.Index(
                fields=["provider", "remote_conversation"],
                condition=~models.Q(state="processed"),
                name="cc_callback_open",
            ),
            models.Index(fields=["tenant", "-received_at", "-id"], name="cc_callback_list"),
            models.Index(fields=["state", "done_at"], name="cc_callback_done"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_id}"


class CallbackRejection(models.Model):
    """How many callbacks were refused for one reason in one hour. Of themselves nothing is kept."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    provider = models.CharField(_("provider"), max_length=64)
    reason = models.CharField(_("reason"), max_length=64)
    hour = models.DateTimeField(_("hour"))
    count = models.PositiveBigIntegerField(_("count"), default=0)
    last_at = models.DateTimeField(_("last"), default=timezone.now)

    class Meta:
        verbose_name = _("refused callbacks")
        verbose_name_plural = _("refused callbacks")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "provider", "reason", "hour"], name="cc_rejection_once"),
        ]
        indexes = [models.Index(fields=["hour"], name="cc_rejection_hour")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.reason}"


class RemoteKey(models.Model):
    """A public key of a remote centre, kept so that callbacks can be verified while its key server is down."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=64)
    kid = models.CharField(max_length=128)
    jwk = models.JSONField()
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "kid"], name="cc_remote_key_once")]
