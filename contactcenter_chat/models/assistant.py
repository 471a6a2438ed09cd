"""What did agents have a model write, and what became of it?"""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import IdModel
from .conversations import Conversation, Interaction
from .language_tags import TAG_MAX
from .queues import Agent
from .tenants import Tenant

MODEL_NAME_MAX = 100
SOME_MODEL = "model"  # kept where the endpoint needs no name of one


class AssistantKind(models.TextChoices):
    DRAFT = "draft", _("draft of a reply")
    SUMMARY = "summary", _("summary")


class AssistantState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("what a model writes", "asked")
    READY = "ready", pgettext_lazy("what a model writes", "ready")
    FAILED = "failed", pgettext_lazy("what a model writes", "failed")


class AssistantFailure(models.TextChoices):
    """Why there is no text."""

    LATE = "late", _("no answer in time")
    AWAY = "away", _("the endpoint gave no answer")
    LIMIT = "limit", _("the endpoint gives no more for now")
    TOO_LONG = "too_long", _("what it said became too long")
    NO_SOURCE = "no_source", _("nothing that it said has a source")
    NOTHING = "nothing", _("nothing was said yet")
    MASKED = "masked", _("all that was said is masked")
    GONE = "gone", _("the chat is no longer the agent's")


class AssistantRequest(IdModel):
    """That an ``agent`` asked for a draft or a summary, and what came of it. One of an interaction is open at a time.

    ``answer_by`` is when it counts as failed, whatever has become of whoever was at it. ``sources`` are dicts of
    ``title`` with ``article``, the id of one, or ``tool``, the name of one. ``text`` and ``sources`` go when the
    conversation is erased.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False, verbose_name=_("tenant"))
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="assistant_requests", verbose_name=_("conversation")
    )
    interaction = models.ForeignKey(
        Interaction,
        models.CASCADE,
        related_name="assistant_requests",
        verbose_name=_("interaction"),
        db_index=False,
    )
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+", verbose_name=_("agent"))
    kind = models.CharField(_("what for"), max_length=8, choices=AssistantKind)
    state = models.CharField(_("state"), max_length=8, choices=AssistantState, default=AssistantState.ASKED)
    failure = models.CharField(_("why not"), max_length=12, choices=AssistantFailure, blank=True)
    language = models.CharField(_("language"), max_length=TAG_MAX, blank=True)  # in which it is wanted
    text = models.TextField(_("text"), blank=True)
    sources = models.JSONField(_("sources"), default=list)
    model = models.CharField(_("model"), max_length=MODEL_NAME_MAX, blank=True)
    tokens = models.PositiveIntegerField(_("tokens"), default=0)
    asked_at = models.DateTimeField(pgettext_lazy("what a model writes", "asked"), default=timezone.now)
    answer_by = models.DateTimeField()
    began_at = models.DateTimeField(null=True)  # a worker has taken it; none takes it again
    done_at = models.DateTimeField(_("done"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)  # a message or a note was made of it
    is_edited = models.BooleanField(_("edited"), null=True)  # what was made of it says something else
    refused_at = models.DateTimeField(_("refused"), null=True)

    class Meta:
        verbose_name = _("request to the assistant")
        verbose_name_plural = _("requests to the assistant")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], condition=models.Q(state="asked"), name="cc_assistant_one_open"
            )
        ]
        indexes = [
            models.Index(fields=["interaction", "-asked_at"], name="cc_assistant_interaction"),
            models.Index(fields=["tenant", "-asked_at", "-id"], name="cc_assistant_list"),
            models.Index(fields=["asked_at"], condition=models.Q(state="asked"), name="cc_assistant_owed"),
            models.Index(fields=["asked_at"], name="cc_assistant_old"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_at:%Y-%m-%d %H:%M}"

    def is_late(self, now: datetime) -> bool:
        """Whether it counts as failed though nobody has written that down yet."""
        return self.state == AssistantState.ASKED and self.answer_by <= now

    @property
    def drafted_by(self) -> str:
        """What is kept with a message or a note that was made of it."""
        return self.model or SOME_MODEL
