"""What do clients of Chat API v2 send that Chat Gateway v1 took over?

What sets up webhooks and channels; a history's authors.
"""

from dataclasses import dataclass

from ...events import BOT, CUSTOMER
from ..members import Choice, Identifier, Object, Text

QUEUE = "queue"
AUTHOR_TYPES = (CUSTOMER, BOT)  # for whom clients speak


@dataclass(frozen=True)
class WebhookRequest:
    name: str
    uri: str
    version: str


@dataclass(frozen=True)
class VerifyRequest:
    uri: str
    version: str


@dataclass(frozen=True)
class ChannelRequest:
    name: str
    webhook_id: str
    queue_id: str


# The address itself is looked at when it is verified.
VERIFY = {"uri": Text(limit="webhook_uri", described={"format": "uri", "pattern": "^https?://"})}
WEBHOOK = {"name": Text(limit="webhook_name"), **VERIFY}
CHANNEL = {
    "routingOptions": Object(required=True),
    "routingOptions.type": Choice((QUEUE,), default=QUEUE),
    "name": Text(limit="channel_name"),
    "webHookId": Identifier(),
    "routingOptions.id": Identifier(),
}


def channel_from(given):
    """What a channel is created or changed from, of what was read by CHANNEL."""
    return ChannelRequest(name=given["name"], webhook_id=given["webHookId"], queue_id=given["routingOptions.id"])


def history_author(author):
    """Who spoke in a history: whoever is not the customer is the bot."""
    return CUSTOMER if author in (None, CUSTOMER) else BOT


def queue_of(channel):
    """Return the id of the queue of a channel as a centre shows it; None when it does not."""
    return (channel.get("routingOptions") or {}).get("id")
