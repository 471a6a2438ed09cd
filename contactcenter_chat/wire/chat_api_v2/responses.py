"""What does Chat API v2 answer? From rows and values to dictionaries."""

from ...events import CUSTOMER
from ..base import iso_time, milliseconds
from .setup import QUEUE


def token(*, access_token, key, api_key_id, organization, scopes, issued_at, seconds):
    """An access token; clients expect every number as a string. ``issued_at`` is an aware datetime."""
    return {
        "refresh_token_expires_in": "0",
        "api_product_list": ["vcc"],
        "organization_name": organization,
        "token_type": "BearerToken",
        "issued_at": str(milliseconds(issued_at)),
        "client_id": key,
        "access_token": access_token,
        "application_name": api_key_id,
        "scope": " ".join(scopes),
        "expires_in": str(seconds),
        "refresh_count": "0",
        "status": "approved",
    }


def jwk(key):
    """A public key; the members in the documented order."""
    return {name: key[name] for name in ("kty", "e", "kid", "n")}


def page(data, *, size, index, count):
    """One page of a list; ``index`` counts from 0, ``count`` is of all items."""
    return {
        "data": data,
        "page": {"pageSize": size, "pageIndex": index, "elementCount": count, "pageCount": -(-count // size)},
    }


def webhook(row):
    return {"id": row.pk, "name": row.name, "uri": row.uri, "version": row.version}


def channel(row):
    return {
        "id": row.pk,
        "name": row.name,
        "webHookId": row.webhook_id,
        "routingOptions": {"type": QUEUE, "id": row.queue_id},
    }


def conversation_created(row):
    return {"conversationId": row.pk, "timestamp": milliseconds(row.created_at)}


def conversation(row):
    """A conversation with its interactions, the oldest first."""
    return {
        "channelId": row.channel_id,
        "customer": row.data_in_order,
        "id": row.pk,
        "startTime": iso_time(row.created_at),
        "interactions": [_interaction(each) for each in row.interactions.all()],
    }


def participants(rows, language):
    """Who took part; ``language`` is the customer's, nobody else's is known."""
    return {"participants": [_participant(row, language) for row in rows]}


def messages(rows):
    return {"messages": [_message(row) for row in rows]}


def events(entries, *, after, more):
    """Callbacks of a conversation, as ``(log row, body)`` pairs; the next page begins ``after`` that number."""
    return {
        "data": [{"number": entry.number, "eventId": entry.pk, "event": body} for entry, body in entries],
        "after": after,
        "more": more,
    }


def _interaction(row):
    times = {"startTime": iso_time(row.entered_at)}
    if row.ended_at:
        times["endTime"] = iso_time(row.ended_at)
    return {"id": row.pk, **times}


def _participant(row, language):
    body = {"id": row.pk, "type": row.type}
    return body | {"language": language} if language and row.type == CUSTOMER else body


def _message(row):
    return {
        "interactionId": row.interaction_id or "",
        "originalText": row.plain_text,
        "translatedText": row.plain_text,
        "authorType": row.author_type,
        "participantId": row.participant_id,
    }
