"""How long did a bot have a conversation, what came of it, and what is it to answer now?"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .conversations import Conversation, Reason
from .tenants import Tenant


class Miss(models.TextChoices):
    """Why what a bot said was no answer."""

    NOT_UNDERSTOOD = "not_understood", _("not understood")
    NO_ARTICLE = "no_article", _("no article")
    NOT_ALLOWED = "not_allowed", _("not allowed")
    TOOL_FAILED = "tool_failed", _("a tool failed")
    SAME_AGAIN = "same_again", _("the same was asked again")
    SAID_NO = "said_no", _("the customer said no")


class SpellEnd(models.TextChoices):
    """How a bot's time with a conversation ended."""

    HANDED_OVER = "handed_over", _("handed over")
    FAILED = "failed", pgettext_lazy("a bot", "failed")
    WITHDRAWN = "withdrawn", _("taken from it")
    BOT_CONFIRMED = "bot_confirmed", _("settled, as the customer says")
    BOT_ASSUMED = "bot_assumed", _("settled, as it seems")
    BOT_LEFT_AFTER_MISS = "bot_left_after_miss", _("the customer left without an answer")
    BOT_NO_ANSWER = "bot_no_answer", _("the bot never answered")
    UNANSWERED = "unanswered", _("the customer never answered")


CONTAINED = (SpellEnd.BOT_CONFIRMED, SpellEnd.BOT_ASSUMED)
OPEN = Q(ended_at=None)


class BotSpell(models.Model):
    """A bot's time with a conversation, from the ``epoch`` on in which it got control.

    It is a lane as well. ``due_at`` is when its next turn may begin; empty when it has answered all. ``heard`` is the
    number of the last log row that its turns were about, ``written`` how much of the current turn is written,
    and ``hearing`` the number of the last log row that that is about.
    A worker holds it by a lease with a fencing token. By ``answer_by`` it must have answered, else an agent goes on;
    by ``sign_by`` one that lives elsewhere must have given a sign. ``look_at`` is when to look whether the customer is
    still there.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="bot_spells", verbose_name=_("conversation"), db_index=False
    )
    bot = models.CharField(_("bot"), max_length=64)
    epoch = models.PositiveIntegerField()
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    end = models.CharField(_("how it ended"), max_length=24, choices=SpellEnd, blank=True)
    reason = models.CharField(_("handed over because"), max_length=16, choices=Reason, blank=True)
    code = models.CharField(_("code"), max_length=100, blank=True)
    taken_back_at = models.DateTimeField(_("came back"), null=True)  # it was settled, and then it was not
    turns = models.PositiveSmallIntegerField(_("turns"), default=0)
    answers = models.PositiveSmallIntegerField(_("answers"), default=0)  # things said that were no misses
    misses = models.JSONField(_("misses"), default=list)
    has_missed = models.BooleanField(default=False)  # with what it said last
    is_settled = models.BooleanField(default=False)  # as the customer has said last
    disclosed_at = models.DateTimeField(_("said that it is a bot"), null=True)

    heard = models.PositiveIntegerField(default=0)
    written = models.PositiveSmallIntegerField(default=0)
    hearing = models.PositiveIntegerField(default=0, db_default=0)
    memory = models.JSONField(default=dict)
    asked_digest = models.CharField(max_length=64, blank=True)  # of what was asked last
    due_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    sign_by = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    asked_more = models.BooleanField(default=False)  # whether there is anything else
    choosing = models.BooleanField(default=False)  # the customer is to say what to do while nobody is there
    brief = models.JSONField(default=dict)  # of the handover that waits for that choice
    pending = models.JSONField(default=dict, db_default={})  # a call of a tool that waits for a yes or a code
    lease_until = models.DateTimeField(null=True)
    lease_token = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("bot's time with a conversation")
        verbose_name_plural = _("bots' times with conversations")
        constraints = [models.UniqueConstraint(fields=["conversation"], condition=OPEN, name="cc_spell_open")]
        indexes = [
            models.Index(fields=["due_at"], condition=OPEN & Q(due_at__isnull=False), name="cc_spell_due"),
            models.Index(fields=["answer_by"], condition=OPEN & Q(answer_by__isnull=False), name="cc_spell_answer"),
            models.Index(fields=["sign_by"], condition=OPEN & Q(sign_by__isnull=False), name="cc_spell_sign"),
            models.Index(fields=["look_at"], condition=OPEN & Q(look_at__isnull=False), name="cc_spell_look"),
            models.Index(fields=["conversation", "-began_at"], name="cc_spell_conversation"),
            models.Index(fields=["tenant", "-began_at", "-id"], name="cc_spell_list"),
        ]

    def __str__(self) -> str:
        return f"{self.bot} {self.began_at:%Y-%m-%d %H:%M}"


class BotPause(models.Model):
    """How a bot has been doing lately for a contact centre: after several failures in a row it is not asked."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False, verbose_name=_("tenant"))
    bot = models.CharField(_("bot"), max_length=64)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    paused_until = models.DateTimeField(_("paused until"), null=True)

    class Meta:
        verbose_name = _("bot in trouble")
        verbose_name_plural = _("bots in trouble")
        constraints = [models.UniqueConstraint(fields=["tenant", "bot"], name="cc_bot_pause")]

    def __str__(self) -> str:
        return self.bot
