"""What is told to the remote centre that answers a conversation, and what follows from its answer?

What the customer does is written here and told there by the lanes.
"""

from django.utils.translation import gettext_noop as _

from ... import events
from ...database import after_commit, atomic
from ...exceptions import Conflict, NotFound
from ...models import Attachment, Conversation, Delivery, InboundCallback, Message, Participant, Receiver
from ...models.base import max_length
from ...models.clock import NOW
from ...models.conversations import ConversationState
from ...models.messages import DeliveryState
from ...wire.base import START
from ...workers import wakeup
from .. import participants
from ..recording import Fact, record, record_all
from ..upkeep.redelivery import redeliver
from .settling import add_fact, not_before

REASON_MAX = max_length(Message, "delivery_reason")


# The customer's side. Each expects the conversation locked.


def expect_answer(conversation: Conversation) -> None:
    """The customer writes: somebody there is to answer."""
    if conversation.state != ConversationState.ACTIVE:
        conversation.state = ConversationState.ACTIVE
        record(conversation, events.ConversationActivated(), at=not_before(conversation))


def tell_leaving(conversation: Conversation, said: str = "") -> None:
    """The customer ends what is going on; nothing happens when nothing is."""
    if conversation.state == ConversationState.ACTIVE:
        participants.mark_customer_left(conversation)
        left = events.CustomerLeft(participant_id=conversation.customer_participant_id, said=said)
        add_fact(conversation, left, not_before(conversation), reports_idle=False)


# What came of telling it


def note_result(conversation: Conversation, delivery: Delivery, *, reason: str = "", remote_id: str = "") -> None:
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


def _arrived(conversation: Conversation, message: Message, delivery: Delivery) -> str:
    """The state of a message that has arrived; the receipt of who read it may have been faster than the answer."""
    sent_at = delivery.attempts.order_by("-started_at").values_list("started_at", flat=True).first()
    readers = Participant.objects.filter(conversation=conversation, type=events.AGENT)
    is_read = sent_at and readers.filter(read_at__gte=sent_at).exists()
    # A receipt that came while its files were uploaded is about what was said before.
    return DeliveryState.READ if is_read and not message.attachments.exists() else DeliveryState.SENT


def note_uploaded(attachment: Attachment, remote_id: str) -> None:
    """A file of a message to come is at the centre: a message that is tried again need not bring it again."""
    attachment.remote_id = remote_id
    Attachment.objects.filter(pk=attachment.pk).update(remote_id=remote_id)


def _begin(conversation: Conversation, remote_id: str) -> None:
    """The conversation has begun there; what was heard of it before its id was known can be understood now."""
    conversation.remote_id = remote_id
    conversation.save(update_fields=["remote_id"])
    early = InboundCallback.objects.filter(
        provider=conversation.channel.provider, tenant=conversation.tenant_id, remote_conversation=remote_id
    ).exclude(state=InboundCallback.State.PROCESSED)
    if early.update(state=InboundCallback.State.RECEIVED, due_at=NOW):
        after_commit(wakeup.wake_callbacks)


def change_state(conversation: Conversation, message: Message, state: str, reason: str = "") -> None:
    """Note how far a message has come. Expects the conversation locked."""
    if (message.delivery_state, message.delivery_reason) == (state, reason):
        return
    message.delivery_state, message.delivery_reason = state, reason
    message.save(update_fields=["delivery_state", "delivery_reason"])
    changed = events.MessageStateChanged(message_id=message.pk, state=state, reason=reason)
    record_all(conversation, [Fact(event=changed, told_of=message)])


def send_again(*, message_id: str, tenant_id: str | None = None) -> Message:
    """Have a message sent that could not be; and the conversation started, if that is why. Returns the message.

    Raises NotFound, and Conflict when the message was not given up.
    """
    with atomic():
        found = Message.objects.filter(pk=message_id).values_list("conversation_id", flat=True).first()
        if found is None:
            raise NotFound("Message", message_id)
        conversation = Conversation.objects.lock(found, tenant_id=tenant_id)
        message = Message.objects.get(pk=message_id)
        if message.delivery_state != DeliveryState.FAILED or conversation.erased_at:
            raise Conflict(_("Sending this message has not failed."))
        dead = Delivery.objects.filter(
            conversation=conversation, receiver__kind=Receiver.Kind.REMOTE_CENTER, state=Delivery.State.DEAD
        )
        owed = [*dead.filter(event_type=START), *dead.filter(entry__message=message)]
        change_state(conversation, message, DeliveryState.QUEUED)
        redeliver(delivery.pk for delivery in owed)
        after_commit(wakeup.wake_delivery)
    return message
