"""Whose contact centre is it, who may call it, and with what does it sign?"""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..masking import patterns
from .base import IdModel

LABEL = RegexValidator(r"^[A-Za-z0-9_-]{1,64}\Z", _("Letters, digits, hyphen and underscore, 64 at most."))


class Tenant(IdModel):
    """One contact centre; everything else belongs to exactly one."""

    label = models.CharField(
        _("label"),
        max_length=64,
        unique=True,
        validators=[LABEL],
        help_text=_("Stands in paths and in callbacks' headers; cannot be changed later."),
    )
    name = models.CharField(_("name"), max_length=255)
    administrators = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="contactcenter_tenants",
        verbose_name=_("administrators"),
        help_text=_("Staff who see this contact centre in the admin."),
    )
    masked_patterns = models.TextField(
        _("numbers to mask"),
        blank=True,
        default="",
        db_default="",
        validators=[patterns.check],
        help_text=_(
            "What must not leave, beside cards, accounts, e-mail and telephone: one a line, # for a digit, @ for a"
            " letter, * for either, + for more of it. Example: K@#####."
        ),
    )
    reference_patterns = models.TextField(
        _("own references"),
        blank=True,
        default="",
        db_default="",
        validators=[patterns.check],
        help_text=_("Numbers of this contact centre that are never masked, written in the same way: ORD-#####."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    mass_loss_until = models.DateTimeField(null=True, editable=False)  # until then nothing is taken from lost agents

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")

    def __str__(self) -> str:
        return self.name or self.label


class ApiKey(IdModel):
    """A client application's key and secret, both stored as SHA-256 of 256 random bits.

    ``tokens`` and ``refilled_at`` are its rate limit: a token bucket that is drawn from in one statement.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="api_keys", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=255)
    prefix = models.CharField(_("key begins with"), max_length=12, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    tokens = models.FloatField(default=0, editable=False)
    refilled_at = models.FloatField(default=0, editable=False)  # seconds since 1970

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SigningKey(IdModel):
    """The keys that sign callbacks; its id is the ``kid``. The newest that is not retired signs.

    A retired key goes on being published until ``published_until``, so that what is under way can be verified.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="signing_keys", verbose_name=_("tenant"))
    rsa_private = models.TextField(editable=False)  # encrypted PEM
    ed25519_private = models.TextField(editable=False)  # encrypted PEM
    public_jwk = models.JSONField(_("public key"), editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)
    published_until = models.DateTimeField(_("published until"), null=True, editable=False)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        indexes = [models.Index(fields=["tenant", "-created_at"], name="cc_signingkey_newest")]

    def __str__(self) -> str:
        return self.pk


class IdempotencyRecord(models.Model):
    """The first answer to an Idempotency-Key, written in the transaction of what it answers."""

    id = models.BigAutoField(primary_key=True)
    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="cc_idempotency_once")]
