"""What is a conversation, who takes part, and which episodes does it have?"""

from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..events import AUTHOR_TYPES, CUSTOMER
from ..exceptions import NotFound
from .base import IdModel, LockingQuerySet
from .channels import Channel
from .customers import Customer
from .prepared import Prepared
from .queues import Agent, Queue
from .tenants import Tenant


class ConversationState(models.TextChoices):
    CREATED = "created", _("created")
    ACTIVE = "active", _("active")
    IDLE = "idle", _("idle")


class ConversationQuerySet(LockingQuerySet["Conversation"]):
    def lock(self, conversation_id: str, *, tenant_id: str | None = None) -> "Conversation":
        """Lock one conversation, of this tenant if one is named, and return it with its channel, webhook and bot.

        ``customer_participant_id`` is the customer's part in it, None while the customer has not been joined.
        Everything that is written about a conversation is written under this lock. Must be called in a
        transaction; the order of locks is queue, conversation, agent. Raises NotFound.
        """
        conversation = LOCKED.first(conversation_id=conversation_id)
        if conversation is None or tenant_id not in (None, conversation.tenant_id):
            raise NotFound("Conversation", conversation_id)
        conversation.as_locked = {field.attname: getattr(conversation, field.attname) for field in FIELDS}
        conversation.as_locked["data"] = dict(conversation.data)  # flat: else a change in place would show in both
        return conversation

    def known_there(self, *, tenant_id: str, provider: str, remote_id: str) -> Self:
        """The one that a remote centre knows by this id, as a queryset."""
        return self.filter(tenant=tenant_id, remote_id=remote_id, channel__provider=provider).exclude(remote_id="")


def _locked(conversation_id: str) -> models.QuerySet["Conversation"]:
    # A customer is joined once and for all, so it does not matter that the lock does not cover that row.
    customers = Participant.objects.filter(conversation=OuterRef("pk"), type=CUSTOMER, agent=None)
    related = ("channel__webhook", "post_agent__webhook")
    conversations = Conversation.objects.locked().select_related(*related).filter(pk=conversation_id)
    return conversations.annotate(customer_participant_id=Subquery(customers.values("pk")))  # type: ignore[no-redef]


LOCKED = Prepared(_locked, "conversation_id")


class Conversation(IdModel):
    """Durable: it never ends, it falls idle. ``last_number`` is the number of its newest log row."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="conversations", verbose_name=_("tenant"))
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="conversations", verbose_name=_("channel"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="conversations", verbose_name=_("customer"))
    state = models.CharField(_("state"), max_length=16, choices=ConversationState, default=ConversationState.CREATED)
    data = models.JSONField(_("customer's data"), default=dict)  # flat, as the client application gave it
    language = models.CharField(_("language"), max_length=35, blank=True)
    script = models.CharField(_("bot"), max_length=64, blank=True, editable=False)  # of BOTS, while it is to answer
    last_number = models.PositiveIntegerField(default=0, editable=False)
    last_queue = models.ForeignKey(Queue, models.SET_NULL, null=True, related_name="+")
    last_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    last_ended_at = models.DateTimeField(null=True, editable=False)
    is_remote = models.BooleanField(_("at a remote centre"), default=False, editable=False)
    remote_id = models.CharField(_("id there"), max_length=255, blank=True, editable=False)
    # Kept here and not looked up, so that whoever has locked the conversation knows it.
    open_interaction = models.ForeignKey("Interaction", models.SET_NULL, null=True, related_name="+")
    last_word_by = models.CharField(max_length=8, blank=True)  # an author type; decides whether the customer is silent
    last_word_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    last_active_at = models.DateTimeField(_("last active"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    objects = ConversationQuerySet.as_manager()
    as_locked: dict[str, Any] | None = None  # since ``lock``: the fields' values then, by attribute
    customer_participant_id: str  # since ``lock``; None only until the customer has been joined

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "remote_id"], condition=~models.Q(remote_id=""), name="cc_conv_remote_id"
            )
        ]
        permissions = [
            ("view_transcript", "Can read transcripts"),
            ("export_transcript", "Can export transcripts"),
        ]
        indexes = [
            models.Index(fields=["tenant", "created_at", "id"], name="cc_conv_list"),
            models.Index(fields=["tenant", "channel", "created_at", "id"], name="cc_conv_channel"),
            models.Index(fields=["tenant", "state", "created_at", "id"], name="cc_conv_state"),
            models.Index(fields=["customer", "created_at"], name="cc_conv_customer"),
            # Not over last_active_at: what changes with every message is in no index, so that updates are cheap.
            models.Index(fields=["last_ended_at"], condition=models.Q(state="idle"), name="cc_conv_retention"),
        ]

    def __str__(self) -> str:
        return self.pk


FIELDS = Conversation._meta.concrete_fields


class Participant(IdModel):
    """The customer, a bot, an agent or the system in one conversation."""

    class Type(models.TextChoices):
        CUSTOMER = "user", _("customer")
        BOT = "bot", _("bot")
        AGENT = "agent", _("agent")
        SYSTEM = "system", _("system")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants")
    type = models.CharField(max_length=8, choices=Type)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)
    remote_id = models.CharField(max_length=255, blank=True)  # of an agent of a remote centre
    remote_name = models.CharField(max_length=255, blank=True)
    read_at = models.DateTimeField(null=True)  # all that was said until then

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(type__in=AUTHOR_TYPES), name="cc_participant_type"),
            models.UniqueConstraint(
                fields=["conversation", "type"],
                condition=models.Q(agent=None, remote_id=""),
                name="cc_participant_once",
            ),
            models.UniqueConstraint(
                fields=["conversation", "remote_id"],
                condition=~models.Q(remote_id=""),
                name="cc_participant_remote",
            ),
            models.UniqueConstraint(
                fields=["conversation", "agent"], condition=models.Q(agent__isnull=False), name="cc_participant_agent"
            ),
        ]


class InteractionState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    OFFERING = "offering", _("offering")
    HANDLING = "handling", _("handling")
    WRAP_UP = "wrap_up", _("wrap-up")
    FINISHED = "finished", _("finished")


OPEN_STATES = (InteractionState.WAITING, InteractionState.OFFERING, InteractionState.HANDLING)
HELD_STATES = (InteractionState.HANDLING, InteractionState.WRAP_UP)  # an agent has it


class Outcome(models.TextChoices):
    HANDLED = "handled", _("handled")
    ABANDONED = "abandoned", _("abandoned")
    SHORT_ABANDONED = "short_abandoned", _("abandoned at once")
    TRANSFERRED = "transferred", _("transferred")
    OVERFLOWED = "overflowed", _("overflowed")
    TIMED_OUT = "timed_out", _("timed out")
    CANCELLED = "cancelled", _("cancelled")


class EndedBy(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    AGENT = "agent", _("agent")
    BOT = "bot", _("bot")
    SYSTEM = "system", _("system")


class Interaction(IdModel):
    """One episode, from being queued to being wrapped up; what is routed, timed and measured.

    ``rank_at`` is when it entered, moved earlier by its priority in minutes: the smallest is next.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="interactions", verbose_name=_("tenant"))
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="interactions", verbose_name=_("conversation")
    )
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="interactions", verbose_name=_("queue"))
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="interactions", verbose_name=_("agent"))
    state = models.CharField(_("state"), max_length=16, choices=InteractionState, default=InteractionState.WAITING)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=16, choices=EndedBy, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=0)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    rank_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    first_reply_at = models.DateTimeField(_("first reply"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    # Whom it is kept for: a transfer to an agent, or the last agent of a conversation that opens again.
    target_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    target_until = models.DateTimeField(null=True)
    return_to_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")

    # All eligible agents were asked this many times; they are asked again at that time.
    ask_round = models.PositiveSmallIntegerField(default=0)
    ask_again_at = models.DateTimeField(null=True)

    warned_at = models.DateTimeField(null=True)
    agent_typed_at = models.DateTimeField(null=True)

    wrap_up_until = models.DateTimeField(null=True)
    wrap_up_extensions = models.PositiveSmallIntegerField(default=0)
    codes_missing = models.BooleanField(_("codes missing"), default=False)  # time ran out: on the to-do list

    # Handled at a remote centre: seen here, but not routed, timed or wrapped up.
    is_remote = models.BooleanField(_("at a remote centre"), default=False, editable=False)
    remote_agent = models.CharField(_("agent there"), max_length=255, blank=True, editable=False)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(state__in=OPEN_STATES), name="cc_interaction_one_open"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=HELD_STATES) | models.Q(agent__isnull=False) | models.Q(is_remote=True),
                name="cc_interaction_held_by_agent",
            ),
            models.CheckConstraint(
                condition=models.Q(state="finished") | models.Q(finished_at=None), name="cc_interaction_finished"
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "rank_at", "id"],
                condition=models.Q(state="waiting", is_remote=False),
                name="cc_waiting",
            ),
            models.Index(
                fields=["queue", "target_agent"],
                condition=models.Q(state="waiting", target_agent__isnull=False),
                name="cc_waiting_kept",
            ),
            models.Index(fields=["agent"], condition=models.Q(state__in=HELD_STATES), name="cc_held"),
            models.Index(fields=["wrap_up_until"], condition=models.Q(state="wrap_up"), name="cc_wrap_up_due"),
            models.Index(fields=["accepted_at"], condition=models.Q(state="handling"), name="cc_handling"),
            models.Index(fields=["agent", "ended_at"], condition=models.Q(codes_missing=True), name="cc_to_do"),
            models.Index(fields=["conversation", "entered_at"], name="cc_interaction_conv"),
            models.Index(fields=["tenant", "queue", "entered_at"], name="cc_interaction_queue"),
            models.Index(fields=["tenant", "entered_at"], name="cc_interaction_list"),
            models.Index(fields=["agent", "entered_at"], name="cc_interaction_agent"),
        ]

    def __str__(self) -> str:
        return self.pk


class OfferState(models.TextChoices):
    PENDING = "pending", _("pending")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    TIMED_OUT = "timed_out", _("timed out")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Offer(IdModel):
    """One interaction offered to one agent, until it is answered or taken back."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="offers")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="offers")
    state = models.CharField(max_length=16, choices=OfferState, default=OfferState.PENDING)
    reason = models.CharField(max_length=64, blank=True)
    ask_round = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], condition=models.Q(state="pending"), name="cc_offer_one_live"
            )
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=models.Q(state="pending"), name="cc_offer_due"),
            models.Index(fields=["agent"], condition=models.Q(state="pending"), name="cc_offer_agent"),
        ]


class RoutingDecision(models.Model):
    """Why an agent was chosen: the candidates, what ruled each out, and the choice."""

    id = models.BigAutoField(primary_key=True)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="decisions")
    made_at = models.DateTimeField(default=timezone.now)
    router = models.CharField(max_length=200)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    candidates = models.JSONField(default=list)  # [{"agent", "load", "capacity", "idle_since", "ruled_out"}]

    class Meta:
        indexes = [models.Index(fields=["interaction", "made_at"], name="cc_decision")]
