"""What do clients of Chat Gateway v1 send? From a body to a dataclass, or ``InvalidFields`` with every complaint.

The published description is stricter than what clients send; what they send wins.
"""

from dataclasses import dataclass
from urllib.parse import quote

from ...events import BOT, CUSTOMER
from ..chat_api_v2 import setup
from ..reading import EMPTY, Reader
from .attachments import read_ids
from .cards import read_cards
from .users import emptied_names, read_user

VERSION = "Chat Gateway v1.0"
CHANNEL_TYPE = "ChatAPI"
MOST_ITEMS = 100  # files or cards that are read at all; how many are allowed is a setting
SCRIPT = "script"
ASSIGNMENTS = (setup.QUEUE, SCRIPT)
WEBHOOK = "webhook"
AUTHOR_TYPES = (CUSTOMER, BOT)
THINKING_SECONDS, THINKING_SECONDS_MOST = 60, 600
MILLISECONDS_MOST = 253_402_300_799_999  # the year 9999
EXTERNAL_PROVIDERS = {"X": "https://x.com/i/status/{}"}  # where what was said there is shown


@dataclass(frozen=True)
class Assignment:
    type: str  # one of ASSIGNMENTS
    id: str


@dataclass(frozen=True)
class ConversationRequest:
    channel_id: str
    customer: dict[str, str]
    history: tuple[tuple[str, str], ...]  # author type and text, the oldest first
    assignment: Assignment | None


@dataclass(frozen=True)
class ChangeRequest:
    """Empty members stay as they are; ``dropped`` are names of the customer's data that go."""

    channel_id: str
    customer: dict[str, str] | None
    dropped: tuple[str, ...]
    assignment: Assignment | None


@dataclass(frozen=True)
class PostAgentRequest:
    webhook_id: str
    tells_channel: bool
    total_minutes: int
    silence_minutes: int


@dataclass(frozen=True)
class MessageRequest:
    author_type: str
    text: str
    external_provider: dict[str, str] | None
    attachments: tuple[str, ...] = ()  # ids
    cards: tuple[tuple[str, object], ...] = ()  # content type and content


def read_webhook(body):
    """Read what a webhook is created or changed from."""
    reader = Reader(body)
    request = setup.webhook_from(reader, _version)
    reader.done()
    return request


def read_verify(body):
    """Read which address is to be tried."""
    reader = Reader(body)
    request = setup.verify_from(reader, _version)
    reader.done()
    return request


def read_channel(body):
    """Read what a channel is created or changed from; there is but one type that can be."""
    reader = Reader(body)
    reader.choice("type", (CHANNEL_TYPE,), default=CHANNEL_TYPE)
    request = setup.channel_from(reader)
    reader.done()
    return request


def read_conversation(body, *, max_keys, max_history, max_length):
    """Read what a conversation is started from.

    ``max_keys`` of the customer's data besides those with names of their own, ``max_history`` messages of
    ``max_length`` characters each.
    """
    reader = Reader(body)
    request = ConversationRequest(
        channel_id=reader.identifier("channelId"),
        customer=read_user(reader.object("user"), max_keys),
        history=tuple(_history(reader.object("history"), max_history, max_length)),
        assignment=_assignment(reader),
    )
    reader.done()
    return request


def read_change(body, *, max_keys):
    """Read what a conversation is changed to."""
    reader = Reader(body)
    user = reader.object("user")
    has_user = reader.members.get("user") is not None
    request = ChangeRequest(
        channel_id=reader.identifier("channelId") if reader.members.get("channelId") is not None else "",
        customer=read_user(user, max_keys) if has_user else None,
        dropped=emptied_names(user),
        assignment=_assignment(reader),
    )
    reader.done()
    return request


def read_post_agent(body, *, total_minutes, silence_minutes):
    """Read which webhook's bot gets the conversation after the agent; the minutes are (least, default, most)."""
    reader = Reader(body)
    reader.choice("type", (WEBHOOK,), default=WEBHOOK)
    configuration = reader.object("configuration")
    request = PostAgentRequest(
        webhook_id=reader.identifier("id"),
        tells_channel=configuration.boolean("notifyChannelWebhookIfExists", False),
        total_minutes=_minutes(configuration, "maxTotalMinutes", *total_minutes),
        silence_minutes=_minutes(configuration, "userTimeoutInMinutes", *silence_minutes),
    )
    reader.done()
    return request


def read_typing(body):
    """Read who types."""
    reader = Reader(body)
    author_type = reader.choice("authorType", AUTHOR_TYPES)
    reader.done()
    return author_type


def read_thinking(body):
    """Read who thinks, and for how many seconds at most."""
    reader = Reader(body)
    author_type = reader.choice("authorType", (BOT,), default=BOT)
    seconds = reader.bounded("maxThinkingTimeSeconds", THINKING_SECONDS, least=1, most=THINKING_SECONDS_MOST)
    reader.done()
    return author_type, seconds


def read_receipt(body):
    """Read who has read until when, in milliseconds since 1970."""
    reader = Reader(body)
    author_type = reader.choice("authorType", AUTHOR_TYPES)
    if reader.members.get("readAt") is None:
        reader.refuse("readAt", EMPTY, code="required")
    read_at = reader.bounded("readAt", 0, least=0, most=MILLISECONDS_MOST)
    reader.done()
    return author_type, read_at


def read_leaving(body):
    """Read whether the customer is to be removed."""
    reader = Reader(body)
    removed = reader.boolean("removed", False)
    reader.done()
    return removed


def read_message(body, *, max_length):
    """Read a message: text of at most ``max_length`` characters, files, cards, or where it was said."""
    reader = Reader(body)
    author_type = reader.choice("authorType", AUTHOR_TYPES, default=CUSTOMER)
    provider = _external_provider(reader)
    attachments, cards = read_ids(reader, most=MOST_ITEMS), read_cards(reader, most=MOST_ITEMS)
    required = provider is None and not (attachments or cards)
    text = reader.text("text", required=required, max_length=max_length)
    if provider and text.strip():
        reader.refuse("text", "May not be given together with externalProvider.")
    request = MessageRequest(author_type, _link(provider) if provider else text, provider, attachments, cards)
    reader.done()
    return request


def _minutes(reader, name, least, default, most):
    return reader.bounded(name, default, least=least, most=most)


def _assignment(reader):
    if reader.members.get("assignment") is None:
        return None
    assignment = reader.object("assignment")
    return Assignment(
        type=assignment.choice("type", ASSIGNMENTS, default=setup.QUEUE),
        id=assignment.identifier("id").strip(),  # as the documented request has it
    )


def _external_provider(reader):
    if reader.members.get("externalProvider") is None:
        return None
    provider = reader.object("externalProvider")
    return {
        "name": provider.choice("name", tuple(EXTERNAL_PROVIDERS), default="X"),
        "externalMessageId": provider.identifier("externalMessageId"),
    }


def _link(provider):
    return EXTERNAL_PROVIDERS.get(provider["name"], "{}").format(quote(provider["externalMessageId"], safe=""))


def _history(reader, max_items, max_length):
    """What was said before; what has no text is left out, whoever is not the customer is the bot."""
    for item in reader.objects("messages", max_items):
        text = item.text("text", required=False, max_length=max_length)
        author = item.members.get("authorType", item.members.get("type"))
        if not text.strip() and isinstance(item.members.get("externalProvider"), dict):
            text = _link(_external_provider(item))
        if text.strip():
            yield setup.history_author(author), text


def _version(reader):
    """Read the version, by either of its names; there is but one."""
    for name in ("version", "notificationVersion"):
        reader.choice(name, (VERSION,), default=VERSION)
    return VERSION
