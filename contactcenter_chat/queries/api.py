"""What does the API read? Everything is one tenant's; what is another's is not there."""

import re
from dataclasses import replace

from django.db.models import Prefetch, Q
from django.utils import timezone

from ..events import AGENT, SYSTEM, Event, MessageAdded
from ..exceptions import NotFound
from ..models import (
    ApiKey,
    Attachment,
    Card,
    Channel,
    Conversation,
    Interaction,
    LogEntry,
    Message,
    OpeningHours,
    Participant,
    SigningKey,
    Webhook,
)
from ..models.conversations import PASSED_ON, ConversationState, EndedBy, InteractionState
from ..models.prepared import Prepared
from ..wire.handover import HandoverState
from . import message_contents
from .assignment import bot_name_for, centre_name_for
from .selections import EVERYTHING, has_data

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

# How conversations can stand, as lists of them are chosen
ALL, NEVER_QUEUED, WAITING, HANDLED, ERASED = "all", "never queued", "waiting", "handled", "erased"
STANDINGS = {
    ALL: Q(),
    NEVER_QUEUED: Q(state=ConversationState.CREATED, erased_at=None),
    WAITING: Q(open_interaction__state__in=(InteractionState.WAITING, InteractionState.OFFERING)),
    HANDLED: Q(open_interaction__state=InteractionState.HANDLING),
    ERASED: Q(erased_at__isnull=False),
}
EVENTS = {event.name: event for event in Event.__subclasses__()}

IN_DEPARTMENT = "queue__in_department__department"


def active_key(key_id):
    """Return an API key with its tenant, or None when there is none or it was revoked."""
    return ACTIVE_KEY.first(key_id=key_id)


def active_key_by_hash(key_hash):
    """The same by the SHA-256 of the key."""
    return ACTIVE_KEY_BY_HASH.first(key_hash=key_hash)


def _active_keys():
    active = ApiKey.objects.select_related("tenant").filter(revoked_at=None)
    return active.only("scopes", "secret_hash", "tenant__label", "tenant__name")  # what requests need


ACTIVE_KEY = Prepared(lambda key_id: _active_keys().filter(pk=key_id), "key_id")
ACTIVE_KEY_BY_HASH = Prepared(lambda key_hash: _active_keys().filter(key_hash=key_hash), "key_hash")


def public_jwk(key_id):
    """Return a published public key. Raises NotFound."""
    published = Q(published_until=None) | Q(published_until__gt=timezone.now())
    return _get(SigningKey.objects.filter(published), "SigningKey", key_id).public_jwk


def webhooks(tenant, selection=EVERYTHING, *, version=""):
    """The tenant's webhooks that fit the selection, the oldest first or sorted; of one version if it is named."""
    rows = Webhook.objects.alive().select_related("tenant", "receiver").filter(tenant=tenant)
    return selection.of(rows.filter(version=version) if version else rows)


def webhook(tenant, webhook_id, *, version=""):
    """Return a webhook, of this version if one is named. Raises NotFound."""
    return _get(webhooks(tenant, version=version), "Webhook", webhook_id)


def channels(tenant, selection=EVERYTHING):
    """The tenant's channels that fit the selection, the oldest first or sorted."""
    return selection.of(Channel.objects.alive().select_related("tenant").filter(tenant=tenant))


def channel(tenant, channel_id):
    """Return a channel. Raises NotFound."""
    return _get(channels(tenant), "Channel", channel_id)


def channel_with_queue(tenant, channel_id):
    """Return a channel with its queue. Raises NotFound."""
    return _get(channels(tenant).select_related("queue__hours", IN_DEPARTMENT), "Channel", channel_id)


def queue(tenant, queue_id):
    """Return a queue. Raises NotFound."""
    return _get(tenant.queues, "Queue", queue_id)


def open_queues(tenant):
    """The tenant's queues that are open now, with their hours."""
    return tenant.queues.filter(is_closed=False).select_related("hours")


def schedules(tenant):
    """The tenant's opening hours, by their names."""
    return OpeningHours.objects.filter(tenant=tenant).order_by("name", "pk")


def schedule(tenant, schedule_id):
    """Return opening hours. Raises NotFound."""
    return _get(schedules(tenant), "Schedule", schedule_id)


def conversations(tenant, *, standing=ALL, channel_id="", data=None, newest_first=False):
    """The tenant's conversations in the order in which they started.

    ``data`` are customer data that they must have; ``standing`` is one of STANDINGS.
    """
    rows = Conversation.objects.filter(STANDINGS[standing], tenant=tenant)
    if channel_id:
        rows = rows.filter(channel_id=channel_id)
    if data:
        rows = rows.filter(has_data(data))
    order = ("-created_at", "-id") if newest_first else ("created_at", "id")
    return rows.prefetch_related(_interactions()).order_by(*order)


def conversation(tenant, conversation_id):
    """Return a conversation with its interactions. Raises NotFound."""
    return _get(Conversation.objects.filter(tenant=tenant).prefetch_related(_interactions()), *_named(conversation_id))


def handed_over(tenant, conversation_id):
    """Return the last episode that a bot has handed over, or None, and how far that has come."""
    check_conversation(tenant, conversation_id)
    rows = Interaction.objects.filter(conversation=conversation_id).exclude(brief={})
    rows = rows.exclude(brief__has_key=PASSED_ON)  # that an agent has handed on
    interaction = rows.order_by("-entered_at", "-pk").first()
    if interaction is None:
        return None, HandoverState.NONE
    if interaction.accepted_at:
        return interaction, HandoverState.COMPLETED
    if interaction.ended_at:
        return interaction, HandoverState.RECALLED if interaction.ended_by == EndedBy.BOT else HandoverState.FAILED
    return interaction, HandoverState.ACCEPTED


def assigned_conversations(tenant, selection=EVERYTHING):
    """The tenant's conversations that fit the selection, with what says who is to answer them."""
    rows = Conversation.objects.filter(tenant=tenant)
    return selection.of(rows.select_related("open_interaction", "channel", "post_agent"))


def assigned_conversation(tenant, conversation_id):
    """Return a conversation with what says who is to answer it. Raises NotFound."""
    return _get(assigned_conversations(tenant), *_named(conversation_id))


def check_id(resource_type, resource_id):
    """Raises NotFound for what cannot be an id: some of it the database would not even compare."""
    if not ID.fullmatch(resource_id):
        raise NotFound(resource_type, resource_id)


def check_conversation(tenant, conversation_id):
    """Return a conversation's id and language; raises NotFound when the tenant has no such conversation."""
    return _get(Conversation.objects.filter(tenant=tenant).only("id", "language"), *_named(conversation_id))


def identified_conversation(tenant, conversation_id):
    """Return a conversation with what says who its customer is. Raises NotFound."""
    rows = Conversation.objects.filter(tenant=tenant).select_related("customer", "channel__webhook")
    return _get(rows, *_named(conversation_id))


def interaction_going_on(tenant, conversation_id):
    """Return what is going on in a conversation with its queue, or None. Raises NotFound."""
    rows = Conversation.objects.filter(tenant=tenant).select_related(f"open_interaction__{IN_DEPARTMENT}")
    return _get(rows, *_named(conversation_id)).open_interaction


def participants(conversation_id):
    """Who took part, in the order of their joining."""
    return Participant.objects.filter(conversation_id=conversation_id).order_by("joined_at", "id")


def interactions(conversation_id):
    """The episodes of a conversation, the oldest first."""
    return Interaction.objects.filter(conversation_id=conversation_id).order_by("entered_at", "id")


def attributed_messages(conversation_id, selection=EVERYTHING):
    """What was said with who said it, the newest first or sorted."""
    rows = Message.objects.filter(conversation_id=conversation_id).select_related("participant")
    rows = rows.prefetch_related("attachments", "cards")
    return selection.of(rows, usual=("-number",))


def message(conversation_id, message_id):
    """Return a message with who said it. Raises NotFound."""
    return _get(attributed_messages(conversation_id), "Message", message_id)


def messages(conversation_id, interaction_id=""):
    """What was said, in order; of one interaction if one is named."""
    rows = Message.objects.filter(conversation_id=conversation_id).order_by("number")
    rows = rows.prefetch_related("attachments", "cards")
    return rows.filter(interaction_id=interaction_id) if interaction_id else rows


def entries_after(conversation_id, number, limit):
    """The log rows after a number, as many as the limit allows."""
    rows = LogEntry.objects.filter(conversation_id=conversation_id, number__gt=number)
    return list(
        rows.select_related("message", "conversation__channel", "conversation__tenant")
        .prefetch_related(*message_contents.OF_MESSAGE)
        .order_by("number")[:limit]
    )


def attachments(tenant, conversation_id, selection=EVERYTHING):
    """A conversation's files that fit the selection, the oldest first or sorted; not those an agent has not sent.

    Raises NotFound, Invalid.
    """
    check_conversation(tenant, conversation_id)
    unsent = Q(message=None, author_type=AGENT)
    return selection.of(Attachment.objects.received().filter(~unsent, conversation_id=conversation_id))


def attachment(tenant, conversation_id, attachment_id):
    """Return one of these files. Raises NotFound."""
    return _get(attachments(tenant, conversation_id), "Attachment", attachment_id)


def cards(tenant, conversation_id, message_id, selection=EVERYTHING):
    """The cards of a message, in order or sorted. Raises NotFound, Invalid."""
    check_conversation(tenant, conversation_id)
    message = _get(Message.objects.filter(conversation_id=conversation_id), "Message", message_id)
    return selection.of(Card.objects.filter(message=message), usual=("position", "id"))


def event_of(entry):
    """The fact that a log row holds, with a message's words as they are now."""
    return EVENTS[entry.kind](**entry.data, **message_contents.said(entry))


def told_event_of(entry):
    """The same with what is called who speaks and is no person, where the channel's clients are told so."""
    event = event_of(entry)
    if not isinstance(event, MessageAdded) or not (event.author_type == SYSTEM or event.bot):
        return event
    of = entry.conversation
    return replace(event, centre_name=centre_name_for(event, of), bot_name=bot_name_for(event, of))


def page_of(rows, *, size, index):
    """Return one page of a query and the number of all its rows.

    They are counted only when the page does not tell. That count reads the tenant's own part of an index.
    """
    first = size * index
    found = list(rows[first : first + size])
    if len(found) < size and (found or not index):
        return found, first + len(found)
    return found, rows.count()


def _get(rows, resource_type, resource_id):
    check_id(resource_type, resource_id)
    found = rows.filter(pk=resource_id).first()
    if found is None:
        raise NotFound(resource_type, resource_id)
    return found


def _named(conversation_id):
    return "Conversation", conversation_id


def _interactions():
    columns = Interaction.objects.only("id", "conversation_id", "entered_at", "ended_at")
    return Prefetch("interactions", columns.order_by("entered_at", "id"))
