"""What does an agent's desk show?

An agent sees the conversations it handles or handled, and those that ring at its desk; all others are not there.
"""

from dataclasses import dataclass
from hashlib import blake2b

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from ..events import AGENT, CUSTOMER, InteractionRerouted, InteractionTransferred
from ..exceptions import NotFound
from ..models import (
    Agent,
    Attachment,
    Conversation,
    Interaction,
    LogEntry,
    Message,
    Offer,
    OwedActs,
    Participant,
    people,
)
from ..models.clock import database_now
from ..models.conversations import GIVEN, HELD_STATES, InteractionState, OfferState
from ..models.queues import Presence
from ..routing.pace import has_room
from . import picking, requirements
from .queue_figures import queues_of, waiting_in

RECENT = 10  # finished chats that stay at hand


@dataclass(frozen=True)
class Snapshot:
    """Whether a desk changed, and how far its conversations are: ``numbers`` is {conversation id: newest number}."""

    version: str
    numbers: dict[str, int]


def snapshots(agent_ids):
    """Return {agent id: Snapshot}; an agent that may not work any more is not in it."""
    agents = Agent.objects.serving().filter(people.active("user"), pk__in=agent_ids)
    seen: dict[str, list[object]] = {
        pk: [row] for pk, *row in agents.values_list("pk", "presence", "presence_reason", "paused_until", "capacity")
    }
    numbers: dict[str, dict[str, int]] = {pk: {} for pk in seen}
    for agent_id, conversation_id, number, *row in [*_held_rows(seen), *_offered_rows(seen)]:
        seen[agent_id].append(row)
        numbers[agent_id][conversation_id] = number
    for agent_id, pk in _to_do().filter(agent__in=seen).values_list("agent", "pk").order_by("pk"):
        seen[agent_id].append(pk)
    for agent_id, ids in picking.pickable(seen).items():
        seen[agent_id].append(sorted(ids))
    return {pk: Snapshot(_digest(rows), numbers[pk]) for pk, rows in seen.items()}


def conversation_for(agent, conversation_id):
    """Return the conversation with its customer and channel. Raises NotFound for one that the agent may not see."""
    conversation = (
        _visible_to(agent).select_related("customer", "channel__webhook", "tenant").filter(pk=conversation_id).first()
    )
    if conversation is None:
        raise NotFound("Conversation", conversation_id)
    return conversation


def attachment_for(agent, conversation_id, attachment_id):
    """Return a file of a conversation that the agent may see. Raises NotFound."""
    conversation = conversation_for(agent, conversation_id)
    attachment = conversation.attachments.received().filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound("Attachment", attachment_id)
    return attachment


def handles(agent, conversation):
    """Whether the agent is in this chat now."""
    return handled_by(agent).filter(pk=conversation.open_interaction_id).exists()


def handled_by(agent):
    """The interactions of the chats that the agent is in now."""
    return _own(agent).filter(state=InteractionState.HANDLING)


def interaction_for(agent, interaction_id):
    """Return an interaction that the agent holds or has still to wrap up. Raises NotFound for any other."""
    interaction = _own(agent).filter(pk=interaction_id).first()
    if interaction is None:
        raise NotFound("Interaction", interaction_id)
    return interaction


def has_written(interaction: Interaction) -> bool:
    """Whether the customer has said something since the agent came."""
    messages = Message.objects.filter(interaction=interaction, author_type=CUSTOMER)
    return messages.filter(created_at__gt=interaction.accepted_at).exists()


def said_until(conversation, number):
    """When the last message up to a log number was added, or None."""
    said = Message.objects.filter(conversation=conversation, number__lte=number)
    return said.order_by("-number").values_list("created_at", flat=True).first()


def read_by_customer(conversation):
    """Until when the customer has read what was said, or None."""
    customer = Participant.objects.filter(conversation=conversation, type=CUSTOMER, agent=None)
    return customer.values_list("read_at", flat=True).first()


def own_interactions(agent, conversation):
    """What the agent holds or has still to wrap up of a conversation, the oldest first.

    Each ``owes`` what prepared responses do, or has not done it.
    """
    owes = Exists(OwedActs.objects.filter(interaction=OuterRef("pk"), agent=agent))
    return list(_own(agent).filter(conversation=conversation).annotate(owes=owes).order_by("entered_at"))


def handled_of(interactions):
    """The one of these that the agent is in now, or None."""
    return next((each for each in interactions if each.state == InteractionState.HANDLING), None)


def has_finished(agent, conversation):
    """Whether the last episode of a conversation was this agent's, who has finished it."""
    last = Interaction.objects.filter(conversation=conversation).order_by("-entered_at", "-pk").first()
    return last is not None and last.agent_id == agent.pk and last.state == InteractionState.FINISHED


def offers_to(agent):
    """The offers that ring at an agent's desk, with what the customer said last and the sender's note.

    ``waits_since``: the time that somebody else had the chat is no time of waiting.
    """
    log = LogEntry.objects.filter(conversation=OuterRef("interaction__conversation")).order_by("-number")
    notes = log.filter(kind=InteractionTransferred.name)
    taken_back = log.filter(interaction=OuterRef("interaction"), kind=InteractionRerouted.name)
    return (
        Offer.objects.filter(agent=agent, state=OfferState.PENDING)
        .select_related(
            "interaction__queue", "interaction__conversation__customer", "interaction__conversation__channel"
        )
        .annotate(
            customers_words=_last_words("interaction__conversation", author_type=CUSTOMER),
            last_words=Coalesce("customers_words", _last_words("interaction__conversation")),
            transfer=Subquery(notes.values("data")[:1]),
            waits_since=Coalesce(Subquery(taken_back.values("at")[:1]), "interaction__entered_at"),
        )
        .order_by("made_at", "interaction__due_at", "pk")  # several may be made in one look
    )


def asked_of(offers):
    """What each of these offers' interactions was asked for, in words, in one statement: {offer id: [part]}.

    That is what its queue requires now, and what its client wished, though the queue has relaxed that since.
    """
    asked = {offer.pk: _asked(offer.interaction) for offer in offers}
    names = requirements.skill_names(asked.values())
    return {pk: requirements.in_words(each, names) for pk, each in asked.items()}


def to_pick_by(agent):
    """What the agent may pick, what is due first before all else, and whether there is more.

    Of each the customer's last words, what it was asked for, in words, and whether the agent has room for it:
    [(interaction, [part], fits)].
    """
    ids = picking.pickable_by(agent)
    shown = _with_last_words(Interaction.objects.filter(pk__in=ids[: picking.SHOWN])) if ids else ()
    rows = sorted(shown, key=lambda interaction: ids.index(interaction.pk))
    asked = [_asked(row) for row in rows]
    names = requirements.skill_names(asked)
    listed = [
        (row, requirements.in_words(each, names), has_room(agent.load, agent.capacity, row.share))
        for row, each in zip(rows, asked, strict=True)
    ]
    return listed, len(ids) > picking.SHOWN


def chats_of(agent):
    """What the agent is in or wraps up, in the order in which it was accepted, with what was said last."""
    return _listed(agent).filter(state__in=HELD_STATES).order_by("accepted_at")


def to_do_of(agent):
    """What the agent has still to give codes, the oldest first."""
    return _listed(agent).filter(codes_missing=True).order_by("ended_at")


def recent_of(agent):
    """The chats that the agent finished last, each conversation once, with their codes."""
    finished = _listed(agent).filter(state=InteractionState.FINISHED, codes_missing=False)
    newer = Interaction.objects.filter(
        conversation=OuterRef("conversation"), agent=agent, entered_at__gt=OuterRef("entered_at")
    )
    return finished.filter(~Exists(newer)).prefetch_related("codes").order_by("-ended_at")[:RECENT]


def interactions_of(conversation):
    """All episodes of a conversation, the newest first, with queue, agent and codes."""
    return (
        Interaction.objects.filter(conversation=conversation)
        .select_related("queue", "agent__user")
        .prefetch_related("codes")
        .order_by("-entered_at")
    )


def other_conversations(agent, conversation):
    """Further conversations of the same customer that the agent may see, the newest first."""
    return (
        _visible_to(agent)
        .filter(customer=conversation.customer_id)
        .exclude(pk=conversation.pk)
        .select_related("channel")
        .order_by("-created_at")[:RECENT]
    )


def transfer_queues(agent, share):
    """The queues of the agent's tenant, each with its Waiting and how many others could take one more chat there.

    ``share`` is what the chat takes of them, in thirds of a slot.
    """
    others = Agent.objects.free(database_now(), share).filter(tenant=agent.tenant_id).exclude(pk=agent.pk)
    queues = list(
        queues_of(agent.tenant_id)
        .select_related("hours")
        .annotate(available=Count("members", filter=Q(members__agent__in=others)))
    )
    waiting = waiting_in([queue.pk for queue in queues])
    return [(queue, waiting[queue.pk]) for queue in queues]


def transfer_agents(agent, share):
    """The colleagues who are available, those with the most room first.

    Each ``is_free`` for one more chat of this share, in thirds of a slot, or has no room for it, or ``rests`` a while
    after a missed one.
    """
    now = database_now()
    free = Agent.objects.free(now, share).filter(pk=OuterRef("pk"))
    rests = ExpressionWrapper(Q(paused_until__gt=now), output_field=BooleanField())
    return (
        Agent.objects.serving()
        .filter(people.active("user"), tenant=agent.tenant_id, presence=Presence.AVAILABLE)
        .exclude(pk=agent.pk)
        .annotate(is_free=Exists(free), rests=rests)
        .select_related("user")
        .order_by("-is_free", "load", *people.sort_fields("user"), "pk")
    )


def handled_in(agent, conversation):
    """The interaction that the agent handles in this conversation, or None."""
    handled = handled_of(own_interactions(agent, conversation))
    if handled is not None:
        handled.conversation = conversation  # with what was read of it
    return handled


def _asked(interaction):
    wish, required = interaction.wish, interaction.required
    return {
        "skills": wish.get("skills", {}) | required.get("skills", {}),
        "language": required.get("language") or wish.get("language"),
    }


def _visible_to(agent):
    took_part = Participant.objects.filter(conversation=OuterRef("pk"), agent=agent)
    rings = Offer.objects.filter(interaction__conversation=OuterRef("pk"), agent=agent, state=OfferState.PENDING)
    return Conversation.objects.filter(Exists(took_part) | Exists(rings), tenant=agent.tenant_id, erased_at=None)


def _own(agent):
    held = Q(state__in=HELD_STATES) | Q(codes_missing=True)
    return Interaction.objects.filter(held, agent=agent).select_related("queue", "conversation__customer", "agent")


def _to_do():
    return Interaction.objects.filter(codes_missing=True)


def _listed(agent):
    """What the agent has or had, with the customer's last words, or what was said last if that was an agent.

    What a bot says is not what the chat is about: the offer showed the customer's words as well.
    """
    given = Offer.objects.filter(interaction=OuterRef("pk"), state=OfferState.ACCEPTED, reason=GIVEN)
    return _with_last_words(Interaction.objects.filter(agent=agent)).annotate(was_given=Exists(given))


def _with_last_words(interactions):
    messages = Message.objects.filter(conversation=OuterRef("conversation")).order_by("-number")
    said_last = _last_words("conversation")
    customers_words = _last_words("conversation", author_type=CUSTOMER)
    return (
        interactions.select_related("queue", "conversation__customer", "conversation__channel")
        .alias(last_author=Subquery(messages.values("author_type")[:1]))
        .annotate(
            last_words=Case(When(last_author=AGENT, then=said_last), default=Coalesce(customers_words, said_last))
        )
    )


def _last_words(conversation, **said_by):
    """The text that was said last, else the name of a file that was sent."""
    files = Attachment.objects.filter(message=OuterRef("pk")).order_by("position").values("name")[:1]
    words = Coalesce(NullIf("text", Value("")), Subquery(files), Value("…"), output_field=TextField())
    messages = Message.objects.filter(conversation=OuterRef(conversation), **said_by).annotate(words=words)
    return Subquery(messages.order_by("-number").values("words")[:1])


def _held_rows(agent_ids):
    held = Interaction.objects.filter(agent__in=agent_ids, state__in=HELD_STATES)
    return held.order_by("pk").values_list(
        "agent", "conversation", "conversation__last_number", "pk", "state", "wrap_up_until", "freed_at"
    )


def _offered_rows(agent_ids):
    offers = Offer.objects.filter(agent__in=agent_ids, state=OfferState.PENDING)
    return offers.order_by("pk").values_list(
        "agent", "interaction__conversation", "interaction__conversation__last_number", "pk"
    )


def _digest(rows):
    return blake2b(repr(rows).encode(), digest_size=12).hexdigest()
