"""Where do conversations come from, and where do their callbacks go?"""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..routing import pace
from ..wire.levels import Level
from .base import IdModel, Row
from .receivers import Receiver
from .tenants import Tenant

STICKY_SECONDS = (0, 3600)  # for the rows, and for the setting that stands in for them
BOT_SECONDS = (3, 120)


class LivingQuerySet(models.QuerySet[Row]):
    def alive(self) -> Self:
        """Those not deleted; deleted rows stay for the history that names them."""
        return self.filter(deleted_at=None)


class Webhook(models.Model):
    """A client application's callback URL; where that is and how it has been doing is its Receiver's.

    Recording reads this row alone: the receiver's id is its key.
    """

    receiver = models.OneToOneField(
        Receiver,
        models.CASCADE,
        primary_key=True,
        db_column="id",
        related_name="webhook",
        verbose_name=_("receiver"),
    )
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="webhooks", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=256)
    version = models.CharField(_("format"), max_length=32)  # that of a ``wire.base.Format``
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)  # its receiver is switched off then

    objects = LivingQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["tenant", "created_at", "receiver"], name="cc_webhook_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def uri(self) -> str:
        """Where it is posted to."""
        return self.receiver.uri

    @property
    def enabled(self) -> bool:
        """Whether it is posted to."""
        return self.receiver.enabled


class Pace(models.TextChoices):
    LIVE = pace.LIVE, pgettext_lazy("a channel's pace", "live")
    MESSAGING = pace.MESSAGING, pgettext_lazy("a channel's pace", "messaging")
    MAIL = pace.MAIL, pgettext_lazy("a channel's pace", "mail")


class ReopenTo(models.TextChoices):
    LAST_QUEUE = "last_queue", _("the queue that had it last")
    BOT = "bot", _("the bot")


class BotFencing(models.TextChoices):
    OFF = "off", pgettext_lazy("bots", "always")
    AGENT = "agent", _("not while an agent has the chat")


class ChannelIdentity(models.TextChoices):
    """How sure it is who its customers are, by what its application says of them."""

    CLAIMED = Level.CLAIMED.value, _("claimed, not verified")
    SIGNED = Level.SIGNED.value, _("logged in")


class Channel(IdModel):
    """Binds a webhook, a queue and a provider; conversations start on a channel."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="channels", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=255)
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="channels", verbose_name=_("webhook"))
    queue = models.ForeignKey(
        "contactcenter_chat.Queue", models.PROTECT, related_name="channels", verbose_name=_("queue")
    )
    provider = models.CharField(_("provider"), max_length=64, default="default")
    pace = models.CharField(
        _("pace"),
        max_length=16,
        choices=Pace,
        default=Pace.LIVE,
        db_default=Pace.LIVE,
        help_text=_("How soon answers are expected, and how much of an agent a chat takes. It holds for what comes."),
    )
    reopen_hours = models.PositiveIntegerField(
        _("reopens within"),
        null=True,
        blank=True,
        help_text=_("Hours after the end in which it is the same matter still; empty for the setting's value."),
    )
    sticky_seconds = models.PositiveSmallIntegerField(
        _("waits for its last agent"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(STICKY_SECONDS[1])],
        help_text=_("Seconds, 0 for not at all; empty for the setting's value."),
    )
    reopen_to = models.CharField(
        _("who gets it then"),
        max_length=16,
        choices=ReopenTo,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: whom the provider says."),
    )
    keeps_thanks = models.BooleanField(
        _("keeps thanks"),
        default=False,
        db_default=False,
        help_text=_("Who says no more than thanks within ten minutes after the end waits for nobody."),
    )
    tells_own_words = models.BooleanField(
        _("tells its own words"),
        default=False,
        db_default=False,
        help_text=_(
            "Clients whose format tells the words of agents alone are told also what the contact centre itself says."
        ),
    )
    has_presence = models.BooleanField(
        _("knows whether the customer is there"),
        default=False,
        db_default=False,
        help_text=_(
            "By typing, reading, or asking where the chat stands. Who is gone for a minute is skipped meanwhile."
        ),
    )
    bot_fencing = models.CharField(
        _("its bot may speak"),
        max_length=8,
        choices=BotFencing,
        default=BotFencing.OFF,
        db_default=BotFencing.OFF,
        help_text=_("What a bot says at other times is refused, so that it does not talk over anybody."),
    )
    bot = models.CharField(
        _("its bot"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("The name of the bot that answers first, before agents do. Empty: none."),
    )
    bot_seconds = models.PositiveSmallIntegerField(
        _("its bot gives a sign within"),
        null=True,
        blank=True,
        validators=[MinValueValidator(BOT_SECONDS[0]), MaxValueValidator(BOT_SECONDS[1])],
        help_text=_(
            "Seconds after the customer's words, for a bot that lives elsewhere; else agents go on. Empty: 15 for one"
            " that answers first by its webhook, others are not watched."
        ),
    )
    identity = models.CharField(
        _("its customers are"),
        max_length=8,
        choices=ChannelIdentity,
        default=ChannelIdentity.CLAIMED,
        db_default=ChannelIdentity.CLAIMED,
        help_text=_("Logged in: its application says of nobody who they are before they have logged in there."),
    )
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = LivingQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        indexes = [models.Index(fields=["tenant", "created_at", "id"], name="cc_channel_list")]

    def __str__(self) -> str:
        return self.name
