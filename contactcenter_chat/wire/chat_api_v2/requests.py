"""What do clients of Chat API v2 send? From a body to a dataclass, or ``InvalidFields`` with every complaint.

The published description is stricter than what clients send; what they send wins.
"""

from dataclasses import dataclass

from ...events import BOT, CUSTOMER
from ..reading import Reader
from . import setup

VERSION = "v2.0"
UNDOCUMENTED_VERSION = "v1.0"
AUTHOR_TYPES = (CUSTOMER, BOT)


@dataclass(frozen=True)
class ConversationRequest:
    channel_id: str
    customer: dict[str, str]
    history: tuple[tuple[str, str], ...]  # author type and text, the oldest first


@dataclass(frozen=True)
class MessageRequest:
    author_type: str
    text: str


def read_webhook(body):
    """Read what a webhook is created or changed from."""
    reader = Reader(body)
    request = setup.webhook_from(reader, _version)
    reader.done()
    return request


def read_verify(body):
    """Read which address is to be tried, with which format."""
    reader = Reader(body)
    request = setup.verify_from(reader, _version)
    reader.done()
    return request


def read_channel(body):
    """Read what a channel is created or changed from."""
    reader = Reader(body)
    request = setup.channel_from(reader)
    reader.done()
    return request


def read_conversation(body, *, max_keys, max_history, max_length):
    """Read what a conversation is started from.

    ``max_keys`` of the customer's data, ``max_history`` messages of ``max_length`` characters each.
    """
    reader = Reader(body)
    request = ConversationRequest(
        channel_id=reader.identifier("channelId"),
        customer=reader.object("customer").strings(max_keys),
        history=tuple(_history(reader.object("history"), max_history, max_length)),
    )
    reader.done()
    return request


def read_message(body, *, max_length):
    """Read a message of at most ``max_length`` characters."""
    reader = Reader(body)
    request = MessageRequest(
        author_type=reader.choice("authorType", AUTHOR_TYPES, default=CUSTOMER),
        text=reader.text("text", max_length=max_length),
    )
    reader.done()
    return request


def _version(reader):
    """Read the version, by either of its names; there is but one."""
    for name in ("version", "notificationVersion"):
        version = reader.text(name, required=False, default=VERSION)
        if version == UNDOCUMENTED_VERSION:
            reader.refuse(name, f"The events of {UNDOCUMENTED_VERSION} are not supported, use {VERSION}.", version)
        elif version != VERSION:
            reader.refuse(name, f"Invalid {name}={version}, has to be {VERSION}", version)
    return VERSION


def _history(reader, max_items, max_length):
    """What was said before; what has no text is left out, whoever is not the customer is the bot."""
    for item in reader.objects("messages", max_items):
        text = item.text("text", required=False, max_length=max_length)
        author = item.members.get("type", item.members.get("authorType"))
        if text.strip():
            yield setup.history_author(author), text
