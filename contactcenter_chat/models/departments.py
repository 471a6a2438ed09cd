"""Which queues belong together, and who looks after them?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import IdModel, LockingQuerySet
from .hours import OpeningHours
from .queues import Agent, Queue
from .tenants import Tenant


class Department(IdModel):
    """A named group of queues. What is handed on to it waits in its entry queue, which verbs see to that it has."""

    tenant = models.ForeignKey(
        Tenant, models.CASCADE, related_name="departments", db_index=False, verbose_name=_("tenant")
    )
    name = models.CharField(_("name"), max_length=255)
    hours = models.ForeignKey(
        OpeningHours,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="departments",
        verbose_name=_("opening hours"),
        help_text=_("What is shown of it; empty: those of its entry queue."),
    )
    supervisors = models.ManyToManyField(
        Agent,
        through="contactcenter_chat.DepartmentSupervisor",
        blank=True,
        related_name="supervised_departments",
        verbose_name=_("supervisors"),
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="cc_department_name")]

    def __str__(self) -> str:
        return self.name


class DepartmentQueue(models.Model):
    """A queue of a department; it is in no other."""

    queue = models.OneToOneField(
        Queue, models.CASCADE, primary_key=True, related_name="in_department", verbose_name=_("queue")
    )
    department = models.ForeignKey(Department, models.CASCADE, related_name="rows", verbose_name=_("department"))
    is_entry = models.BooleanField(_("entry queue"), default=False)

    class Meta:
        verbose_name = _("queue of a department")
        verbose_name_plural = _("queues of departments")
        constraints = [
            models.UniqueConstraint(
                fields=["department"], condition=models.Q(is_entry=True), name="cc_department_one_entry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.queue} · {self.department}"


class DepartmentSupervisor(models.Model):
    """An agent who looks after a department."""

    id = models.BigAutoField(primary_key=True)
    department = models.ForeignKey(
        Department, models.CASCADE, related_name="+", db_index=False, verbose_name=_("department")
    )
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", verbose_name=_("agent"))

    class Meta:
        verbose_name = _("supervisor of a department")
        verbose_name_plural = _("supervisors of departments")
        constraints = [models.UniqueConstraint(fields=["department", "agent"], name="cc_supervisor_once")]

    def __str__(self) -> str:
        return f"{self.agent} · {self.department}"
