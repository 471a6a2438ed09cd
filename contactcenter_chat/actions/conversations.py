"""How does a conversation begin, change and go?"""

from django.db import transaction
from django.utils import timezone

from .. import events
from ..conf import settings
from ..exceptions import Invalid, NotFound
from ..models import Conversation, Delivery, LogEntry, Message, Participant
from ..providers.base import provider_for
from . import interactions
from .customers import LANGUAGE, find_or_create_customer
from .messages import message_event
from .recording import Fact, next_number, record, record_all


def start_conversation(*, channel, data, history=()):
    """Start a customer's conversation on a channel, have it answered, and return it.

    ``data`` is what is known of the customer, flat, at most CUSTOMER_MAX_KEYS keys; ``history`` is what was said
    before, as (author type, text). Raises Invalid.
    """
    history = list(history)
    check_data(data)
    if len(history) > settings.HISTORY_MAX_MESSAGES:
        raise Invalid(f"May not have more than {settings.HISTORY_MAX_MESSAGES} messages.", field="history")
    with transaction.atomic():
        customer = find_or_create_customer(tenant=channel.tenant, data=data)
        created = Conversation.objects.create(
            tenant=channel.tenant,
            channel=channel,
            customer=customer,
            data=data,
            language=str(data.get(LANGUAGE) or "")[:35],
        )
        conversation = Conversation.objects.lock(created.pk)
        participants = _join(conversation, history)
        started = events.ConversationStarted(channel_id=channel.pk, customer_id=customer.pk)
        record(conversation, started)
        _add_history(conversation, participants, history)
        provider_for(channel).customer_wrote(conversation)
    return conversation


def update_customer_data(*, conversation_id, data):
    """Replace what is known of the customer in this conversation, and return the conversation."""
    check_data(data)
    with transaction.atomic():
        conversation = _living(conversation_id)
        changed = sorted(key for key in {*data, *conversation.data} if data.get(key) != conversation.data.get(key))
        if changed:
            conversation.data, conversation.language = data, str(data.get(LANGUAGE) or "")[:35]
            conversation.save(update_fields=["data", "language"])
            record(conversation, events.ConversationUpdated(changed=changed))
    return conversation


def customer_leaves(*, conversation_id):
    """The customer ends what is going on; nothing happens when nothing is."""
    with transaction.atomic():
        conversation = _living(conversation_id)
        provider_for(conversation.channel).customer_left(conversation)


def erase_conversation(*, conversation_id):
    """Delete what was said and who said it; that there was a conversation, its times and its codes stay."""
    with transaction.atomic():
        conversation = Conversation.objects.lock(conversation_id)
        if conversation.erased_at:
            return
        interactions.cancel(conversation)
        Message.objects.filter(conversation=conversation).update(text="")
        _erase_notes(conversation)
        # What is still owed goes out with what it says erased: the receiver is not told of it at all. The lanes come
        # first: a worker that writes a result locks them first as well, and without its lease it writes nothing.
        conversation.lanes.update(due_at=None, lease_until=None, lease_token=0)
        deliveries = Delivery.objects.filter(conversation=conversation)
        deliveries.filter(state=Delivery.State.PENDING).update(state=Delivery.State.DEAD, done_at=timezone.now())
        deliveries.update(body="")
        conversation.data, conversation.language, conversation.erased_at = {}, "", timezone.now()
        conversation.save(update_fields=["data", "language", "erased_at"])
        record(conversation, events.ConversationErased())


def check_data(data):
    """Refuse customer data with too many keys."""
    if len(data) > settings.CUSTOMER_MAX_KEYS:
        raise Invalid(f"May not have more than {settings.CUSTOMER_MAX_KEYS} keys.", field="customer")


def _living(conversation_id):
    conversation = Conversation.objects.lock(conversation_id)
    if conversation.erased_at:
        raise NotFound("Conversation", conversation_id)
    return conversation


def _join(conversation, history):
    """Join the customer and whoever else speaks in the history; return the participants by type."""
    types = {events.CUSTOMER, *(author_type for author_type, _text in history)}
    participants = [Participant(conversation=conversation, type=author_type) for author_type in sorted(types)]
    Participant.objects.bulk_create(participants)
    return {participant.type: participant for participant in participants}


def _add_history(conversation, participants, history):
    if not history:
        return
    now = timezone.now()
    messages = [
        Message(
            tenant_id=conversation.tenant_id,
            conversation=conversation,
            participant=participants[author_type],
            author_type=author_type,
            text=text,
            number=number,
            history=True,
            created_at=now,
        )
        for number, (author_type, text) in enumerate(history, start=next_number(conversation))
    ]
    Message.objects.bulk_create(messages)
    record_all(conversation, [Fact(message_event(message), message=message, at=now) for message in messages])


def _erase_notes(conversation):
    for entry in LogEntry.objects.filter(conversation=conversation, kind=events.InteractionTransferred.name):
        entry.data["note"] = ""
        entry.save(update_fields=["data"])
