"""What happens in a conversation that a remote centre answers?

What the customer does is written here and told there by the lanes; what is done there is heard of by callbacks.
Interactions are seen here as they are there, and left alone by everything that routes, times or wraps up.
"""

import hashlib
from dataclasses import replace

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .. import events, wakeup
from ..conf import settings
from ..exceptions import Conflict, NotFound
from ..models import Attachment, Conversation, Delivery, InboundCallback, Interaction, LogEntry, Message, Participant
from ..models.conversations import ConversationState, InteractionState
from ..models.messages import DeliveryState
from ..queries.contents import told_attachments
from ..wire.base import START
from . import agents
from .deliveries import redeliver
from .episodes import KINDS, Told, course_of, name_of
from .fetching import expect_files
from .messages import participant_of
from .recording import Fact, next_number, record, record_all

CLIENT_ID_MAX = Message._meta.get_field("client_id").max_length
REASON_MAX = Message._meta.get_field("delivery_reason").max_length
NAME_MAX = Participant._meta.get_field("remote_name").max_length
UNKNOWN_AGENT = "agent"  # the id of one of whom nothing is said


# The customer's side. Each expects the conversation locked.


def expect_answer(conversation):
    """The customer writes: somebody there is to answer."""
    if conversation.state != ConversationState.ACTIVE:
        conversation.state = ConversationState.ACTIVE
        Participant.objects.filter(conversation_id=conversation.pk, type=events.CUSTOMER).update(left_at=None)
        record(conversation, events.ConversationActivated(), at=_not_before(conversation))


def customer_leaves(conversation):
    """The customer ends what is going on; nothing happens when nothing is."""
    if conversation.state == ConversationState.ACTIVE:
        agents.leave_customer(conversation)
        left = events.CustomerLeft(participant_id=conversation.customer_participant_id)
        _note(conversation, left, _not_before(conversation), tells_idle=False)


# What came of telling it


def note_result(conversation, delivery, *, reason="", remote_id=""):
    """A delivery to the centre is done, or given up for this ``reason``. Expects the conversation locked.

    ``remote_id`` is the conversation's id there, when it has just begun.
    """
    if remote_id and not conversation.remote_id:
        _begin(conversation, remote_id)
    message = Message.objects.filter(log_entry=delivery.entry_id).first()
    if message and delivery.state == Delivery.State.DELIVERED:
        change_state(conversation, message, _arrived(conversation, message, delivery))
    elif message:
        # What was uploaded for it may be gone when it is sent again.
        Attachment.objects.filter(message=message).exclude(remote_id="").update(remote_id="")
        change_state(conversation, message, DeliveryState.FAILED, reason[:REASON_MAX])


def _arrived(conversation, message, delivery):
    """The state of a message that has arrived; the receipt of who read it may have been faster than the answer."""
    sent_at = delivery.attempts.order_by("-started_at").values_list("started_at", flat=True).first()
    readers = Participant.objects.filter(conversation=conversation, type=events.AGENT)
    is_read = sent_at and readers.filter(read_at__gte=sent_at).exists()
    # A receipt that came while its files were uploaded is about what was said before.
    return DeliveryState.READ if is_read and not message.attachments.exists() else DeliveryState.SENT


def note_uploaded(attachment, remote_id):
    """A file of a message to come is at the centre: a message that is tried again need not bring it again."""
    attachment.remote_id = remote_id
    Attachment.objects.filter(pk=attachment.pk).update(remote_id=remote_id)


def _begin(conversation, remote_id):
    """The conversation has begun there; what was heard of it before its id was known can be understood now."""
    conversation.remote_id = remote_id
    conversation.save(update_fields=["remote_id"])
    early = InboundCallback.objects.filter(
        provider=conversation.channel.provider, tenant=conversation.tenant_id, remote_conversation=remote_id
    ).exclude(state=InboundCallback.State.PROCESSED)
    if early.update(state=InboundCallback.State.RECEIVED, due_at=timezone.now()):
        transaction.on_commit(wakeup.wake_callbacks)


def change_state(conversation, message, state, reason=""):
    """Note how far a message has come. Expects the conversation locked."""
    if (message.delivery_state, message.delivery_reason) == (state, reason):
        return
    message.delivery_state, message.delivery_reason = state, reason
    message.save(update_fields=["delivery_state", "delivery_reason"])
    changed = events.MessageStateChanged(message_id=message.pk, state=state, reason=reason)
    record_all(conversation, [Fact(changed, told_of=message)])


def send_again(*, message_id, tenant_id=None):
    """Have a message sent that could not be; and the conversation started, if that is why. Returns the message.

    Raises NotFound, and Conflict when the message was not given up.
    """
    with transaction.atomic():
        found = Message.objects.filter(pk=message_id).values_list("conversation_id", flat=True).first()
        if found is None:
            raise NotFound("Message", message_id)
        conversation = Conversation.objects.lock(found, tenant_id=tenant_id)
        message = Message.objects.get(pk=message_id)
        if message.delivery_state != DeliveryState.FAILED or conversation.erased_at:
            raise Conflict("This message was not given up.")
        dead = Delivery.objects.filter(conversation=conversation, state=Delivery.State.DEAD).exclude(
            webhook__provider=""
        )
        owed = [*dead.filter(event_type=START), *dead.filter(entry__message=message)]
        change_state(conversation, message, DeliveryState.QUEUED)
        redeliver(delivery.pk for delivery in owed)
        transaction.on_commit(wakeup.wake_delivery)
    return message


# The centre's side


def hear(conversation, event, *, at, event_id, tells_idle):
    """Write down what a remote centre tells. Expects the conversation locked.

    ``at`` is when it happened there; ``event_id`` names the telling, ``tells_idle`` says whether it tells by itself
    that a conversation falls idle.
    """
    if isinstance(event, events.MessageAdded):
        _hear_words(conversation, event, at, event_id)
    else:
        _note(conversation, event, at, tells_idle=tells_idle)


def note_read(conversation, until, *, agent_id, at):
    """An agent there has read what was said up to then. Expects the conversation locked.

    ``at`` is when that was told. Nobody has read what is not said yet, whatever the clock there says.
    """
    now = timezone.now()
    until, at = min(until, now), min(at, now)
    reader = _remote_agent(conversation, agent_id, "", at)
    before = Q(read_at=None) | Q(read_at__lt=until)
    if Participant.objects.filter(before, pk=reader.pk).update(read_at=until):
        record(conversation, _read(reader, agent_id, until), at=at)
    arrived = (DeliveryState.SENT, DeliveryState.DELIVERED)
    said = Message.objects.filter(conversation=conversation, created_at__lte=until, delivery_state__in=arrived)
    for message in said.order_by("number"):
        change_state(conversation, message, DeliveryState.READ)


def _read(reader, agent_id, until):
    return events.MessagesRead(
        participant_id=reader.pk, author_type=events.AGENT, agent_id=agent_id, read_at=int(until.timestamp() * 1000)
    )


def _hear_words(conversation, event, at, event_id):
    client_id = event_id if len(event_id) <= CLIENT_ID_MAX else hashlib.sha256(event_id.encode()).hexdigest()
    if Message.objects.filter(conversation=conversation, client_id=client_id).exists():
        return
    participant = _speaker(conversation, event, at)
    message = Message.objects.create(
        tenant_id=conversation.tenant_id,
        conversation=conversation,
        interaction=_interaction_at(conversation, at),
        participant=participant,
        author_type=participant.type,
        text=event.text,
        number=next_number(conversation),
        client_id=client_id,
        created_at=at,
    )
    if conversation.last_word_at is None or at >= conversation.last_word_at:
        conversation.last_word_by, conversation.last_word_at = participant.type, at
    if message.interaction_id and participant.type == events.AGENT:
        Interaction.objects.filter(pk=message.interaction_id, first_reply_at=None).update(first_reply_at=at)
    files = told_attachments(expect_files(message, event.attachments))
    told = replace(event, message_id=message.pk, participant_id=participant.pk, attachments=files)
    record(conversation, told, message=message, at=at)


def _speaker(conversation, event, at):
    if event.author_type != events.AGENT:
        return participant_of(conversation, event.author_type)
    name = name_of({"first_name": event.agent_first_name, "last_name": event.agent_last_name})
    return _remote_agent(conversation, event.agent_id, name, at)


def _remote_agent(conversation, agent_id, name, at):
    participant, _ = Participant.objects.get_or_create(
        conversation_id=conversation.pk,
        remote_id=agent_id or UNKNOWN_AGENT,
        defaults={"type": events.AGENT, "remote_name": name[:NAME_MAX], "joined_at": at},
    )
    if name and participant.remote_name != name[:NAME_MAX]:
        participant.remote_name = name[:NAME_MAX]
        participant.save(update_fields=["remote_name"])
    return participant


def _note(conversation, event, at, *, tells_idle):
    """Write a fact down, with what it changes of the interactions and what follows from that."""
    stored = LogEntry.objects.filter(conversation=conversation, kind__in=KINDS)
    facts = [Told(*row) for row in stored.values_list("at", "kind", "data") if _counts(row)]
    facts.append(Told(at, event.name, event.data()))
    course = course_of(facts, short_seconds=settings.SHORT_ABANDON_SECONDS)
    before = conversation.state
    interactions, ended = _settle(conversation, course)
    _settle_agents(conversation, facts)
    conversation.state = course.state
    about = _latest(interactions, at)
    new = [Fact(event, interaction=about, at=at)]
    new += [_activated(about, at)] if before != course.state == ConversationState.ACTIVE else []
    new += [_ended(interaction) for interaction in ended]
    if before != course.state == ConversationState.IDLE and not tells_idle and not _is_told_idle(event):
        new.append(Fact(events.ConversationIdled(), interaction=about, at=conversation.last_ended_at or at))
    record_all(conversation, new)


def _counts(row):
    """Whether a fact says something of its own: that a conversation fell idle is mostly concluded."""
    _at, kind, data = row
    return kind != events.ConversationIdled.name or data.get("remote")


def _is_told_idle(event):
    return isinstance(event, events.ConversationIdled)


def _activated(interaction, at):
    return Fact(events.ConversationActivated(), interaction=interaction, at=at)


def _ended(interaction):
    told = events.InteractionEnded(outcome=interaction.outcome, ended_by=interaction.ended_by)
    return Fact(told, interaction=interaction, at=interaction.ended_at)


def _settle(conversation, course):
    """Bring the interactions to what the course says; return all of them, and those that have ended by that."""
    rows = list(Interaction.objects.filter(conversation=conversation, is_remote=True).order_by("pk"))
    rows, surplus = rows[: len(course.episodes)], rows[len(course.episodes) :]
    _merge(surplus, rows)  # first of all: only one may be open at a time
    ended = []
    for index, episode in enumerate(course.episodes):
        is_new = index == len(rows)
        if is_new:
            rows.append(_new_interaction(conversation))
        row = rows[index]
        was_over = row.ended_at is not None
        if _fill(row, episode) or is_new:
            row.save(force_insert=is_new)
        if row.ended_at and not was_over:
            ended.append(row)
    is_open = rows and rows[-1].ended_at is None
    conversation.open_interaction = rows[-1] if is_open else None
    conversation.last_ended_at = max((row.ended_at for row in rows if row.ended_at), default=None)
    return rows, ended


def _merge(surplus, kept):
    """Two episodes turn out to be one: what hangs off the second is the first one's."""
    for row in surplus:
        Message.objects.filter(interaction=row).update(interaction=kept[-1])
        LogEntry.objects.filter(interaction=row).update(interaction=kept[-1])
        row.delete()


def _new_interaction(conversation):
    return Interaction(
        tenant_id=conversation.tenant_id,
        conversation=conversation,
        queue_id=conversation.channel.queue_id,
        is_remote=True,
    )


def _fill(row, episode):
    """Give an interaction what the episode says; return whether anything changed."""
    state = InteractionState.HANDLING if episode.accepted_at else InteractionState.WAITING
    values = {
        "state": InteractionState.FINISHED if episode.ended_at else state,
        "entered_at": episode.entered_at,
        "rank_at": episode.entered_at,
        "accepted_at": episode.accepted_at,
        "ended_at": episode.ended_at,
        "finished_at": episode.ended_at,
        "outcome": episode.outcome,
        "ended_by": episode.ended_by,
        "remote_agent": episode.agent[:NAME_MAX],
    }
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return bool(changed)


def _settle_agents(conversation, facts):
    """Bring the agents' joining and leaving to what the facts say."""
    seen = {}
    for fact in sorted((fact for fact in facts if fact.kind in AGENTS_FACTS), key=lambda told: told.place):
        agent = seen.setdefault(fact.data.get("agent_id") or UNKNOWN_AGENT, {"name": "", "joined": None, "left": None})
        agent["name"] = name_of({**fact.data, "agent_id": ""}) or agent["name"]
        if fact.kind == events.AgentJoined.name:
            agent["joined"], agent["left"] = agent["joined"] or fact.at, None
        else:
            agent["left"] = fact.at
    for agent_id, agent in seen.items():
        row = _remote_agent(conversation, agent_id, agent["name"], agent["joined"] or agent["left"])
        joined_at = agent["joined"] or row.joined_at
        if (row.joined_at, row.left_at) != (joined_at, agent["left"]):
            row.joined_at, row.left_at = joined_at, agent["left"]
            row.save(update_fields=["joined_at", "left_at"])


AGENTS_FACTS = (events.AgentJoined.name, events.AgentLeft.name)


def _latest(interactions, at):
    """The interaction that was going on at that time, or the one before it, or the first."""
    begun = [row for row in interactions if row.entered_at <= at]
    return begun[-1] if begun else interactions[0] if interactions else None


def _interaction_at(conversation, at):
    return _latest(Interaction.objects.filter(conversation=conversation, is_remote=True).order_by("entered_at"), at)


def _not_before(conversation):
    """Now, but not before the newest fact of the conversation: two clocks may differ."""
    newest = (
        LogEntry.objects.filter(conversation=conversation, kind__in=KINDS).order_by("-at").values_list("at", flat=True)
    )
    return max(timezone.now(), newest.first() or timezone.now())
