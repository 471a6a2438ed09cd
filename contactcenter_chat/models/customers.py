"""Who writes to us? One person is one row."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import IdModel
from .tenants import Tenant


class Customer(IdModel):
    """A person, with what was last said about them."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="customers", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=255, blank=True)
    email = models.CharField(_("e-mail"), max_length=320, blank=True)
    company = models.CharField(_("company"), max_length=255, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    opted_out_at = models.DateTimeField(_("wants no conversations that we begin, since"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["tenant", "email"], name="cc_customer_email"),
            models.Index(fields=["tenant", "created_at", "id"], name="cc_customer_list"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.pk


class CustomerIdentity(models.Model):
    """A verified name of a customer elsewhere: the client application's own id, or a verified e-mail address."""

    class Kind(models.TextChoices):
        CUSTOMER_ID = "customer_id", _("customer id")
        EMAIL = "email", _("e-mail")

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, choices=Kind)
    value = models.CharField(max_length=320)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "value"], name="cc_identity_one_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class OptOut(models.Model):
    """That the business begins no conversation with whoever has this address or id.

    Only a digest of it is kept, so that this outlasts the customer's row, and holds for others of the same person.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="cc_opt_out_once")]

    def __str__(self) -> str:
        return self.digest


class Erasure(models.Model):
    """That a person is to be forgotten; done when nothing of them is left. Until then the sweep goes on with it."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    customer = models.OneToOneField(Customer, models.CASCADE, related_name="erasure")
    began_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["done_at"], name="cc_erasure_done")]

    def __str__(self) -> str:
        return self.customer_id
