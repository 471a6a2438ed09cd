"""What do clients of Chat API v2 send? From a body to a dataclass, or ``InvalidFields`` with every complaint.

The published description is stricter than what clients send; what they send wins.
"""

from dataclasses import dataclass

from ...events import CUSTOMER
from ..members import Anything, Choice, Identifier, Listed, Object, Scalars, Text, read
from . import setup

VERSION = "v2.0"
UNDOCUMENTED_VERSION = "v1.0"
CUSTOMER_NAMES = ("name", "customerId", "email", "company", "caseId", "language")


@dataclass(frozen=True)
class ConversationRequest:
    channel_id: str
    customer: dict[str, str]
    history: tuple[tuple[str, str], ...]  # author type and text, the oldest first


@dataclass(frozen=True)
class MessageRequest:
    author_type: str
    text: str


class Version(Choice):
    """The format of callbacks; there is but one, and of another it is known that clients ask for it."""

    def read(self, reader, name, limits, given):
        version = reader.text(name, required=False, default=VERSION)
        if version == UNDOCUMENTED_VERSION:
            reader.refuse(name, f"The events of {UNDOCUMENTED_VERSION} are not supported, use {VERSION}.", version)
        elif version != VERSION:
            reader.refuse(name, f"Invalid {name}={version}, has to be {VERSION}", version)
        return VERSION


VERSIONS = {
    "version": Version((VERSION,), default=VERSION),
    "notificationVersion": Version((VERSION,), default=VERSION, description="The older name of `version`."),
}
WEBHOOK = setup.WEBHOOK | VERSIONS
VERIFY = setup.VERIFY | VERSIONS
CHANNEL = setup.CHANNEL
SAID_BEFORE = {
    "text": Text(default="", limit="message"),
    "type": Anything(also="authorType", description="`user` or `bot`; anything else is the bot."),
}
CONVERSATION = {
    "channelId": Identifier(),
    "customer": Scalars(
        limit="customer_keys",
        known=CUSTOMER_NAMES,
        description="What is known of the customer, flat; numbers and booleans are kept as strings.",
    ),
    "history": Object(description="What was said before, the oldest first. Whoever is not `user` is the bot."),
    "history.messages": Listed(members=SAID_BEFORE, limit="history"),
}
MESSAGE = {
    "authorType": Choice(setup.AUTHOR_TYPES, default=CUSTOMER),
    "text": Text(limit="message"),
}


def read_webhook(body, limits):
    """Read what a webhook is created or changed from."""
    given = read(body, WEBHOOK, limits)
    return setup.WebhookRequest(given["name"], given["uri"], VERSION)


def read_verify(body, limits):
    """Read which address is to be tried, with which format."""
    return setup.VerifyRequest(read(body, VERIFY, limits)["uri"], VERSION)


def read_channel(body, limits):
    """Read what a channel is created or changed from."""
    return setup.channel_from(read(body, CHANNEL, limits))


def read_conversation(body, limits):
    """Read what a conversation is started from."""
    given = read(body, CONVERSATION, limits)
    return ConversationRequest(
        channel_id=given["channelId"],
        customer=given["customer"],
        history=tuple(_history(given["history.messages"])),
    )


def read_message(body, limits):
    """Read a message."""
    given = read(body, MESSAGE, limits)
    return MessageRequest(author_type=given["authorType"], text=given["text"])


def _history(messages):
    """What was said before; what has no text is left out, whoever is not the customer is the bot."""
    for each in messages:
        if each["text"].strip():
            yield setup.history_author(each["type"]), each["text"]
