"""What do clients of Chat Gateway v1 send? From a body to a dataclass, or ``InvalidFields`` with every complaint.

The published description is stricter than what clients send; what they send wins.
"""

from dataclasses import dataclass, replace
from urllib.parse import quote

from ...events import BOT, CUSTOMER
from ...exceptions import Invalid
from ...storable import is_blank
from ..chat_api_v2 import setup
from ..limits import Range
from ..members import Anything, Choice, Flag, Identifier, Listed, Number, Object, Text, Whole, read, read_members
from ..reading import EMPTY, Reader
from ..skills import ASKED
from .attachments import SENT
from .cards import CARD
from .users import USER, USER_MEMBERS, data_of, emptied_names

VERSION = "Chat Gateway v1.0"
CHANNEL_TYPE = "ChatAPI"
MOST_ITEMS = 100  # files or cards that are read at all; how many are allowed is a setting
SCRIPT = "script"
ASSIGNMENTS = (setup.QUEUE, SCRIPT)
WEBHOOK_TYPE = "webhook"
THINKING_SECONDS = Range(1, 60, 600)
MILLISECONDS = Range(0, None, 253_402_300_799_999)  # since 1970; until the year 9999
EXTERNAL_PROVIDERS = {"X": "https://x.com/i/status/{}"}  # where what was said there is shown


@dataclass(frozen=True)
class Assignment:
    type: str  # one of ASSIGNMENTS
    id: str  # empty: the channel's queue
    skills: tuple[tuple[str, int], ...] = ()  # names, each with a least level


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
    webhook_id: str  # empty where a bot is named
    bot: str
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


class Elsewhere(Whole):
    """Where something in a history was said; looked at when it has no text, and passed over when it says nothing."""

    def read(self, reader, name, limits, given):
        if not is_blank(given["text"]):
            return None
        try:
            return read(reader.members.get(name), self.members, limits)
        except Invalid:
            return None

    def schema(self, limits):
        """Anything: what is not looked at is not refused."""
        return {"description": self.description, "properties": {each: {} for each in self.members}}


class Assigned(Whole):
    """To whom a conversation is given; a queue that is not named is the channel's."""

    def read(self, reader, name, limits, given):
        assignment = super().read(reader, name, limits, given)
        if not assignment or assignment["id"] or (assignment["skills"] and assignment["type"] != SCRIPT):
            return assignment
        if assignment["type"] == SCRIPT:
            reader.refuse(f"{name}.id", EMPTY, code="required")
        return None


_version = Choice((VERSION,), default=VERSION)
VERSIONS = {
    "version": _version,
    "notificationVersion": replace(_version, description="Another name of `version`."),
}
WEBHOOK = setup.WEBHOOK | VERSIONS
VERIFY = setup.VERIFY | VERSIONS
CHANNEL = {"type": Choice((CHANNEL_TYPE,), default=CHANNEL_TYPE), **setup.CHANNEL}
ASSIGNMENT = Assigned(
    {"type": Choice(ASSIGNMENTS, default=setup.QUEUE), "id": Identifier(default=""), "skills": ASKED}
)
EXTERNAL_PROVIDER = {
    "name": Choice(tuple(EXTERNAL_PROVIDERS), default="X"),
    "externalMessageId": Identifier(),
}
SAID_BEFORE = {
    "text": Text(default="", limit="message"),
    "authorType": Anything(also="type", description="`user` or `bot`; anything else is the bot."),
    "externalProvider": Elsewhere(
        EXTERNAL_PROVIDER,
        description="Where it was said, as in a message; looked at where there is no text.",
    ),
}
CONVERSATION = {
    "channelId": Identifier(),
    "user": USER,
    **USER_MEMBERS,
    "history": Object(description="What was said before, the oldest first. Whoever is not `user` is the bot."),
    "history.messages": Listed(members=SAID_BEFORE, limit="history"),
    "assignment": ASSIGNMENT,
}
CHANGE = {"user": USER, "channelId": Identifier(default=""), **USER_MEMBERS, "assignment": ASSIGNMENT}
POST_AGENT = {
    "type": Choice(
        (WEBHOOK_TYPE, SCRIPT),
        default=WEBHOOK_TYPE,
        description="`script`, not in the vendor's API: one of the project's bots.",
    ),
    "configuration": Object(),
    "id": Identifier(),
    "configuration.notifyChannelWebhookIfExists": Flag(
        description="Whether the channel's webhook goes on being told."
    ),
    "configuration.maxTotalMinutes": Number("total_minutes"),
    "configuration.userTimeoutInMinutes": Number("silence_minutes"),
}
TYPING = {"authorType": Choice(setup.AUTHOR_TYPES)}
THINKING = {"authorType": Choice((BOT,), default=BOT), "maxThinkingTimeSeconds": Number(THINKING_SECONDS)}
READ_RECEIPT = {
    "authorType": Choice(setup.AUTHOR_TYPES),
    "readAt": Number(MILLISECONDS, required=True, description="Milliseconds since 1970."),
}
LEAVE = {
    "removed": Flag(),
    "displayMessage": Text(default="", limit="message", description="What is shown of it, in transcripts too."),
}
MESSAGE = {
    "authorType": Choice(setup.AUTHOR_TYPES, default=CUSTOMER),
    "externalProvider": Whole(
        EXTERNAL_PROVIDER, description="Where it was said, instead of a text: the agent gets a link to it."
    ),
    "attachments": Listed(members=SENT, limit="attachments", most=MOST_ITEMS),
    "cards": Listed(members=CARD, limit="cards", most=MOST_ITEMS),
    "text": Text(default="", limit="message", unless=("externalProvider", "attachments", "cards")),
}


def read_webhook(body, limits):
    """Read what a webhook is created or changed from."""
    given = read(body, WEBHOOK, limits)
    return setup.WebhookRequest(given["name"], given["uri"], VERSION)


def read_verify(body, limits):
    """Read which address is to be tried."""
    return setup.VerifyRequest(read(body, VERIFY, limits)["uri"], VERSION)


def read_channel(body, limits):
    """Read what a channel is created or changed from; there is but one type that can be."""
    return setup.channel_from(read(body, CHANNEL, limits))


def read_conversation(body, limits):
    """Read what a conversation is started from."""
    given = read(body, CONVERSATION, limits)
    return ConversationRequest(
        channel_id=given["channelId"],
        customer=data_of(given),
        history=tuple(_history(given["history.messages"])),
        assignment=_assignment(given),
    )


def read_change(body, limits):
    """Read what a conversation is changed to."""
    given = read(body, CHANGE, limits)
    return ChangeRequest(
        channel_id=given["channelId"],
        customer=data_of(given) if body.get("user") is not None else None,
        dropped=emptied_names(given["user"]),
        assignment=_assignment(given),
    )


def read_post_agent(body, limits):
    """Read which bot gets the conversation after the agent, and for how many minutes."""
    given = read(body, POST_AGENT, limits)
    is_script = given["type"] == SCRIPT
    return PostAgentRequest(
        webhook_id="" if is_script else given["id"],
        bot=given["id"] if is_script else "",
        tells_channel=given["configuration.notifyChannelWebhookIfExists"],
        total_minutes=given["configuration.maxTotalMinutes"],
        silence_minutes=given["configuration.userTimeoutInMinutes"],
    )


def read_typing(body):
    """Read who types."""
    return read(body, TYPING)["authorType"]


def read_thinking(body):
    """Read who thinks, and for how many seconds at most."""
    given = read(body, THINKING)
    return given["authorType"], given["maxThinkingTimeSeconds"]


def read_receipt(body):
    """Read who has read until when, in milliseconds since 1970."""
    given = read(body, READ_RECEIPT)
    return given["authorType"], given["readAt"]


def read_leaving(body, limits):
    """Read whether the customer is to be removed, and what is shown of it."""
    given = read(body, LEAVE, limits)
    return given["removed"], given["displayMessage"].strip()


def read_message(body, limits):
    """Read a message: text, files, cards, or where it was said."""
    reader = Reader(body)
    given = read_members(reader, MESSAGE, limits)
    provider = given["externalProvider"]
    if provider and not is_blank(given["text"]):
        reader.refuse("text", "May not be given together with externalProvider.")
    reader.done()
    return MessageRequest(
        author_type=given["authorType"],
        text=_link(provider) if provider else given["text"],
        external_provider=provider,
        attachments=tuple(each["id"] for each in given["attachments"]),
        cards=tuple((each["contentType"], each["content"]) for each in given["cards"]),
    )


def _assignment(given):
    assignment = given["assignment"]
    # The documented request has blanks around the id.
    return assignment and Assignment(assignment["type"], assignment["id"].strip(), assignment["skills"])


def _link(provider):
    return EXTERNAL_PROVIDERS[provider["name"]].format(quote(provider["externalMessageId"], safe=""))


def _history(messages):
    """What was said before; what has no text is left out, whoever is not the customer is the bot."""
    for each in messages:
        text = _link(each["externalProvider"]) if each["externalProvider"] else each["text"]
        if not is_blank(text):
            yield setup.history_author(each["authorType"]), text
