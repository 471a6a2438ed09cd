"""What do clients of Chat API v2 send? From a body to a dataclass, or ``InvalidFields`` with every complaint.

The published description is stricter than what clients send; what they send wins.
"""

import sys
from dataclasses import dataclass

from ...events import CUSTOMER
from ...storable import is_blank
from ..members import Anything, Choice, Identifier, Listed, Object, Scalars, Text, read, read_members, schema_of
from ..skills import ASKED
from . import setup
from .names import OWN_NAMES

VERSION = "v2.0"
UNDOCUMENTED_VERSION = "v1.0"
CUT = " […]"  # where the rest of a text was
CLIENT_CREDENTIALS = "client_credentials"  # how an access token is asked for


@dataclass(frozen=True)
class ConversationRequest:
    channel_id: str
    customer: dict[str, str]
    history: tuple[tuple[str, str], ...]  # author type and text, the oldest first
    skills: tuple[tuple[str, int], ...] = ()  # names, each with a least level


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


class HowMany(Listed):
    """However many items: the format names no limit, and whoever is handed over must reach an agent."""

    def read(self, reader, name, limits, given):
        return [read_members(item, self.members, limits) for item in reader.objects(name, sys.maxsize)]

    def own_shape(self, limits):
        return {"type": "array", "items": schema_of(self.members, limits)}


VERSIONS = {
    "version": Version((VERSION,), default=VERSION),
    "notificationVersion": Version((VERSION,), default=VERSION, description="The older name of `version`."),
}
WEBHOOK = setup.WEBHOOK | VERSIONS
VERIFY = setup.VERIFY | VERSIONS
CHANNEL = setup.CHANNEL
SAID_BEFORE = {
    "text": Text(default="", description="What is longer than a message may be is cut, and marked."),
    "type": Anything(also="authorType", description="`user` or `bot`; anything else is the bot."),
}
CONVERSATION = {
    "channelId": Identifier(),
    "customer": Scalars(
        limit="customer_keys",
        known=OWN_NAMES,
        description="What is known of the customer, flat; numbers and booleans are kept as strings.",
    ),
    "skills": ASKED,
    "history": Object(description="What was said before, the oldest first. Whoever is not `user` is the bot."),
    "history.messages": HowMany(
        members=SAID_BEFORE, limit="history", description="Of more than are kept, the last are."
    ),
}
LEAVE = {"displayMessage": Text(default="", limit="message")}
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
        history=tuple(_history(given["history.messages"], limits)),
        skills=given["skills"],
    )


def read_leaving(body, limits):
    """Read what is shown of a customer's leaving."""
    return read(body, LEAVE, limits)["displayMessage"].strip()


def read_message(body, limits):
    """Read a message."""
    given = read(body, MESSAGE, limits)
    return MessageRequest(author_type=given["authorType"], text=given["text"])


def _history(messages, limits):
    """What was said before; what has no text is left out, whoever is not the customer is the bot."""
    said = [each for each in messages if not is_blank(each["text"])]
    for each in said[max(0, len(said) - limits.history) :]:
        yield setup.history_author(each["type"]), _cut(each["text"], limits.message)


def _cut(text, most):
    return text if len(text) <= most else text[: most - len(CUT)] + CUT
