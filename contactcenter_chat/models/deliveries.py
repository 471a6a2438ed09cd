"""What is owed to which receiver, and what came of each attempt?

A lane is one conversation and one receiver: its deliveries leave in the order of the log, one at a time. ``due_at``
is when the lane's first pending delivery may be tried; empty when nothing is pending. ``planned`` grows whenever
something becomes pending, so that a worker that leaves the lane can tell in one statement whether it has seen all.
A worker holds a lane by a lease with a fencing token, and posts to a receiver only while it holds one of its slots.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .conversations import Conversation
from .log import LogEntry
from .receivers import Receiver
from .tenants import Tenant


class Lane(models.Model):
    """One conversation and one receiver."""

    id = models.BigAutoField(primary_key=True)
    # An index of their own is left out where a constraint's or another index begins with the same column.
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="lanes", db_index=False)
    receiver = models.ForeignKey(Receiver, models.CASCADE, related_name="lanes")
    planned = models.PositiveBigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "receiver"], name="cc_lane_once")]
        indexes = [
            models.Index(fields=["receiver", "due_at"], condition=models.Q(due_at__isnull=False), name="cc_lane_due")
        ]


class DeliverySlot(models.Model):
    """A right to post to a receiver: there are as many as posts may be in flight."""

    id = models.BigAutoField(primary_key=True)
    receiver = models.ForeignKey(Receiver, models.CASCADE, related_name="slots", db_index=False)
    number = models.PositiveSmallIntegerField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["receiver", "number"], name="cc_slot_once")]


class Delivery(models.Model):
    """One body owed to one receiver, frozen when the fact was recorded."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("dead")

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="deliveries")
    receiver = models.ForeignKey(
        Receiver, models.CASCADE, related_name="deliveries", verbose_name=_("receiver"), db_index=False
    )
    entry = models.ForeignKey(LogEntry, models.CASCADE, related_name="deliveries", db_index=False)
    number = models.PositiveIntegerField()  # of the log row: the order within the lane
    event_type = models.CharField(_("event"), max_length=40)  # the wire's name
    body = models.TextField(_("body"))
    # Who might speak for the business then, as the conversation's ``control_epoch``; null in rows of older versions.
    control_epoch = models.PositiveIntegerField(null=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    attempts_made = models.PositiveIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["entry", "receiver"], name="cc_delivery_once")]
        indexes = [
            models.Index(
                fields=["conversation", "receiver", "number"],
                condition=models.Q(state="pending"),
                name="cc_delivery_pending",
            ),
            models.Index(fields=["tenant", "-created_at", "-id"], name="cc_delivery_list"),
            models.Index(fields=["receiver", "created_at"], name="cc_delivery_receiver"),
            models.Index(fields=["tenant", "created_at"], condition=models.Q(state="dead"), name="cc_delivery_dead"),
            models.Index(fields=["state", "done_at"], name="cc_delivery_done"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.entry_id}"


class DeliveryAttempt(models.Model):
    """One try: what was answered, and how long it took."""

    id = models.BigAutoField(primary_key=True)

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    retry = models.PositiveIntegerField()  # 0, 1, …, as the header said
    started_at = models.DateTimeField(default=timezone.now)
    duration_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)  # empty: no answer
    error = models.CharField(max_length=255, blank=True)
    answer = models.TextField(blank=True)  # its beginning

    class Meta:
        ordering = ["started_at"]


class SweepRun(models.Model):
    """One look of the sweep for what the wake-ups missed; all of its counts should be 0."""

    id = models.BigAutoField(primary_key=True)
    ran_at = models.DateTimeField(default=timezone.now, db_index=True)
    late_lanes = models.PositiveIntegerField(default=0)
    late_by_ms = models.PositiveBigIntegerField(default=0)  # how long the longest of them had been due
    offers = models.PositiveIntegerField(default=0)  # that could be made, and nobody had made
    # The database knows the default: a process of an older version does not know the column.
    clock_ahead_ms = models.BigIntegerField(
        default=0, db_default=0
    )  # of the process that ran it, ahead of the database's
