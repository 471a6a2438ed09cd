"""What is a remote centre that serves Chat Gateway v1 told, and what do we ask it?"""

from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatch
from typing import Any

from ... import events
from ..base import COMMAND, LEAVE, MESSAGE, START, UPDATE, Telling, command, facts_of
from ..chat_api_v2.setup import QUEUE, queue_of
from .requests import CHANNEL_TYPE, VERSION
from .users import user

__all__ = ["CONVERSATION", "TELLING", "channel", "message", "queue_of", "start", "update", "webhook"]

CONVERSATION = "conversationId"  # of the answer to what starts one


@singledispatch
def _told(event):
    return None


@_told.register
def _(event: events.ConversationStarted):
    return command(START)


@_told.register
def _(event: events.MessageAdded):
    if event.history or event.author_type not in (events.CUSTOMER, events.BOT):
        return None
    said = {"text": event.words, "authorType": event.author_type}
    # By their ids here: what they are there is known when they have been uploaded.
    files = {"attachments": [{"id": each["id"]} for each in event.attachments]} if event.attachments else {}
    return command(MESSAGE, said | files)


@_told.register
def _(event: events.ConversationUpdated):
    return command(UPDATE)


@_told.register
def _(event: events.CustomerLeft):
    return command(LEAVE, {"removed": True})


def event_body(event, *, conversation_id, at):
    """Return the command that this event is for the remote centre, or None."""
    return _told(event)


TELLING = Telling(
    version=f"to {VERSION}",
    event_body=event_body,
    tells=facts_of(_told),
    type_member=COMMAND,
    event_types=(START, MESSAGE, UPDATE, LEAVE),
)


def start(*, channel_id: str, data: Mapping[str, Any], history: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The body that starts a conversation; ``history`` is (author type, text) pairs."""
    messages = [
        {"authorType": author if author == events.CUSTOMER else events.BOT, "text": text} for author, text in history
    ]
    return {"channelId": channel_id, "user": user(data), "history": {"messages": messages}}


def message(request: Mapping[str, Any], *, ids: Sequence[str], notes: Sequence[str]) -> dict[str, Any]:
    """The body of a frozen message: its files by their ``ids`` there, and ``notes`` on those that cannot be sent."""
    text = "\n\n".join(part for part in (request.get("text"), *notes) if part)
    said = {name: value for name, value in request.items() if name not in ("text", "attachments")}
    files = {"attachments": [{"id": each} for each in ids]} if ids else {}
    return said | ({"text": text} if text else {}) | files


def update(data: Mapping[str, Any]) -> dict[str, Any]:
    """The body that replaces what is known of the customer."""
    return {"user": user(data)}


def webhook(*, name: str, uri: str) -> dict[str, Any]:
    """The body that makes or changes a webhook."""
    return {"name": name, "uri": uri, "version": VERSION}


def channel(*, name: str, webhook_id: str, queue_id: str) -> dict[str, Any]:
    """The body that makes or changes a channel."""
    routing = {"type": QUEUE, "id": queue_id}
    return {"name": name, "type": CHANNEL_TYPE, "webHookId": webhook_id, "routingOptions": routing}
