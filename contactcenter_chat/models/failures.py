"""With which rows could a step of the work not deal?"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .tenants import Tenant


class Failure(models.Model):
    """One row that one step of the work fails with: it rests until ``again_at``, longer each time, and others go on.

    It is deleted when the step has dealt with the row.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(
        Tenant, models.CASCADE, null=True, related_name="+", db_index=False, verbose_name=_("tenant")
    )
    step = models.CharField(_("step"), max_length=40)
    row = models.CharField(_("row"), max_length=64)  # its key, as text
    times = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first time"), default=timezone.now)
    last_at = models.DateTimeField(_("last time"), default=timezone.now)
    again_at = models.DateTimeField(_("tried again"))
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("failure")
        verbose_name_plural = _("failures")
        constraints = [models.UniqueConstraint(fields=["step", "row"], name="cc_failure_once")]
        indexes = [
            models.Index(fields=["tenant", "-last_at", "-id"], name="cc_failure_list"),
            models.Index(fields=["last_at"], name="cc_failure_last"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.row}"
