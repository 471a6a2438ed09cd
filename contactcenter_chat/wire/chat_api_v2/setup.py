"""What do clients of Chat API v2 send that Chat Gateway v1 took over?

What sets up webhooks and channels; a history's authors.
"""

from dataclasses import dataclass

from ...events import BOT, CUSTOMER

QUEUE = "queue"


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


def webhook_from(reader, read_version):
    """Read what a webhook is created or changed from; ``read_version(reader)`` knows the version's names."""
    return WebhookRequest(reader.text("name", max_length=256), uri_from(reader), read_version(reader))


def verify_from(reader, read_version):
    """Read which address is to be tried."""
    return VerifyRequest(uri_from(reader), read_version(reader))


def channel_from(reader):
    """Read what a channel is created or changed from."""
    routing = reader.object("routingOptions")
    routing.choice("type", (QUEUE,), default=QUEUE)
    return ChannelRequest(
        name=reader.text("name", max_length=255),
        webhook_id=reader.identifier("webHookId"),
        queue_id=routing.identifier("id"),
    )


def uri_from(reader):
    return reader.text("uri", max_length=2000)


def history_author(author):
    """Who spoke in a history: whoever is not the customer is the bot."""
    return CUSTOMER if author in (None, CUSTOMER) else BOT


def queue_of(channel):
    """Return the id of the queue of a channel as a centre shows it; None when it does not."""
    return (channel.get("routingOptions") or {}).get("id")
