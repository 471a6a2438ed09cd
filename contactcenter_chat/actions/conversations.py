"""How does a conversation begin, change and go?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from .. import events
from ..conf import settings
from ..exceptions import Conflict, Invalid
from ..models import Card, Channel, Conversation, Delivery, LogEntry, Message, Participant, PostAgentAssignment, Queue
from ..providers.base import Provider, provider_for
from ..providers.remote import RemoteCenter
from ..storable import check_values
from ..wire.base import CustomerNames, formats, known_format
from . import answering
from .attachments import erase_attachments
from .bots import control
from .center import interactions, transfers
from .customers import find_or_create_customer, language_of
from .messages import check_author_type, check_words, message_event
from .participants import living
from .recording import Fact, next_number, record, record_all
from .remote.receivers import ensure_receiver


def start_conversation(
    *,
    channel: Channel,
    data: dict[str, Any],
    history: Iterable[tuple[str, str]] = (),
    queue: Queue | None = None,
    script: str = "",
    names: CustomerNames | None = None,
) -> Conversation:
    """Start a customer's conversation on a channel, have it answered, and return it.

    ``data`` is what is known of the customer, flat, at most CUSTOMER_MAX_KEYS keys besides the usual ones; ``names``
    (a ``wire.base.CustomerNames``) says what they are called, by default as in the format of the channel's webhook.
    ``history`` is what was said before, as (author type, text). It waits in the ``queue``, by default the channel's,
    or is answered by a ``script``, one of BOTS. Raises Invalid.
    """
    history, names = list(history), names or names_for(channel)
    check_data(data, names)
    check_assignment(channel.tenant_id, queue, script)
    check_history(history)
    provider = provider_for(channel)
    if provider.is_remote and (queue or script):
        raise Invalid(_("A remote centre answers on this channel, and assigns by itself."), field="assignment")
    with transaction.atomic():
        conversation = _created(channel, provider, data, names, script=script, last_queue=queue)
        participants = _join(conversation, history)
        started = events.ConversationStarted(channel_id=channel.pk, customer_id=conversation.customer_id)
        record(conversation, started)
        _add_history(conversation, participants, history)
        if script:
            control.give_to_script(conversation, script)
        else:
            answering.have_answered(conversation, provider)
    return conversation


def update_customer_data(*, conversation_id: str, data: dict[str, Any]) -> Conversation:
    """Replace what is known of the customer in this conversation, and return the conversation."""
    return update_conversation(conversation_id=conversation_id, data=data)


def update_conversation(
    *,
    conversation_id: str,
    tenant_id: str | None = None,
    data: dict[str, Any] | None = None,
    names: CustomerNames | None = None,
    merge: bool = False,
    dropped: Collection[str] = (),
    queue: Queue | None = None,
    script: str = "",
    channel_id: str = "",
) -> Conversation:
    """Change a conversation as a whole or not at all, and return it. What is not given stays.

    ``data`` of the customer replace what is known, or with ``merge`` come on top of it, without the ``dropped`` keys;
    they are called by ``names``, as in ``start_conversation``.
    With a ``queue`` it waits there from now on: with the age it has when it waits already, anew when a bot had it. A
    ``script`` and a ``channel_id`` cannot be changed, but named. Raises NotFound, Invalid, Conflict.
    """
    with transaction.atomic():
        conversation = living(conversation_id, tenant_id)
        check_assignment(conversation.tenant_id, queue, script)
        if channel_id and channel_id != conversation.channel_id:
            raise Invalid(_("The channel cannot be changed."), field="channel", value=channel_id)
        if data is not None:
            kept = {key: value for key, value in conversation.data.items() if key not in dropped} if merge else {}
            _replace_data(conversation, {**kept, **data}, names or names_for(conversation.channel))
        if script and script != conversation.script:
            raise Conflict(_("Only a new conversation can be assigned to a script."))
        if queue and conversation.is_remote:
            raise Conflict(_("A remote centre answers this conversation, and assigns by itself."))
        if queue:
            transfers.assign_to_queue(conversation, queue)
    return conversation


def assign_to_queue(*, conversation_id: str, queue: Queue | None = None) -> Conversation:
    """A bot hands the conversation over to agents, in this queue or the channel's; return the conversation."""
    with transaction.atomic():
        conversation = living(conversation_id)
        queue = queue or conversation.channel.queue
        check_assignment(conversation.tenant_id, queue, "")
        transfers.assign_to_queue(conversation, queue)
    return conversation


def leave_as_customer(*, conversation_id: str) -> None:
    """The customer ends what is going on; nothing happens when nothing is."""
    with transaction.atomic():
        conversation = living(conversation_id)
        answering.end_for_customer(conversation)


def erase_conversation(*, conversation_id: str) -> None:
    """Delete what was said and who said it; that there was a conversation, its times and its codes stay."""
    with transaction.atomic():
        conversation = Conversation.objects.lock(conversation_id)
        if conversation.erased_at:
            return
        PostAgentAssignment.objects.filter(conversation=conversation, began_at=None).delete()
        control.take(conversation)
        interactions.cancel(conversation)
        Message.objects.filter(conversation=conversation).update(text="", external_provider=None)
        Card.objects.filter(message__conversation=conversation).delete()
        erase_attachments(conversation)
        _erase_notes(conversation)
        conversation.callbacks.update(body=b"")
        # What is still owed goes out with what it says erased: the receiver is not told of it at all. The lanes come
        # first: a worker that writes a result locks them first as well, and without its lease it writes nothing.
        conversation.lanes.update(due_at=None, lease_until=None, lease_token=0)
        deliveries = Delivery.objects.filter(conversation=conversation)
        deliveries.filter(state=Delivery.State.PENDING).update(state=Delivery.State.DEAD, done_at=timezone.now())
        deliveries.update(body="")
        conversation.data, conversation.language, conversation.erased_at = {}, "", timezone.now()
        conversation.save(update_fields=["data", "language", "erased_at"])
        record(conversation, events.ConversationErased())


def names_for(channel: Channel) -> CustomerNames:
    """Return what the customer's data are called in the format of a channel's webhook."""
    spoken = known_format(channel.webhook.version) or formats()[0]
    names: CustomerNames = spoken.customer
    return names


def check_data(data: Mapping[str, Any], names: CustomerNames) -> None:
    """Refuse customer data with too many keys besides the usual ones."""
    if len(data.keys() - names.usual) > settings.CUSTOMER_MAX_KEYS:
        raise Invalid(_("May not have more than %(most)s keys."), most=settings.CUSTOMER_MAX_KEYS, field="customer")
    check_values(data, "customer")


def check_history(history: Sequence[tuple[str, str]]) -> None:
    """Refuse a history that is too long, or words of it that could not be said."""
    if len(history) > settings.HISTORY_MAX_MESSAGES:
        raise Invalid(
            _("May not have more than %(most)s messages."), most=settings.HISTORY_MAX_MESSAGES, field="history"
        )
    for author_type, text in history:
        check_author_type(author_type)
        check_words(text)


def check_assignment(tenant_id: str, queue: Queue | None, script: str) -> None:
    """Refuse another tenant's queue, and a script that the settings do not name."""
    if queue and queue.tenant_id != tenant_id:
        raise Invalid(
            _("Queue ID %(id)s is invalid."), id=queue.pk, field="queue", value=queue.pk, code="invalid_queue"
        )
    if script and script not in settings.BOTS:
        raise Invalid(
            _("Script ID %(id)s is invalid."), id=script, field="script", value=script, code="invalid_script"
        )


def _created(
    channel: Channel, provider: Provider, data: dict[str, Any], names: CustomerNames, **assigned: Any
) -> Conversation:
    """Write a conversation's row, with those of whom it needs, and lock it. ``assigned`` says to whom."""
    if provider.is_remote:
        ensure_receiver(channel.tenant, cast(RemoteCenter, provider))
    created = Conversation.objects.create(
        tenant=channel.tenant,
        channel=channel,
        customer=find_or_create_customer(tenant=channel.tenant, data=data, names=names),
        data=data,
        language=language_of(data, names),
        is_remote=provider.is_remote,
        **assigned,
    )
    return Conversation.objects.lock(created.pk)


def _replace_data(conversation: Conversation, data: dict[str, Any], names: CustomerNames) -> None:
    check_data(data, names)
    changed = sorted(key for key in {*data, *conversation.data} if data.get(key) != conversation.data.get(key))
    if changed:
        conversation.data, conversation.language = data, language_of(data, names)
        conversation.save(update_fields=["data", "language"])
        record(conversation, events.ConversationUpdated(changed=changed))


def _join(conversation: Conversation, history: list[tuple[str, str]]) -> dict[str, Participant]:
    """Join the customer and whoever else speaks in the history; return the participants by type."""
    types = {events.CUSTOMER, *(author_type for author_type, _text in history)}
    participants = [Participant(conversation=conversation, type=author_type) for author_type in sorted(types)]
    Participant.objects.bulk_create(participants)
    return {participant.type: participant for participant in participants}


def _add_history(
    conversation: Conversation, participants: dict[str, Participant], history: list[tuple[str, str]]
) -> None:
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
    record_all(conversation, [Fact(event=message_event(message), message=message, at=now) for message in messages])


def _erase_notes(conversation: Conversation) -> None:
    for entry in LogEntry.objects.filter(conversation=conversation, kind=events.InteractionTransferred.name):
        entry.data["note"] = ""
        entry.save(update_fields=["data"])
