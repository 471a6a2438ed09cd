"""With which words is an interaction wrapped up?"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import IdModel
from .conversations import Interaction
from .queues import Agent, Queue
from .tenants import Tenant

# Given by the contact centre itself; they stand in no list.
OWN_PREFIX = "system:"
ABANDONED = f"{OWN_PREFIX}abandoned"
CUSTOMER_IDLE = f"{OWN_PREFIX}customer_idle"
BOT_CONTAINED = f"{OWN_PREFIX}bot_contained"
NOBODY_THERE = f"{OWN_PREFIX}nobody_there"
WRAP_UP_TIMEOUT = f"{OWN_PREFIX}wrapup_timeout"
OWN_LABELS = {
    ABANDONED: _("abandoned by the customer"),
    CUSTOMER_IDLE: _("the customer fell silent"),
    BOT_CONTAINED: _("settled by a bot"),
    NOBODY_THERE: _("nobody was there"),
    WRAP_UP_TIMEOUT: _("the time to wrap up ran out"),
}


class TransactionCodeList(IdModel):
    """A vocabulary, for some queues or all."""

    class Selection(models.TextChoices):
        SINGLE = "single", _("one code")
        MULTIPLE = "multiple", _("any number of codes")

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="code_lists", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=255)
    required = models.BooleanField(_("required"), default=False)
    selection = models.CharField(_("selection"), max_length=8, choices=Selection, default=Selection.SINGLE)
    queues = models.ManyToManyField(
        Queue, blank=True, related_name="code_lists", verbose_name=_("queues"), help_text=_("Empty: all queues.")
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("transaction code list")
        verbose_name_plural = _("transaction code lists")
        ordering = ["order", "name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="cc_codelist_name")]

    def __str__(self) -> str:
        return self.name


class TransactionCode(IdModel):
    """A code, or a heading over others: only a code without children can be chosen."""

    list = models.ForeignKey(TransactionCodeList, models.CASCADE, related_name="codes", verbose_name=_("list"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("under")
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    short_code = models.CharField(_("short code"), max_length=64)
    label = models.CharField(_("label"), max_length=255)
    report_text = models.CharField(_("report text"), max_length=255, blank=True)
    external_id = models.CharField(
        _("external id"),
        max_length=255,
        blank=True,
        db_default="",
        help_text=_("What another system, such as a CRM, or a standard calls it."),
    )
    translations = models.JSONField(_("translations"), default=dict, blank=True)  # {"es": "label"}
    active_from = models.DateField(_("active from"), null=True, blank=True)
    active_to = models.DateField(_("active to"), null=True, blank=True)  # the last day
    retired_at = models.DateTimeField(pgettext_lazy("code", "retired"), null=True, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="merged")

    class Meta:
        verbose_name = _("transaction code")
        verbose_name_plural = _("transaction codes")
        ordering = ["order", "label"]
        constraints = [
            models.UniqueConstraint(fields=["list", "short_code"], name="cc_code_short"),
            models.CheckConstraint(condition=~models.Q(short_code__startswith=OWN_PREFIX), name="cc_code_not_system"),
        ]

    def __str__(self) -> str:
        return self.label


class InteractionCode(models.Model):
    """A code chosen for an interaction, kept with the words it had then."""

    id = models.BigAutoField(primary_key=True)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="codes")
    code = models.ForeignKey(TransactionCode, models.PROTECT, null=True, related_name="uses")
    short_code = models.CharField(max_length=64)
    label = models.CharField(max_length=1000)  # the whole path: "Enrolment / Fees"
    external_id = models.CharField(max_length=255, blank=True, db_default="")
    chosen_by = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interaction", "short_code"], name="cc_chosen_once")]
        indexes = [models.Index(fields=["code", "chosen_at"], name="cc_code_use")]

    def __str__(self) -> str:
        return label_of(self.short_code, self.label)


def label_of(short_code: str, label: str) -> str:
    """A chosen code in people's words: those it had, or ours for what the contact centre gave itself."""
    return str(OWN_LABELS.get(short_code, label))
