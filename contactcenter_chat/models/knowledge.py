"""What is known: questions with their answers, what customers asked, and what was made of the answers."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import IdField, IdModel, LockingQuerySet, max_length
from .conversations import Conversation, Interaction
from .identity import IdentityLevel
from .language_tags import TAG_MAX
from .queues import Agent, Queue
from .tenants import Tenant

DIGEST_LENGTH = 32


class Audience(models.TextChoices):
    CUSTOMERS = "customers", _("customers and agents")
    AGENTS = "agents", _("agents alone")


class ArticleState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", pgettext_lazy("article", "retired")


class Article(IdModel):
    """A question with its answer. What it says is in its versions, one for each language; this holds for all."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="articles", verbose_name=_("tenant"))
    language = models.CharField(
        _("main language"), max_length=TAG_MAX, help_text=_("Of the version that is there in any case.")
    )
    state = models.CharField(_("state"), max_length=9, choices=ArticleState, default=ArticleState.PUBLISHED)
    category = models.CharField(_("category"), max_length=60, blank=True)
    audience = models.CharField(_("audience"), max_length=9, choices=Audience, default=Audience.CUSTOMERS)
    level = models.CharField(
        _("who customers must have shown to be"),
        max_length=7,
        choices=IdentityLevel,
        default=IdentityLevel.NONE,
    )
    queues = models.ManyToManyField(
        Queue, blank=True, related_name="articles", verbose_name=_("queues"), help_text=_("Empty: all queues.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("The last day."))
    owner = models.ForeignKey(
        Agent, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("owner")
    )
    review_on = models.DateField(_("to be reviewed on"), null=True, blank=True)
    # Where it is kept, if not here: a source of the project, and the key of the document there.
    source = models.CharField(_("source"), max_length=60, blank=True, editable=False)
    source_key = models.CharField(max_length=255, blank=True, editable=False)
    # The chat in which an agent said so, of a draft: it is deleted with that. What was reviewed stays.
    drafted_from = models.ForeignKey(
        Conversation, models.CASCADE, null=True, related_name="drafts", editable=False, verbose_name=_("drafted from")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["category", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "source_key"], condition=~models.Q(source=""), name="cc_article_source"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="cc_article_valid",
            ),
        ]

    def __str__(self) -> str:
        main = next((version for version in self.versions.all() if version.language == self.language), None)
        return main.title if main else self.pk


class ArticleVersion(IdModel):
    """What an article says in one language. ``questions`` are the question and its variants, the title first."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="versions", db_index=False)
    language = models.CharField(_("language"), max_length=TAG_MAX)
    title = models.CharField(_("question"), max_length=255, editable=False)
    questions = models.JSONField(_("questions"), default=list)
    answer = models.TextField(_("answer"), max_length=16_000)
    link = models.URLField(_("link"), max_length=2000, blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)  # of what is searched by meaning

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="cc_article_language")]
        indexes = [models.Index(fields=["tenant", "language", "title"], name="cc_article_title")]

    def __str__(self) -> str:
        return self.title


class ArticleVectors(models.Model):
    """What a version means: a vector for each of its passages, as one model of one embedder has it.

    ``vectors`` are numbers of four bytes, little-endian, ``width`` of them a vector.
    """

    version = models.OneToOneField(
        ArticleVersion, models.CASCADE, primary_key=True, related_name="vectors", db_column="version_id"
    )
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    model = models.CharField(max_length=100)  # of which embedder, and in which release
    digest = models.CharField(max_length=DIGEST_LENGTH)  # the version's when they were made
    width = models.PositiveIntegerField()
    vectors = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["tenant", "model"], name="cc_article_vectors")]

    def __str__(self) -> str:
        return f"{self.model} · {self.version_id}"


class Question(IdModel):
    """What a customer asked, in a chat or before any, and which articles are near to it.

    The words of a chat are not kept here: they are those of the customer's messages from ``first_number`` to
    ``last_number``. ``text`` holds what was asked outside of chats, for a day.
    ``found`` are dicts of ``article``, ``version``, ``passage`` and ``score``, the nearest first; None until somebody
    has looked.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False, verbose_name=_("tenant"))
    conversation = models.ForeignKey(
        Conversation,
        models.CASCADE,
        null=True,
        related_name="questions",
        db_index=False,
        verbose_name=_("conversation"),
    )
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, related_name="questions", db_index=False)
    first_number = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)  # of the text
    is_opening = models.BooleanField(default=False)  # the first that was asked in its interaction
    language = models.CharField(_("language"), max_length=TAG_MAX, blank=True)
    model = models.CharField(max_length=100, blank=True)  # what looked; empty: the words did
    found = models.JSONField(null=True)
    best = models.FloatField(
        _("nearness"), null=True
    )  # the score of the nearest, 0 to 1; None where only words were looked for
    is_unanswered = models.BooleanField(default=False)  # nothing near enough, or all of it refused
    is_looked_through = models.BooleanField(default=False)  # for an answer of the agent's that may be an article
    is_settled = models.BooleanField(default=False)  # somebody has seen to it that it is answered, or need not be
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    taken_until = models.DateTimeField(null=True)  # somebody is at it
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("question without an answer")
        verbose_name_plural = _("questions without an answer")
        constraints = [
            models.UniqueConstraint(fields=["interaction", "first_number", "last_number"], name="cc_question_once")
        ]
        indexes = [
            models.Index(fields=["conversation"], name="cc_question_conv", condition=~models.Q(conversation=None)),
            models.Index(
                fields=["tenant", "digest", "asked_at"], name="cc_question_text", condition=~models.Q(digest="")
            ),
            models.Index(
                fields=["interaction"],
                name="cc_question_draft",
                condition=models.Q(is_looked_through=False, interaction__isnull=False),
            ),
            models.Index(fields=["asked_at"], name="cc_question_old", condition=models.Q(conversation=None)),
            models.Index(fields=["asked_at"], name="cc_question_owed", condition=models.Q(found__isnull=True)),
            models.Index(
                fields=["tenant", "-asked_at"],
                name="cc_question_open",
                condition=models.Q(is_opening=True, is_unanswered=True, is_settled=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.first_number}–{self.last_number}"


class ArticleUse(models.Model):
    """An article that was shown to an agent in an interaction, and what the agent made of it."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="uses", db_index=False)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="article_uses", db_index=False)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    version_id = IdField(max_length=max_length(ArticleVersion, "id"))  # it may be gone
    shown_at = models.DateTimeField(default=timezone.now)
    inserted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    is_edited = models.BooleanField(null=True)  # what was sent was not what was inserted
    refused_at = models.DateTimeField(null=True)  # "this did not fit"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "article"], name="cc_article_use_once"),
        ]
        indexes = [models.Index(fields=["article", "shown_at"], name="cc_article_use")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.interaction_id}"
