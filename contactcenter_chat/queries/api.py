"""What does the API read? Everything is one tenant's; what is another's is not there."""

import re

from django.db import connection
from django.db.models import F, Func, Prefetch, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.lookups import Contains, EndsWith, Exact, StartsWith
from django.utils import timezone

from ..events import AGENT, Event
from ..exceptions import Invalid, NotFound
from ..models import (
    ApiKey,
    Attachment,
    Card,
    Channel,
    Conversation,
    Interaction,
    LogEntry,
    Message,
    Participant,
    SigningKey,
    Webhook,
)
from ..models.conversations import ConversationState, InteractionState
from ..models.prepared import Prepared
from ..wire.chat_gateway_v1.users import OWN_NAMES
from . import fiql, message_contents

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

WEBHOOK_FIELDS = {"id": "pk", "name": "name", "uri": "receiver__uri", "version": "version"}
CHANNEL_FIELDS = {
    "id": "id",
    "name": "name",
    "webHookId": "webhook_id",
    "routingOptions.id": "queue_id",
    "routingOption.id": "queue_id",  # as the description's example has it
}
CONVERSATION_ORDERS = {"id": "id", "createdAt": "created_at"}
MESSAGE_ORDERS = {"createdAt": "number"}  # in that order they were said
ATTACHMENT_FIELDS = {"id": "id", "filename": "name", "type": "content_type"}
ATTACHMENT_ORDERS = {**ATTACHMENT_FIELDS, "sizeInBytes": "size", "createdAt": "created_at"}
CARD_ORDERS = {"createdAt": "position"}  # those of a message come at the same time
STATUSES = {
    "all": Q(),
    "created": Q(state=ConversationState.CREATED, erased_at=None),
    "pending": Q(open_interaction__state__in=(InteractionState.WAITING, InteractionState.OFFERING)),
    "handling": Q(open_interaction__state=InteractionState.HANDLING),
    "deleted": Q(erased_at__isnull=False),
}
EVENTS = {event.name: event for event in Event.__subclasses__()}


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
    return _get(SigningKey.objects.filter(published), "JWKPublic", key_id).public_jwk


def webhooks(tenant, **selection):
    """The tenant's webhooks that fit the selection (see ``_selected``), the oldest first."""
    rows = Webhook.objects.alive().select_related("tenant", "receiver").filter(tenant=tenant)
    return _selected(rows, WEBHOOK_FIELDS, **selection)


def webhook(tenant, webhook_id):
    """Return a webhook. Raises NotFound."""
    return _get(webhooks(tenant), "WebHook", webhook_id)


def channels(tenant, **selection):
    """The tenant's channels that fit the selection (see ``_selected``), the oldest first."""
    rows = Channel.objects.alive().select_related("tenant").filter(tenant=tenant)
    return _selected(rows, CHANNEL_FIELDS, **selection)


def channel(tenant, channel_id):
    """Return a channel. Raises NotFound."""
    return _get(channels(tenant), "Channel", channel_id)


def queue(tenant, queue_id):
    """Return a queue. Raises NotFound."""
    return _get(tenant.queues, "Queue", queue_id)


def conversations(tenant, *, status="all", channel_id="", data=None, newest_first=False):
    """The tenant's conversations in the order in which they started.

    ``data`` are customer data that they must have; ``status`` is one of STATUSES.
    """
    rows = Conversation.objects.filter(STATUSES[status], tenant=tenant)
    if channel_id:
        rows = rows.filter(channel_id=channel_id)
    if data:
        rows = rows.filter(_has_data(data))
    order = ("-created_at", "-id") if newest_first else ("created_at", "id")
    return rows.prefetch_related(_interactions()).order_by(*order)


def conversation(tenant, conversation_id):
    """Return a conversation with its interactions. Raises NotFound."""
    return _get(Conversation.objects.filter(tenant=tenant).prefetch_related(_interactions()), *_named(conversation_id))


def assigned_conversations(tenant, *, filter_by="", sort_by=""):
    """The tenant's conversations that fit the selection, with what says who is to answer them."""
    rows = Conversation.objects.filter(tenant=tenant)
    if filter_by:
        rows = rows.filter(fiql.condition(filter_by, CONVERSATION_FIELDS))
    return rows.select_related("open_interaction", "channel", "post_agent").order_by(
        *_order(sort_by, CONVERSATION_ORDERS)
    )


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


def participants(conversation_id):
    """Who took part, in the order of their joining."""
    return Participant.objects.filter(conversation_id=conversation_id).order_by("joined_at", "id")


def interactions(conversation_id):
    """The episodes of a conversation, the oldest first."""
    return Interaction.objects.filter(conversation_id=conversation_id).order_by("entered_at", "id")


def attributed_messages(conversation_id, sort_by=""):
    """What was said with who said it, the newest first or sorted by ``createdAt``."""
    rows = Message.objects.filter(conversation_id=conversation_id).select_related("participant")
    rows = rows.prefetch_related("attachments", "cards")
    return rows.order_by(_order(sort_by or "createdAt:desc", MESSAGE_ORDERS)[0])


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
        rows.select_related("message").prefetch_related(*message_contents.OF_MESSAGE).order_by("number")[:limit]
    )


def attachments(tenant, conversation_id, *, filter_by="", sort_by=""):
    """A conversation's files that fit a FIQL filter, sorted by a field; not those an agent has not sent.

    Raises NotFound, Invalid.
    """
    check_conversation(tenant, conversation_id)
    unsent = Q(message=None, author_type=AGENT)
    rows = Attachment.objects.received().filter(~unsent, conversation_id=conversation_id)
    if filter_by:
        rows = rows.filter(fiql.condition(filter_by, ATTACHMENT_FIELDS))
    return rows.order_by(*_order(sort_by, ATTACHMENT_ORDERS))


def attachment(tenant, conversation_id, attachment_id):
    """Return one of these files. Raises NotFound."""
    return _get(attachments(tenant, conversation_id), "Attachment", attachment_id)


def cards(tenant, conversation_id, message_id, *, sort_by=""):
    """The cards of a message, in order. Raises NotFound, Invalid."""
    check_conversation(tenant, conversation_id)
    message = _get(Message.objects.filter(conversation_id=conversation_id), "Message", message_id)
    return Card.objects.filter(message=message).order_by(*_order(sort_by or "createdAt", CARD_ORDERS))


def event_of(entry):
    """The fact that a log row holds, with a message's words as they are now."""
    return EVENTS[entry.kind](**entry.data, **message_contents.said(entry))


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


def _selected(rows, fields, *, filter_by="", sort_by=""):
    """Narrow by a FIQL filter and sort by a field (``name``, ``-name``, ``name:desc``). Raises Invalid.

    ``fields`` maps the names that a client may use to ours.
    """
    if filter_by:
        rows = rows.filter(fiql.condition(filter_by, fields))
    return rows.order_by(*_order(sort_by, fields))


def _order(sort_by, fields):
    if not sort_by:
        return "created_at", "pk"
    name, _, direction = sort_by.lstrip("+-").partition(":")
    if name not in fields or direction not in {"", "asc", "desc"}:
        raise Invalid(f"Invalid sort={sort_by}, has to be one of {', '.join(fields)}", field="sort")
    minus = "-" if direction == "desc" or sort_by.startswith("-") else ""
    return minus + fields[name], minus + "pk"


class DataValue(Func):
    """The value of a key of a flat JSON object, on SQLite; the key is an argument, not a part of the query."""

    template = "(SELECT value FROM json_each(%(data)s) WHERE key = %(key)s)"
    output_field = TextField()

    def as_sql(self, compiler, connection):
        data, key = (compiler.compile(source) for source in self.source_expressions)
        return self.template % {"data": data[0], "key": key[0]}, (*data[1], *key[1])


def _data_field(key):
    """How a value of the customer's data is looked for."""

    def find(lookup, value):
        if not lookup:
            return _has_data({key: value})
        return Q(TEXT_LOOKUPS[lookup](KT(f"data__{key}"), value))

    return find


def _has_data(data):
    if connection.vendor == "postgresql":
        return Q(data__contains=data)  # what its GIN index is for
    has = Q()
    for key, value in data.items():
        has &= Q(Exact(DataValue(F("data"), Value(key)), Value(value)))
    return has


TEXT_LOOKUPS = {"__contains": Contains, "__startswith": StartsWith, "__endswith": EndsWith}
CONVERSATION_FIELDS = {
    "id": "id",
    "channelId": "channel_id",
    "state": "state",
    **{f"user.{name}": _data_field(name) for name in OWN_NAMES},
}
