"""Where do interactions wait, and who answers them?"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import IdModel, LockingQuerySet
from .tenants import Tenant


class WrapUpMode(models.TextChoices):
    NONE = "none", _("none")
    OPTIONAL = "optional", _("optional")
    REQUIRED = "required", _("required")
    REQUIRED_TIMED = "required_timed", _("required, with a time limit")


class Queue(IdModel):
    """Where interactions wait."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="queues", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=255)
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(300)],
        help_text=_("Seconds; empty for the setting's value."),
    )
    wrap_up_mode = models.CharField(_("wrap-up"), max_length=16, choices=WrapUpMode, default=WrapUpMode.OPTIONAL)
    wrap_up_seconds = models.PositiveSmallIntegerField(
        _("wrap-up time"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(900)],
        help_text=_("Seconds, 0 for no limit; empty for the setting's value."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="cc_queue_name")]

    def __str__(self) -> str:
        return self.name


class Presence(models.TextChoices):
    OFFLINE = "offline", _("offline")
    AVAILABLE = "available", _("available")
    ON_BREAK = "on_break", _("on a break")
    WORK_OFFLINE = "work_offline", _("working offline")
    DRAINING = "draining", _("no new chats")


class Activity(models.TextChoices):
    IDLE = "idle", _("idle")
    OFFERING = "offering", _("being offered a chat")
    HANDLING = "handling", _("in a chat")
    WRAP_UP = "wrap_up", _("wrapping up")


class Agent(IdModel):
    """A Django user who answers. ``load`` counts live offers, chats and wrap-ups and never exceeds ``capacity``."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="agents", verbose_name=_("tenant"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="contactcenter_agent", verbose_name=_("user")
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(25)],
        help_text=_("Chats at once."),
    )
    load = models.PositiveSmallIntegerField(_("load"), default=0, editable=False)
    presence = models.CharField(
        _("presence"), max_length=16, choices=Presence, default=Presence.OFFLINE, editable=False
    )
    presence_reason = models.CharField(_("reason"), max_length=64, blank=True, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    idle_since = models.DateTimeField(_("idle since"), default=timezone.now, editable=False)  # accepted or finished
    paused_until = models.DateTimeField(_("paused until"), null=True, editable=False)
    missed_in_a_row = models.PositiveSmallIntegerField(_("missed in a row"), default=0, editable=False)
    first_in_line = models.BooleanField(default=False, editable=False)  # its last offer was abandoned
    lost_at = models.DateTimeField(null=True, editable=False)  # no heartbeat; its chats go back a while later

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(load__gte=0) & models.Q(load__lte=models.F("capacity")), name="cc_agent_load"
            ),
            models.CheckConstraint(condition=models.Q(capacity__gte=1, capacity__lte=25), name="cc_agent_capacity"),
        ]
        indexes = [models.Index(fields=["presence", "last_seen_at"], name="cc_agent_presence")]

    def __str__(self) -> str:
        return self.user.get_full_name() or self.user.get_username()


class QueueMember(models.Model):
    """An agent who answers a queue."""

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey(Queue, models.CASCADE, related_name="members")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="memberships")
    level = models.PositiveSmallIntegerField(
        _("level"), default=3, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text=_("5 is best.")
    )

    class Meta:
        verbose_name = _("queue member")
        verbose_name_plural = _("queue members")
        constraints = [models.UniqueConstraint(fields=["queue", "agent"], name="cc_member_once")]

    def __str__(self) -> str:
        return f"{self.agent} · {self.queue}"


class PresenceSpan(models.Model):
    """Every second of an agent is in exactly one of these: what was chosen and what was going on."""

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="spans")
    presence = models.CharField(max_length=16, choices=Presence)
    reason = models.CharField(max_length=64, blank=True)
    activity = models.CharField(max_length=16, choices=Activity)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=models.Q(ended_at=None), name="cc_span_one_open")
        ]
        indexes = [models.Index(fields=["agent", "started_at"], name="cc_span_agent")]


class PreparedResponse(IdModel):
    """A canned answer, for one queue or all, in one language."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="prepared_responses", verbose_name=_("tenant"))
    queue = models.ForeignKey(
        Queue,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="prepared_responses",
        verbose_name=_("queue"),
        help_text=_("Empty: for all queues."),
    )
    language = models.CharField(_("language"), max_length=35, default="en")
    title = models.CharField(_("title"), max_length=255)
    text = models.TextField(_("text"), max_length=16_000)

    class Meta:
        verbose_name = _("prepared response")
        verbose_name_plural = _("prepared responses")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
