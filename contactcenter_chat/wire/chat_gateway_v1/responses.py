"""What does Chat Gateway v1 answer? From rows and values to dictionaries."""

from ...events import AGENT, CUSTOMER
from ..base import iso_time
from ..chat_api_v2.setup import QUEUE
from .attachments import attachment
from .cards import card
from .requests import CHANNEL_TYPE
from .users import user


def page(name, items, *, href, size, index, count):
    """One page of a list, in HAL; ``index`` counts from 0, ``count`` is of all items."""
    return {
        "_embedded": {name: items},
        "_links": {"self": {"href": href}},
        "page": {"size": size, "number": index, "totalElements": count, "totalPages": -(-count // size)},
    }


def webhook(row):
    return {"id": row.pk, "name": row.name, "uri": row.uri, "version": row.version}


def channel(row):
    return {
        "id": row.pk,
        "name": row.name,
        "type": CHANNEL_TYPE,
        "webHookId": row.webhook_id,
        "routingOptions": {"type": QUEUE, "id": row.queue_id},
    }


def assignment(assigned_type, assigned_id):
    return {"type": assigned_type, "id": assigned_id}


def conversation_created(row):
    return {"conversationId": row.pk, "createdAt": iso_time(row.created_at)}


def conversation(row, assigned):
    """A conversation; ``assigned`` is (type, id) of who is to answer."""
    return {
        "id": row.pk,
        "channelId": row.channel_id,
        "state": row.state,
        "assignment": assignment(*assigned),
        "user": user(row.data_in_order),
    }


def interaction(row):
    times = {"startTime": iso_time(row.entered_at)}
    if row.ended_at:
        times["endTime"] = iso_time(row.ended_at)
    return {"id": row.pk, **times}


def participant(row, language=""):
    """Who took part; ``language`` is the customer's, nobody else's is known.

    Agents have the id that callbacks name them by: our own, or a remote centre's.
    """
    body = {
        "id": row.agent_id or row.remote_id if row.type == AGENT else row.pk,
        "removed": row.left_at is not None,
        "type": row.type,
    }
    return body | {"language": language} if language and row.type == CUSTOMER else body


def message(row):
    """A message with its participant, files and cards."""
    body = {
        "id": row.pk,
        "text": row.text,
        "createdAt": iso_time(row.created_at),
        "author": participant(row.participant),
        "attachments": [attachment(each) for each in row.attachments.all()],
        "cards": [card(each) for each in row.cards.all()],
    }
    return body | {"externalProvider": row.external_provider} if row.external_provider else body
