"""Where do interactions wait, and who answers them?"""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..routing import order, plan
from ..routing.hours import Hours
from ..routing.pace import CLOSED_PERCENT, LIVE, MAIL, MESSAGING, PERCENTS, SLOT, slots_told
from . import people
from .base import ID_LENGTH, IdModel, LockingQuerySet
from .clock import NOW
from .hours import OpeningHours
from .tenants import Tenant

# Least and most, for the rows and for the settings that stand in for them.
CAPACITY = (1, 25)
RING_SECONDS = (5, 300)
WRAP_UP_SECONDS = (0, 900)
PRIORITY = (-10, 30)  # minutes
PERCENT = (1, 100)
OFFER_GAP_SECONDS = (0, 120)
GRACE_SECONDS = (0, 3600)
CLOSING_SECONDS = (0, 7200)
WAITING_TEXT_SECONDS = (30, 3600)  # or 0
STEPS_MOST = 6


def check_waiting_text_seconds(seconds: int) -> None:
    """Refuse what is neither 0 nor a time at which a customer may be told the same again."""
    if seconds:
        MinValueValidator(WAITING_TEXT_SECONDS[0])(seconds)
        MaxValueValidator(WAITING_TEXT_SECONDS[1])(seconds)


def percent_field(title: Any, default: int) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """A column for how many percent are to be answered within a target; empty for the default."""
    return models.PositiveSmallIntegerField(
        title,
        null=True,
        blank=True,
        validators=[MinValueValidator(PERCENT[0]), MaxValueValidator(PERCENT[1])],
        help_text=format_lazy(_("Percent, 1 to 100; empty: {default}."), default=default),
    )


class WrapUpMode(models.TextChoices):
    NONE = "none", _("none")
    OPTIONAL = "optional", _("optional")
    REQUIRED = "required", _("required")
    REQUIRED_TIMED = "required_timed", _("required, with a time limit")


class LanguageRule(models.TextChoices):
    REQUIRED = plan.REQUIRED, _("required, where somebody speaks it")
    TRANSLATE = plan.TRANSLATE, _("any, with translation")
    ANY = plan.ANY, _("any")


class Prefer(models.TextChoices):
    ENOUGH = order.ENOUGH, _("whoever is good enough, evenly")
    BEST = order.BEST, _("whoever is best")


class Unserved(models.TextChoices):
    WAIT = "wait", _("keep it waiting")
    OVERFLOW = "overflow", _("pass it on to another queue")
    MESSAGE = "message", _("tell the customer, and keep it for later")


class Distribution(models.TextChoices):
    BY_PACE = "pace", _("as the channel's pace says: mail is picked, the rest is offered")
    OFFER = "offer", _("offered: it rings")
    AUTO = "auto", _("given at once to who is at the desk")
    PICK = "pick", _("picked by agents from a list")


class Queue(IdModel):
    """Where interactions wait, and what they require of an agent.

    ``requires`` is skill ids with their least levels; ``steps`` are dicts of the members of ``routing.plan.Step``.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="queues", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=255)
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(RING_SECONDS[0]), MaxValueValidator(RING_SECONDS[1])],
        help_text=_("Seconds; empty for the setting's value."),
    )
    wrap_up_mode = models.CharField(_("wrap-up"), max_length=16, choices=WrapUpMode, default=WrapUpMode.OPTIONAL)
    wrap_up_seconds = models.PositiveSmallIntegerField(
        _("wrap-up time"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(WRAP_UP_SECONDS[1])],
        help_text=_("Seconds, 0 for no limit; empty for the setting's value."),
    )
    requires = models.JSONField(_("skills required"), default=dict, db_default={}, blank=True)
    language = models.CharField(
        _("customer's language"),
        max_length=16,
        choices=LanguageRule,
        default=LanguageRule.REQUIRED,
        db_default=LanguageRule.REQUIRED,
    )
    steps = models.JSONField(_("steps"), default=list, db_default=[], blank=True)
    prefer = models.CharField(
        _("which agent first"), max_length=8, choices=Prefer, default=Prefer.ENOUGH, db_default=Prefer.ENOUGH
    )
    distribution = models.CharField(
        _("way to an agent"),
        max_length=8,
        choices=Distribution,
        default=Distribution.BY_PACE,
        db_default=Distribution.BY_PACE,
    )
    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        db_default=0,
        validators=[MinValueValidator(PRIORITY[0]), MaxValueValidator(PRIORITY[1])],
        help_text=_("Minutes by which what waits here is due earlier."),
    )
    target_seconds = models.PositiveIntegerField(
        _("target"), null=True, blank=True, help_text=_("Seconds to the first answer; empty for the setting's value.")
    )
    target_percent = percent_field(_("answered within the target"), PERCENTS[LIVE])
    offer_gap_seconds = models.PositiveSmallIntegerField(
        _("gap between offers"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(OFFER_GAP_SECONDS[1])],
        help_text=_("Seconds; empty for the setting's value."),
    )
    hours = models.ForeignKey(
        OpeningHours,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="queues",
        verbose_name=_("opening hours"),
        help_text=_("Empty: always open."),
    )
    when_closed = models.CharField(
        _("when closed"), max_length=8, choices=Unserved, default=Unserved.WAIT, db_default=Unserved.WAIT
    )
    when_empty = models.CharField(
        _("when nobody is there"), max_length=8, choices=Unserved, default=Unserved.WAIT, db_default=Unserved.WAIT
    )
    closed_target_seconds = models.PositiveIntegerField(
        _("target of what came while closed"),
        null=True,
        blank=True,
        help_text=_("Seconds of opening time; empty for the setting's value."),
    )
    closed_target_percent = percent_field(_("answered within the target of what came while closed"), CLOSED_PERCENT)
    messaging_target_seconds = models.PositiveIntegerField(
        _("target of messaging"),
        null=True,
        blank=True,
        help_text=_("Seconds of opening time; empty: as the pace says."),
    )
    messaging_target_percent = percent_field(_("answered within the target of messaging"), PERCENTS[MESSAGING])
    mail_target_seconds = models.PositiveIntegerField(
        _("target of mail"), null=True, blank=True, help_text=_("Seconds of opening time; empty: as the pace says.")
    )
    mail_target_percent = percent_field(_("answered within the target of mail"), PERCENTS[MAIL])
    grace_seconds = models.PositiveSmallIntegerField(
        _("goes on after closing"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(GRACE_SECONDS[1])],
        help_text=_("Seconds for what waits at closing; empty for the setting's value."),
    )
    closing_seconds = models.PositiveSmallIntegerField(
        _("takes nothing new before closing"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(CLOSING_SECONDS[1])],
        help_text=_("Seconds in which what would wait past closing finds it closed; empty for the setting's value."),
    )
    max_wait_seconds = models.PositiveIntegerField(
        _("longest wait"),
        default=0,
        db_default=0,
        help_text=_("Seconds of opening time, then it overflows; 0 for no limit."),
    )
    texts = models.JSONField(_("texts for customers"), default=dict, db_default={}, blank=True)
    assisted = models.BooleanField(
        _("assistant"),
        default=False,
        db_default=False,
        help_text=_("Agents may have a model draft replies and summaries; what it reads is masked."),
    )
    waiting_text_seconds = models.PositiveSmallIntegerField(
        _("text while waiting, every"),
        default=0,
        db_default=0,
        validators=[check_waiting_text_seconds],
        help_text=_("Seconds, 30 to 3600; 0 for never."),
    )
    # What its hours make of it; the clock looks again at that time.
    is_closed = models.BooleanField(_("closed"), default=False, db_default=False, editable=False)
    opens_at = models.DateTimeField(null=True, editable=False)
    serves_until = models.DateTimeField(null=True, editable=False)  # what waited at closing
    turns_at = models.DateTimeField(null=True, editable=False)
    empty_since = models.DateTimeField(null=True, editable=False)  # nobody is there, and something waits
    # The plan has changed: what waits with an id after this one is still to be brought to it; null when all is.
    replan_after = models.CharField(max_length=ID_LENGTH, null=True, editable=False)  # noqa: DJ001  (empty: all)
    replan_again_at = models.DateTimeField(null=True, editable=False)  # once more, from the beginning
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="cc_queue_name")]
        indexes = [
            models.Index(fields=["turns_at"], condition=models.Q(turns_at__isnull=False), name="cc_queue_turns")
        ]

    def __str__(self) -> str:
        return self.name

    def opening(self) -> Hours | None:
        """Its hours, to reckon with; None where it is always open."""
        return self.hours.hours() if self.hours else None

    @cached_property
    def passes_on(self) -> bool:
        """Whether there are others to which it passes on what it does not serve."""
        return self.overflows.exists()

    def requires_skill(self, skill_id: str) -> bool:
        """Whether it requires this skill, at first or in one of its steps."""
        later = (step.get("requires") or {} for step in self.steps)
        return any(skill_id in required for required in (self.requires, *later))

    def way_of(self, pace: str) -> str:
        """How a chat of this pace comes to an agent here: OFFER, AUTO or PICK."""
        if self.distribution != Distribution.BY_PACE:
            return self.distribution
        return Distribution.PICK if pace == MAIL else Distribution.OFFER

    def plan(self) -> plan.Plan:
        """What is required of an agent here."""
        steps = tuple(plan.Step(**step) for step in self.steps)
        return plan.Plan(self.requires, self.language, steps)


class Presence(models.TextChoices):
    OFFLINE = "offline", _("offline")
    AVAILABLE = "available", _("available")
    ON_BREAK = "on_break", _("on a break")
    WORK_OFFLINE = "work_offline", _("working offline")
    DRAINING = "draining", _("no new chats")


AWAY = (Presence.OFFLINE, Presence.WORK_OFFLINE)  # not logged in; who is on a break is


class Activity(models.TextChoices):
    IDLE = "idle", _("idle")
    OFFERING = "offering", _("being offered a chat")
    HANDLING = "handling", _("in a chat")
    WRAP_UP = "wrap_up", _("wrapping up")


class AgentQuerySet(LockingQuerySet["Agent"]):
    def serving(self) -> Self:
        """Those who are agents still."""
        return self.filter(released_at=None)

    def free(self, now: datetime, share: int = 1) -> Self:
        """Those who could take one more chat of this share, in thirds of a slot; by default the least one."""
        return self.rested(now).filter(load__lte=models.F("capacity") * SLOT - max(share, 1))

    def rested(self, now: datetime) -> Self:
        """Those who are available, and pause no more."""
        rested = models.Q(paused_until=None) | models.Q(paused_until__lte=now)
        return self.serving().filter(rested, models.Q(people.active("user"), presence=Presence.AVAILABLE))

    def logged_in(self) -> Self:
        """Those who are at work, also on a break: they could take a chat in a while."""
        return self.serving().filter(people.active("user"), lost_at=None).exclude(presence__in=AWAY)

    def expected(self) -> Self:
        """Those who are at work, and those who were until many were lost at once: it is not they who have gone."""
        here = models.Q(lost_at=None) & ~models.Q(presence__in=AWAY)
        lost_together = models.Q(lost_at__isnull=False, tenant__mass_loss_until__gt=NOW)
        back = lost_together & ~models.Q(kept_presence__in=(*AWAY, ""))
        return self.serving().filter(people.active("user"), here | back)


class Agent(IdModel):
    """A Django user who answers. ``load`` is what live offers, chats and wrap-ups take, in thirds of a slot.

    What is offered fits into the ``capacity``. A chat whose customer was silent may come back to one slot more.
    One who was released is history: the same user may be another agent since then, here or elsewhere.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="agents", verbose_name=_("tenant"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="contactcenter_agents", verbose_name=_("user")
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=3,
        validators=[MinValueValidator(CAPACITY[0]), MaxValueValidator(CAPACITY[1])],
        help_text=_("Chats at once."),
    )
    # The column had another name while it counted chats: who does not know of thirds must not count in it.
    load = models.PositiveSmallIntegerField(_("load"), default=0, editable=False, db_column="load_thirds")
    presence = models.CharField(
        _("presence"), max_length=16, choices=Presence, default=Presence.OFFLINE, editable=False
    )
    presence_reason = models.CharField(_("reason"), max_length=64, blank=True, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    input_at = models.DateTimeField(null=True, editable=False)  # key or pointer at the desk, as it said last
    idle_since = models.DateTimeField(_("idle since"), default=timezone.now, editable=False)  # accepted or finished
    paused_until = models.DateTimeField(_("paused until"), null=True, editable=False)
    rested_at = models.DateTimeField(null=True, editable=False)  # then the gap after the last offer is over
    # What was chosen before the desk could not be reached; given back after a short while.
    kept_presence = models.CharField(max_length=16, choices=Presence, blank=True, editable=False)
    kept_reason = models.CharField(max_length=64, blank=True, editable=False)
    missed_in_a_row = models.PositiveSmallIntegerField(_("missed in a row"), default=0, editable=False)
    missed_at = models.DateTimeField(null=True, editable=False)  # when an offer rang out last
    first_in_line = models.BooleanField(default=False, editable=False)  # its last offer was abandoned
    lost_at = models.DateTimeField(null=True, editable=False)  # no heartbeat; its chats go back a while later
    released_at = models.DateTimeField(_("released"), null=True, editable=False)  # no agent any more

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(released_at=None), name="cc_agent_once"),
            models.CheckConstraint(
                condition=models.Q(load__gte=0) & models.Q(load__lte=models.F("capacity") * SLOT + SLOT),
                name="cc_agent_load",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=CAPACITY[0], capacity__lte=CAPACITY[1]), name="cc_agent_capacity"
            ),
        ]
        indexes = [
            models.Index(fields=["presence", "last_seen_at"], name="cc_agent_presence"),
            models.Index(fields=["rested_at"], condition=models.Q(rested_at__isnull=False), name="cc_agent_rested"),
        ]

    def __str__(self) -> str:
        return people.name_of(self.user)

    @property
    def load_told(self) -> str:
        """How many chats that is, as people read it."""
        return slots_told(self.load)


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


class QueueOverflow(models.Model):
    """Where a queue passes on what it does not serve, in this order."""

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey(Queue, models.CASCADE, related_name="overflows", db_index=False)
    to = models.ForeignKey(Queue, models.CASCADE, related_name="+", verbose_name=_("to"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("overflow")
        verbose_name_plural = _("overflow")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "to"], name="cc_overflow_once"),
            models.CheckConstraint(condition=~models.Q(queue=models.F("to")), name="cc_overflow_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.queue} → {self.to}"


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
