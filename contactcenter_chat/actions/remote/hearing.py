"""What happens at a remote centre, as its callbacks tell it?"""

import hashlib
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from ... import events
from ...models import Conversation, Interaction, Message, Participant, clock
from ...models.base import max_length
from ...models.messages import DeliveryState
from ...queries.message_contents import told_attachments
from ...wire.base import milliseconds
from ..participants import participant_of
from ..recording import next_number, record
from . import telling
from .episodes import UNKNOWN_AGENT, name_of
from .file_fetching import expect_files
from .settling import add_fact, interaction_at, remote_agent

CLIENT_ID_MAX = max_length(Message, "client_id")


def apply_event(
    conversation: Conversation, event: events.Event, *, at: datetime, event_id: str, reports_idle: bool
) -> None:
    """Write down what a remote centre tells. Expects the conversation locked.

    ``at`` is when it happened there; ``event_id`` names the telling, ``reports_idle`` says whether it tells by itself
    that a conversation falls idle.
    """
    event = _with_agent(event)
    if isinstance(event, events.MessageAdded):
        _hear_words(conversation, event, at, event_id)
    else:
        add_fact(conversation, event, at, reports_idle=reports_idle)


def note_read(conversation: Conversation, until: datetime, *, agent_id: str, at: datetime) -> None:
    """An agent there has read what was said up to then. Expects the conversation locked.

    ``at`` is when that was told. Nobody has read what is not said yet, whatever the clock there says.
    """
    now = clock.now()
    until, at = min(until, now), min(at, now)
    reader = remote_agent(conversation, agent_id, "", at)
    before = Q(read_at=None) | Q(read_at__lt=until)
    if Participant.objects.filter(before, pk=reader.pk).update(read_at=until):
        record(conversation, _read(reader, until), at=at)
    arrived = (DeliveryState.SENT, DeliveryState.DELIVERED)
    said = Message.objects.filter(conversation=conversation, created_at__lte=until, delivery_state__in=arrived)
    for message in said.order_by("number"):
        telling.change_state(conversation, message, DeliveryState.READ)


def _read(reader: Participant, until: datetime) -> events.MessagesRead:
    return events.MessagesRead(
        participant_id=reader.pk,
        author_type=events.AGENT,
        agent_id=reader.remote_id,
        read_at=milliseconds(until),
    )


def _with_agent(event: events.Event) -> events.Event:
    """The event with an id for its agent, if it has one: who hears of it finds that agent among the participants."""
    if isinstance(event, events.AgentJoined | events.AgentLeft) or (
        isinstance(event, events.MessageAdded) and event.author_type == events.AGENT
    ):
        return replace(event, agent_id=event.agent_id or UNKNOWN_AGENT)
    return event


def _hear_words(conversation: Conversation, event: events.MessageAdded, at: datetime, event_id: str) -> None:
    client_id = event_id if len(event_id) <= CLIENT_ID_MAX else hashlib.sha256(event_id.encode()).hexdigest()
    if Message.objects.filter(conversation=conversation, client_id=client_id).exists():
        return
    participant = _speaker(conversation, event, at)
    message = Message.objects.create(
        tenant_id=conversation.tenant_id,
        conversation=conversation,
        interaction=interaction_at(conversation, at),
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


def _speaker(conversation: Conversation, event: events.MessageAdded, at: datetime) -> Participant:
    if event.author_type != events.AGENT:
        return participant_of(conversation, event.author_type)
    name = name_of({"first_name": event.agent_first_name, "last_name": event.agent_last_name})
    return remote_agent(conversation, event.agent_id, name, at)
