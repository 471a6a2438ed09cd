"""What do agents say often, and what follows when they have said it?"""

from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from .base import IdModel, LockingQuerySet
from .conversations import Interaction
from .queues import Agent, Queue
from .tenants import Tenant

SHORT_CODE = r"[\w-]+"  # letters of any language, digits, - and _


class PreparedResponse(IdModel):
    """A canned answer, for one queue or all, in one language; for everybody, or for the agent who owns it.

    Rows with one short code, of one queue and one owner, are versions of one answer in several languages. ``acts`` is
    what follows when it is sent: ``codes`` (ids), ``queue`` (an id), ``skills`` (levels by ids), ``priority``.
    """

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
    owner = models.ForeignKey(
        Agent,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="prepared_responses",
        verbose_name=_("owner"),
    )
    language = models.CharField(_("language"), max_length=35, default="en")
    short_code = models.CharField(
        _("short code"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("What is typed behind a slash. The same one in another language is a version of this response."),
    )
    category = models.CharField(_("category"), max_length=64, blank=True, default="", db_default="")
    title = models.CharField(_("title"), max_length=255)
    text = models.TextField(_("text"), max_length=16_000)
    acts = models.JSONField(_("acts"), default=dict, db_default={}, blank=True, editable=False)

    class Meta:
        verbose_name = _("prepared response")
        verbose_name_plural = _("prepared responses")
        ordering = ["title"]
        constraints = [
            # Not by NULLs that are the same, which SQLite has not.
            models.UniqueConstraint(
                models.F("tenant"),
                Coalesce("queue", models.Value(""), output_field=models.CharField()),
                Lower("language"),
                Coalesce("owner", models.Value(""), output_field=models.CharField()),
                Lower("short_code"),
                condition=~models.Q(short_code=""),
                name="cc_response_code",
            )
        ]

    def __str__(self) -> str:
        return self.title


class OwedActs(IdModel):
    """What a response does a moment after it was sent; until then it can be undone.

    Without ``due_at`` it was tried, and ``problems`` are what could not be done: messages with their places.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="owed_acts")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    response = models.ForeignKey(PreparedResponse, models.SET_NULL, null=True, related_name="+")
    acts = models.JSONField()
    due_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=list)

    objects = LockingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="cc_owed_acts_due")]
