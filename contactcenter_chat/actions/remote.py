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
from ..exceptions import Conflict, NotFound
from ..models import Attachment, Conversation, Delivery, InboundCallback, Interaction, Message, Participant
from ..models.conversations import ConversationState
from ..models.messages import DeliveryState
from ..queries.contents import told_attachments
from ..wire.base import START
from . import agents
from .deliveries import redeliver
from .episodes import name_of
from .fetching import expect_files
from .messages import participant_of
from .recording import Fact, next_number, record, record_all
from .settling import interaction_at, not_before, note, remote_agent

CLIENT_ID_MAX = Message._meta.get_field("client_id").max_length
REASON_MAX = Message._meta.get_field("delivery_reason").max_length


# The customer's side. Each expects the conversation locked.


def expect_answer(conversation):
    """The customer writes: somebody there is to answer."""
    if conversation.state != ConversationState.ACTIVE:
        conversation.state = ConversationState.ACTIVE
        Participant.objects.filter(conversation_id=conversation.pk, type=events.CUSTOMER).update(left_at=None)
        record(conversation, events.ConversationActivated(), at=not_before(conversation))


def customer_leaves(conversation):
    """The customer ends what is going on; nothing happens when nothing is."""
    if conversation.state == ConversationState.ACTIVE:
        agents.leave_customer(conversation)
        left = events.CustomerLeft(participant_id=conversation.customer_participant_id)
        note(conversation, left, not_before(conversation), tells_idle=False)


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
        note(conversation, event, at, tells_idle=tells_idle)


def note_read(conversation, until, *, agent_id, at):
    """An agent there has read what was said up to then. Expects the conversation locked.

    ``at`` is when that was told. Nobody has read what is not said yet, whatever the clock there says.
    """
    now = timezone.now()
    until, at = min(until, now), min(at, now)
    reader = remote_agent(conversation, agent_id, "", at)
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


def _speaker(conversation, event, at):
    if event.author_type != events.AGENT:
        return participant_of(conversation, event.author_type)
    name = name_of({"first_name": event.agent_first_name, "last_name": event.agent_last_name})
    return remote_agent(conversation, event.agent_id, name, at)
