"""What does the API read? Everything is one tenant's; what is another's is not there."""

import re

from django.db import connection
from django.db.models import F, Func, Prefetch, Q, TextField, Value
from django.db.models.lookups import Exact
from django.utils import timezone

from ..events import Event, MessageAdded
from ..exceptions import Invalid, NotFound
from ..models import ApiKey, Channel, Conversation, Interaction, LogEntry, Message, Participant, SigningKey, Webhook
from ..models.conversations import ConversationState, InteractionState
from ..models.prepared import Prepared
from . import fiql

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

CHANNEL_FIELDS = {
    "id": "id",
    "name": "name",
    "webHookId": "webhook_id",
    "routingOptions.id": "queue_id",
    "routingOption.id": "queue_id",  # as the description's example has it
}
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
    return _active_keys().filter(key_hash=key_hash).first()


def _active_keys():
    active = ApiKey.objects.select_related("tenant").filter(revoked_at=None)
    return active.only("scopes", "secret_hash", "tenant__label", "tenant__name")  # what requests need


ACTIVE_KEY = Prepared(lambda key_id: _active_keys().filter(pk=key_id), "key_id")


def public_jwk(key_id):
    """Return a published public key. Raises NotFound."""
    published = Q(published_until=None) | Q(published_until__gt=timezone.now())
    return _get(SigningKey.objects.filter(published), "JWKPublic", key_id).public_jwk


def webhooks(tenant):
    """The tenant's webhooks, the oldest first."""
    return Webhook.objects.alive().select_related("tenant").filter(tenant=tenant).order_by("created_at", "id")


def webhook(tenant, webhook_id):
    """Return a webhook. Raises NotFound."""
    return _get(webhooks(tenant), "WebHook", webhook_id)


def channels(tenant, *, filter_by="", sort_by=""):
    """The tenant's channels that fit a FIQL filter, sorted by a field (``name``, ``-name``, ``name:desc``)."""
    rows = Channel.objects.alive().select_related("tenant").filter(tenant=tenant)
    if filter_by:
        rows = rows.filter(fiql.condition(filter_by, CHANNEL_FIELDS))
    return rows.order_by(*_order(sort_by))


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


def check_id(resource_type, resource_id):
    """Raises NotFound for what cannot be an id: some of it the database would not even compare."""
    if not ID.fullmatch(resource_id):
        raise NotFound(resource_type, resource_id)


def check_conversation(tenant, conversation_id):
    """Raises NotFound when the tenant has no such conversation."""
    _get(Conversation.objects.filter(tenant=tenant).only("id"), *_named(conversation_id))


def participants(conversation_id):
    """Who took part, in the order of their joining."""
    return Participant.objects.filter(conversation_id=conversation_id).order_by("joined_at", "id")


def messages(conversation_id, interaction_id=""):
    """What was said, in order; of one interaction if one is named."""
    rows = Message.objects.filter(conversation_id=conversation_id).order_by("number")
    return rows.filter(interaction_id=interaction_id) if interaction_id else rows


def entries_after(conversation_id, number, limit):
    """The log rows after a number, as many as the limit allows."""
    rows = LogEntry.objects.filter(conversation_id=conversation_id, number__gt=number)
    return list(rows.select_related("message").order_by("number")[:limit])


def event_of(entry):
    """The fact that a log row holds, with a message's words as they are now."""
    words = {"text": entry.message.text} if entry.kind == MessageAdded.name else {}
    return EVENTS[entry.kind](**entry.data, **words)


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


def _order(sort_by):
    if not sort_by:
        return "created_at", "id"
    name, _, direction = sort_by.lstrip("+-").partition(":")
    if name not in CHANNEL_FIELDS or direction not in {"", "asc", "desc"}:
        raise Invalid(f"Invalid sort={sort_by}, has to be one of {', '.join(CHANNEL_FIELDS)}", field="sort")
    minus = "-" if direction == "desc" or sort_by.startswith("-") else ""
    return minus + CHANNEL_FIELDS[name], minus + "id"


class DataValue(Func):
    """The value of a key of a flat JSON object, on SQLite; the key is an argument, not a part of the query."""

    template = "(SELECT value FROM json_each(%(data)s) WHERE key = %(key)s)"
    output_field = TextField()

    def as_sql(self, compiler, connection):
        data, key = (compiler.compile(source) for source in self.source_expressions)
        return self.template % {"data": data[0], "key": key[0]}, (*data[1], *key[1])


def _has_data(data):
    if connection.vendor == "postgresql":
        return Q(data__contains=data)  # what its GIN index is for
    has = Q()
    for key, value in data.items():
        has &= Q(Exact(DataValue(F("data"), Value(key)), Value(value)))
    return has
