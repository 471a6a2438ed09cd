"""What is a conversation, who takes part, and which episodes does it have?"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..events import AUTHOR_TYPES, CUSTOMER
from ..exceptions import NotFound
from ..routing.pace import SHARES
from .base import IdModel, LockingQuerySet
from .channels import Channel, Pace
from .customers import Customer
from .prepared import Prepared
from .queues import Agent, Queue
from .tenants import Tenant


class ConversationState(models.TextChoices):
    CREATED = "created", _("created")
    ACTIVE = "active", _("active")
    IDLE = "idle", _("idle")


class Control(models.TextChoices):
    """Who may speak for the business; empty while nobody is asked to."""

    BOT = "bot", _("bot")
    QUEUE = "queue", _("queue")
    AGENT = "agent", _("agent")
    POST_BOT = "post_bot", _("bot after the agent")


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
        return _noted(conversation)

    def lock_all(self, conversation_ids: Iterable[str]) -> dict[str, "Conversation"]:
        """Lock several, in the order of their ids, and return them by id; those that are gone are not among them."""
        locked = _with_related().filter(pk__in=conversation_ids).order_by("pk")
        return {conversation.pk: _noted(conversation) for conversation in locked}

    def known_there(self, *, tenant_id: str, provider: str, remote_id: str) -> Self:
        """The one that a remote centre knows by this id, as a queryset."""
        return self.filter(tenant=tenant_id, remote_id=remote_id, channel__provider=provider).exclude(remote_id="")


def _noted(conversation: "Conversation") -> "Conversation":
    """Note how it was locked, with the bot after its agent as it is now.

    Whoever waited for the lock is given the locked row as it became meanwhile, but what is joined as it was before.
    """
    bot = getattr(conversation, "post_agent", None)
    if (conversation.control == Control.POST_BOT) != bool(bot and bot.began_at):
        joined: Any = Conversation._meta.get_field("post_agent")
        rows = joined.related_model.objects.select_related("webhook")
        joined.set_cached_value(conversation, rows.filter(pk=conversation.pk).first())
    conversation.as_locked = {field.attname: getattr(conversation, field.attname) for field in FIELDS}
    conversation.as_locked["data"] = dict(conversation.data)  # flat: else a change in place would show in both
    return conversation


def _locked(conversation_id: str) -> models.QuerySet["Conversation"]:
    return _with_related().filter(pk=conversation_id)


def _with_related() -> models.QuerySet["Conversation"]:
    # A customer is joined once and for all, so it does not matter that the lock does not cover that row.
    customers = Participant.objects.filter(conversation=OuterRef("pk"), type=CUSTOMER, agent=None)
    related = ("channel__webhook", "post_agent__webhook")
    conversations = Conversation.objects.locked().select_related(*related)
    return conversations.annotate(customer_participant_id=Subquery(customers.values("pk")))  # type: ignore[no-redef]


LOCKED = Prepared(_locked, "conversation_id")


class Conversation(IdModel):
    """Durable: it never ends, it falls idle. ``last_number`` is the number of its newest log row."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="conversations", verbose_name=_("tenant"))
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="conversations", verbose_name=_("channel"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="conversations", verbose_name=_("customer"))
    state = models.CharField(_("state"), max_length=16, choices=ConversationState, default=ConversationState.CREATED)
    data = models.JSONField(_("customer's data"), default=dict)  # flat, as the client application gave it
    # Its keys, since the database keeps no order of them; null for what processes write that do not know it yet.
    data_order = models.JSONField(default=list, null=True, editable=False)
    language = models.CharField(_("language"), max_length=35, blank=True)
    asked_skills = models.JSONField(default=dict, db_default={}, editable=False)  # by a client: ids, least levels
    script = models.CharField(_("bot"), max_length=64, blank=True, editable=False)  # of BOTS, while it is to answer
    last_number = models.PositiveIntegerField(default=0, editable=False)
    last_queue = models.ForeignKey(Queue, models.SET_NULL, null=True, related_name="+")
    last_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    last_ended_at = models.DateTimeField(null=True, editable=False)
    is_remote = models.BooleanField(_("at a remote centre"), default=False, editable=False)
    remote_id = models.CharField(_("id there"), max_length=255, blank=True, editable=False)
    # Kept here and not looked up, so that whoever has locked the conversation knows it.
    open_interaction = models.ForeignKey("Interaction", models.SET_NULL, null=True, related_name="+")
    # It takes no slot of its agent, since the customer is silent.
    is_freed = models.BooleanField(default=False, db_default=False, editable=False)
    # Who may speak for the business, by name or id where that says more; ``control_epoch`` grows with each change.
    control = models.CharField(max_length=8, choices=Control, blank=True, default="", db_default="", editable=False)
    control_holder = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    control_epoch = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    last_word_by = models.CharField(max_length=8, blank=True)  # an author type; decides whether the customer is silent
    last_word_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    last_active_at = models.DateTimeField(_("last active"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    objects = ConversationQuerySet.as_manager()
    as_locked: dict[str, Any] | None = None  # since ``lock``: the fields' values then, by attribute
    bot_before = ""  # which has had it until now, in the verb that takes it: it is told what becomes of it
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

    def set_data(self, data: dict[str, Any]) -> None:
        """Have these customer's data, in this order."""
        self.data, self.data_order = data, list(data)

    @property
    def data_in_order(self) -> dict[str, Any]:
        """The customer's data as they were sent; what has no place of its own comes last."""
        first = [key for key in self.data_order or () if key in self.data]
        return {key: self.data[key] for key in dict.fromkeys([*first, *self.data])}


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


class Reason(models.TextChoices):
    """Why a bot hands a conversation over."""

    ASKED = "asked", _("the customer wants a person")
    FAILED = "failed", _("it did not know on")
    POLICY = "policy", _("it had its number of turns")
    TIMEOUT = "timeout", _("it took too long")
    ERROR = "error", _("something went wrong")


NOTE_MAX = 2000  # characters of what an agent notes of a chat
PASSED_ON = "passed_on"  # of a brief that an agent has handed on: by whom, and the note
AFTER_AGENT = (
    "after_agent"  # of a brief by a bot that had it after its agent: for how long, so that it can have it again
)
STAYS = "stays"  # of a brief whose customer was told that the bot does not take it back once more


class InteractionState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    OFFERING = "offering", _("offering")
    HANDLING = "handling", _("handling")
    WRAP_UP = "wrap_up", _("wrap-up")
    FINISHED = "finished", _("finished")


QUEUED_STATES = (InteractionState.WAITING, InteractionState.OFFERING)
OPEN_STATES = (*QUEUED_STATES, InteractionState.HANDLING)
HELD_STATES = (InteractionState.HANDLING, InteractionState.WRAP_UP)  # an agent has it


class Outcome(models.TextChoices):
    HANDLED = "handled", _("handled")
    ABANDONED = "abandoned", _("abandoned")
    SHORT_ABANDONED = "short_abandoned", _("abandoned at once")
    TRANSFERRED = "transferred", _("transferred")
    OVERFLOWED = "overflowed", _("overflowed")
    SILENT_ABANDONED = "silent_abandoned", _("left without a word")
    TIMED_OUT = "timed_out", _("timed out")
    CANCELLED = "cancelled", _("cancelled")


class EndedBy(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    AGENT = "agent", _("agent")
    BOT = "bot", _("bot")
    SYSTEM = "system", _("system")


# What its agent must be there for: neither mail, nor the chat of a customer who has been silent for long.
NEEDS_AGENT = models.Q(freed_at=None) & ~models.Q(pace=Pace.MAIL)
WAITING_HERE = models.Q(state="waiting", is_remote=False)  # as indexes say it
EXPECTING = WAITING_HERE & models.Q(is_follow_up=False, is_put_off=False)


class Interaction(IdModel):
    """One episode, from being queued to being wrapped up; what is routed and timed.

    ``entered_at`` is when it was first queued, ``queued_at`` when it was last: in the queue it is in, also by being
    taken back from an agent. ``due_at`` is when it is to be answered: the smallest is next. ``wish`` is what holds for
    it since it was queued (members of ``routing.plan.Wish``), ``required`` what that and the queue require of an agent
    now.
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
    # Its channel's when it was queued: by this it is counted and timed to its end.
    pace = models.CharField(
        _("pace"), max_length=16, choices=Pace, default=Pace.LIVE, db_default=Pace.LIVE, editable=False
    )
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    # Who left while waiting and is back soon has the place of then: the one before entered at that time.
    place_from = models.DateTimeField(null=True, editable=False)
    # Its agent had no room when the customer wrote again: it has been due since then.
    returned_at = models.DateTimeField(null=True, editable=False)
    queued_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    due_at = models.DateTimeField(_("due"), default=timezone.now, db_default=Now(), editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    first_reply_at = models.DateTimeField(_("first reply"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    # Whom it is kept for: a transfer to an agent, or the last agent of a conversation that opens again.
    target_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    target_until = models.DateTimeField(null=True)
    return_to_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")

    # All eligible agents were asked this many times; they are asked again at that time. Who said no in this round:
    ask_round = models.PositiveSmallIntegerField(default=0)
    ask_again_at = models.DateTimeField(null=True)
    asked = models.JSONField(default=list, db_default=[], editable=False)

    # Where its channel has presence: the customer's last sign of life, and since when there was none for too long.
    customer_seen_at = models.DateTimeField(null=True, editable=False)
    away_since = models.DateTimeField(_("away since"), null=True, editable=False)

    wish = models.JSONField(default=dict, db_default={}, editable=False)
    required = models.JSONField(default=dict, db_default={}, editable=False)
    step = models.PositiveSmallIntegerField(_("step"), default=0, db_default=0, editable=False)
    step_due_at = models.DateTimeField(null=True, editable=False)  # of the next one
    overflows_at = models.DateTimeField(null=True, editable=False)
    told_again_at = models.DateTimeField(null=True, editable=False)  # that it waits still
    is_put_off = models.BooleanField(default=False, db_default=False, editable=False)  # until its queue opens
    # Until then, having come shortly before closing: to that one its queue was closed, though it was open still.
    put_off_until = models.DateTimeField(null=True, editable=False)
    # Nobody expects an answer at once: no steps, no overflow, due by the target of what came while closed.
    is_follow_up = models.BooleanField(_("follow-up"), default=False, db_default=False, editable=False)
    # The same for all that the same agents may be offered: of those, the one due first is looked at.
    group_key = models.CharField(max_length=32, default="", db_default="", blank=True, editable=False)

    # The customer is silent: since when it takes no slot, when to look whether it should, how long it did not before.
    freed_at = models.DateTimeField(null=True, editable=False)
    frees_at = models.DateTimeField(null=True, editable=False)
    freed_seconds = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # What the bot that handed it over said of it, as ``bots.base.Brief`` keeps it, with its name and its reason; with
    # PASSED_ON where an agent has handed the chat on since then, AFTER_AGENT and STAYS.
    brief = models.JSONField(default=dict, db_default={}, editable=False)
    # It came of handing a chat on for the third time within an hour, or more often: so often.
    handed_round = models.PositiveSmallIntegerField(_("handed on"), default=0, db_default=0, editable=False)

    warned_at = models.DateTimeField(null=True)
    agent_typed_at = models.DateTimeField(null=True)

    # What its agent says of it at the end, and the model that has drafted that, if one has.
    note = models.TextField(_("note"), blank=True, default="", db_default="", editable=False)
    note_drafted_by = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
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
            models.Index(fields=["queue", "due_at", "id"], condition=WAITING_HERE, name="cc_waiting_due"),
            models.Index(fields=["queue", "queued_at"], condition=WAITING_HERE, name="cc_waiting_since"),
            models.Index(
                fields=["queue", "group_key", "due_at", "id"],
                condition=WAITING_HERE & models.Q(ask_again_at=None, is_put_off=False),
                name="cc_waiting_groups",
            ),
            models.Index(
                fields=["ask_again_at"],
                condition=WAITING_HERE & models.Q(ask_again_at__isnull=False),
                name="cc_waiting_again",
            ),
            models.Index(
                fields=["step_due_at"],
                condition=WAITING_HERE & models.Q(step_due_at__isnull=False),
                name="cc_waiting_step",
            ),
            models.Index(
                fields=["queue"], condition=WAITING_HERE & models.Q(is_put_off=True), name="cc_waiting_put_off"
            ),
            models.Index(
                fields=["overflows_at"],
                condition=WAITING_HERE & models.Q(overflows_at__isnull=False),
                name="cc_waiting_overflow",
            ),
            models.Index(
                fields=["told_again_at"],
                condition=WAITING_HERE & models.Q(told_again_at__isnull=False),
                name="cc_waiting_told",
            ),
            models.Index(
                fields=["customer_seen_at"],
                condition=EXPECTING & models.Q(customer_seen_at__isnull=False, away_since=None),
                name="cc_waiting_seen",
            ),
            models.Index(
                fields=["away_since"],
                condition=EXPECTING & models.Q(away_since__isnull=False),
                name="cc_waiting_away",
            ),
            models.Index(
                fields=["target_until"],
                condition=models.Q(state="waiting", target_until__isnull=False),
                name="cc_waiting_target",
            ),
            models.Index(
                fields=["queue", "target_agent"],
                condition=models.Q(state="waiting", target_agent__isnull=False),
                name="cc_waiting_kept",
            ),
            models.Index(fields=["agent"], condition=models.Q(state__in=HELD_STATES), name="cc_held"),
            models.Index(fields=["wrap_up_until"], condition=models.Q(state="wrap_up"), name="cc_wrap_up_due"),
            models.Index(fields=["accepted_at"], condition=models.Q(state="handling"), name="cc_handling"),
            models.Index(
                fields=["frees_at"],
                condition=models.Q(state="handling", frees_at__isnull=False),
                name="cc_handling_frees",
            ),
            models.Index(fields=["agent", "ended_at"], condition=models.Q(codes_missing=True), name="cc_to_do"),
            models.Index(fields=["conversation", "entered_at"], name="cc_interaction_conv"),
            models.Index(fields=["tenant", "queue", "entered_at"], name="cc_interaction_queue"),
            models.Index(fields=["tenant", "entered_at"], name="cc_interaction_list"),
            models.Index(fields=["agent", "entered_at"], name="cc_interaction_agent"),
            models.Index(
                fields=["tenant", "entered_at"], condition=models.Q(handed_round__gt=0), name="cc_handed_round"
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def brief_reason(self) -> str:
        """Why a bot handed it over, in words; empty where none did."""
        reason = self.brief.get("reason")
        return str(Reason(reason).label) if reason in Reason.values else ""

    @property
    def brief_key(self) -> str:
        """What is the same as long as the brief says the same in this interaction; empty where there is none."""
        said = json.dumps(self.brief, sort_keys=True).encode()
        return f"{self.pk}-{hashlib.blake2b(said, digest_size=6).hexdigest()}" if self.brief else ""

    @property
    def share(self) -> int:
        """Thirds of a slot that it takes of the agent to whom it is offered, or who has it."""
        return SHARES[self.pace]

    @property
    def takes(self) -> int:
        """Thirds of a slot that it takes of its agent now: none while the customer is silent for long."""
        return 0 if self.freed_at else self.share


class OfferState(models.TextChoices):
    PENDING = "pending", _("pending")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    TIMED_OUT = "timed_out", _("timed out")
    WITHDRAWN = "withdrawn", _("withdrawn")


GIVEN, PICKED = "auto", "picked"  # the reasons of an accepted offer that did not ring


class Offer(IdModel):
    """One interaction offered to one agent, until it is answered or taken back.

    One was accepted without ringing when it was given at once (the reason GIVEN), or PICKED by the agent, past so many
    (``skipped``) that were due before and that the agent could have taken as well.
    """

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="offers")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="offers")
    state = models.CharField(max_length=16, choices=OfferState, default=OfferState.PENDING)
    reason = models.CharField(max_length=64, blank=True)
    skipped = models.PositiveSmallIntegerField(null=True)
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
            models.Index(fields=["agent", "ended_at"], condition=models.Q(state="timed_out"), name="cc_offer_missed"),
            models.Index(fields=["made_at"], condition=models.Q(skipped__isnull=False), name="cc_offer_picked"),
        ]


class RoutingLook(models.Model):
    """What several decisions of one look at the queues have in common."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    candidates = models.JSONField()  # as of the first of the decisions


class RoutingDecision(models.Model):
    """Why an agent was chosen: the candidates, what ruled each out, and the choice.

    Of those made in one look at the queues, ``candidates`` are only what differs from the look's
    (``routing.records.merged``): where very many are free, most of them are the same each time.
    """

    id = models.BigAutoField(primary_key=True)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="decisions")
    made_at = models.DateTimeField(default=timezone.now)
    router = models.CharField(max_length=200)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    request = models.JSONField(default=dict, db_default={})  # what the router was asked, but for the interaction
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    look = models.ForeignKey(RoutingLook, models.RESTRICT, null=True, related_name="decisions", db_index=False)
    candidates = models.JSONField(default=list)  # as ``routing.records`` tells them; beside a look's, what differs
    ruled_out = models.JSONField(default=dict, db_default={})  # how many for which reason, also those not kept

    class Meta:
        indexes = [
            models.Index(fields=["interaction", "made_at"], name="cc_decision"),
            models.Index(fields=["look"], condition=models.Q(look__isnull=False), name="cc_decision_look"),
        ]
