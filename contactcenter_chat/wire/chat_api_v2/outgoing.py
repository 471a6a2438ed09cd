"""What is a remote centre that serves Chat API v2 told, and what do we ask it?"""

from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

from ... import events
from ..base import COMMAND, LEAVE, MESSAGE, START, Telling, command, facts_of
from .requests import CLIENT_CREDENTIALS, VERSION
from .setup import QUEUE, queue_of

__all__ = ["CONVERSATION", "TELLING", "channel", "queue_of", "start", "token", "webhook"]

CONVERSATION = "conversationId"  # of the answer to what starts one
IN_HISTORY = {events.CUSTOMER: events.CUSTOMER}  # everybody else's words are the bot's


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
    return command(MESSAGE, {"text": event.plain_text, "authorType": event.author_type})


@_told.register
def _(event: events.CustomerLeft):
    return command(LEAVE)


def event_body(event, *, conversation_id, at):
    """Return the command that this event is for the remote centre, or None."""
    return _told(event)


TELLING = Telling(
    version=f"to {VERSION}",
    event_body=event_body,
    tells=facts_of(_told),
    type_member=COMMAND,
    event_types=(START, MESSAGE, LEAVE),
)


def start(*, channel_id: str, data: Mapping[str, Any], history: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The body that starts a conversation; ``history`` is (author type, text) pairs."""
    messages = [{"type": IN_HISTORY.get(author, events.BOT), "text": text} for author, text in history]
    return {"channelId": channel_id, "customer": data, "history": {"messages": messages}}


def webhook(*, name: str, uri: str) -> dict[str, Any]:
    """The body that makes or changes a webhook."""
    return {"name": name, "uri": uri, "version": VERSION}


def channel(*, name: str, webhook_id: str, queue_id: str) -> dict[str, Any]:
    """The body that makes or changes a channel."""
    return {"name": name, "webHookId": webhook_id, "routingOptions": {"type": QUEUE, "id": queue_id}}


def token() -> dict[str, str]:
    """The form that an access token is asked for with."""
    return {"grant_type": CLIENT_CREDENTIALS}
