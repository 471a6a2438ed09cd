"""What can happen in a conversation?

Each fact is a plain dataclass with a name, ``noun.past_participle``. ``actions.recording`` writes it down as one
row of the conversation's log; ``wire`` turns it into a callback's body; ``signals`` tells the project's own code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

# Who speaks or does something
CUSTOMER = "user"
BOT = "bot"
AGENT = "agent"
SYSTEM = "system"
AUTHOR_TYPES = (CUSTOMER, BOT, AGENT, SYSTEM)

# Kinds of cards, by the media types that they are kept with
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
QUICK_REPLIES = "application/8x8.quick.replies"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact of a conversation; subclasses add what the fact is about."""

    name: ClassVar[str]
    # What stays in a row of its own, so that erasing it there erases it; the log does not keep it.
    unkept: ClassVar[tuple[str, ...]] = ()

    def data(self) -> dict[str, Any]:
        """What the log row keeps."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in self.unkept}


@dataclass(frozen=True, kw_only=True)
class Situation:
    """How a conversation stands: who is to answer, and what is known of the customer.

    ``assignment`` is one of ``queue``, ``agent``, ``script``, ``webhook`` with an id.
    """

    state: str
    assignment: tuple[str, str]
    customer: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ConversationStarted(Event):
    """A customer's conversation exists; nobody has been asked to answer yet."""

    name = "conversation.started"
    unkept = ("situation",)
    channel_id: str
    customer_id: str
    situation: Situation | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationActivated(Event):
    """Somebody is to answer: the conversation waits in a queue or is handled."""

    name = "conversation.activated"
    unkept = ("situation",)
    situation: Situation | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationIdled(Event):
    """Nobody handles the conversation any more; the customer's next message opens it again."""

    name = "conversation.idled"
    unkept = ("situation",)
    situation: Situation | None = None
    remote: bool = False  # a remote centre said so


@dataclass(frozen=True, kw_only=True)
class ConversationUpdated(Event):
    """The customer's data changed."""

    name = "conversation.updated"
    unkept = ("situation",)
    changed: Sequence[str]
    situation: Situation | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationAssigned(Event):
    """A bot is to answer: a ``script`` of the project, or one behind the ``webhook`` with this id."""

    name = "conversation.assigned"
    unkept = ("situation",)
    to: str
    id: str
    situation: Situation | None = None


@dataclass(frozen=True, kw_only=True)
class BotDisclosed(Event):
    """The customer was told, before anything else, that whoever speaks is no person but this ``bot``."""

    name = "bot.disclosed"
    bot: str


@dataclass(frozen=True, kw_only=True)
class ConversationHandedOver(Event):
    """A ``bot`` has handed the conversation over to agents; ``reason`` is one of models.conversations.Reason.

    ``by_key`` is the name of the API key by which somebody else had it done.
    ``left_out`` is what it has named and cannot be obeyed: a queue or a skill that there is not, a brief too long.
    """

    name = "conversation.handed_over"
    bot: str
    reason: str
    by_key: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BriefRenewed(Event):
    """What agents should know of a conversation that a ``bot`` handed over is another by now.

    ``reason`` and ``by_key`` as there.
    """

    name = "brief.renewed"
    bot: str
    reason: str
    by_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ConversationHandedBack(Event):
    """An agent ends, and a ``bot`` of the project goes on: it is not the conversation's end."""

    name = "conversation.handed_back"
    agent_id: str
    bot: str


@dataclass(frozen=True, kw_only=True)
class ToolCalled(Event):
    """An agent or a ``bot`` has called a function of the project; ``state`` is one of models.tool_calls.ToolState."""

    name = "tool.called"
    tool: str
    state: str
    call_id: int
    bot: str = ""
    agent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ConversationErased(Event):
    """What was said and who said it was deleted; that it was, stays."""

    name = "conversation.erased"


OF_BOTS = ("bot", "courtesy", "formality")  # what a message has in the log where it is so, and only there


@dataclass(frozen=True, kw_only=True)
class MessageAdded(Event):
    """Somebody said something. ``history`` marks what was said before the conversation came to us.

    ``is_echo`` says that whoever is told sent it.
    """

    name = "message.added"
    unkept = ("text", "attachments", "cards", "is_echo", "centre_name", "bot_name")
    message_id: str
    author_type: str
    participant_id: str
    agent_id: str = ""
    agent_first_name: str = ""
    agent_last_name: str = ""
    history: bool = False
    bot: str = ""  # which of the bots that the app itself asks
    courtesy: bool = False  # a bot says it while the customer waits for an agent
    formality: bool = False  # the app says it for a bot, and it answers nothing: that an agent goes on, and the like
    text: str = ""
    # {"id", "type", "file_name", "url"}; type: image, audio, video, file. Whoever has the url can read the file.
    attachments: tuple[dict[str, str], ...] = field(default=(), repr=False)
    cards: tuple[dict[str, Any], ...] = ()  # {"id", "content_type", "content", "text"}; text: for who cannot show it
    is_echo: bool = False
    bot_name: str = ""  # what a bot that the app itself asks is called where a name must stand
    centre_name: str = ""  # who speaks as the contact centre itself, where its clients are told what it says

    def data(self) -> dict[str, Any]:
        """What the log row keeps; of a bot only where there is one."""
        return {name: value for name, value in super().data().items() if value or name not in OF_BOTS}

    @property
    def plain_text(self) -> str:
        """All of it as text, for those who can show neither cards nor files."""
        files = (f"{each['file_name']}: {each['url']}" for each in self.attachments)
        return "\n\n".join(part for part in (self.words, *files) if part)

    @property
    def words(self) -> str:
        """The same without the files."""
        return "\n\n".join(part for part in (self.text, *(card["text"] for card in self.cards)) if part)


@dataclass(frozen=True, kw_only=True)
class CardSubmitted(Event):
    """The customer answered a card; ``answer`` is what was chosen and typed in."""

    name = "card.submitted"
    unkept = ("answer",)
    card_id: str
    message_id: str
    content_type: str
    answer: Any = None


@dataclass(frozen=True, kw_only=True)
class CardExecuted(Event):
    """A card's action was executed on the business's side, with this ``answer``."""

    name = "card.executed"
    unkept = ("answer",)
    card_id: str
    message_id: str
    content_type: str
    answer: Any = None


@dataclass(frozen=True, kw_only=True)
class AttachmentInfected(Event):
    """The scanner found something in a file; it cannot be opened."""

    name = "attachment.infected"
    attachment_id: str
    found: str


@dataclass(frozen=True, kw_only=True)
class MessageStateChanged(Event):
    """How far a message to a remote centre has come: a ``models.messages.DeliveryState``."""

    name = "message.state_changed"
    message_id: str
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class MessagesRead(Event):
    """Somebody has read all that was said until ``read_at``, in milliseconds since 1970."""

    name = "messages.read"
    participant_id: str
    author_type: str
    read_at: int
    agent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class InteractionQueued(Event):
    """The interaction waits in a queue; in one that is closed, until ``closed_until`` (ISO 8601) if that is known."""

    name = "interaction.queued"
    queue_id: str
    queue_name: str
    closed_until: str | None = None  # empty where it is closed and nobody knows for how long

    def data(self) -> dict[str, Any]:
        return {key: value for key, value in super().data().items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class InteractionOverflowed(Event):
    """A queue passed the interaction on to another, with its age: ``max_wait``, ``closed`` or ``empty``."""

    name = "interaction.overflowed"
    from_queue_id: str
    from_queue_name: str
    queue_id: str
    queue_name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class InteractionOffered(Event):
    """The interaction rings at an agent's desk."""

    name = "interaction.offered"
    offer_id: str
    agent_id: str


@dataclass(frozen=True, kw_only=True)
class InteractionPicked(Event):
    """An agent took the interaction from the list, past so many that were due before."""

    name = "interaction.picked"
    offer_id: str
    agent_id: str
    skipped: int


@dataclass(frozen=True, kw_only=True)
class OfferEnded(Event):
    """An offer was not accepted: ``rejected``, ``timed_out`` or ``withdrawn``."""

    name = "offer.ended"
    offer_id: str
    agent_id: str
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AgentJoined(Event):
    """An agent accepted and speaks for the business now."""

    name = "agent.joined"
    agent_id: str
    first_name: str
    last_name: str


@dataclass(frozen=True, kw_only=True)
class AgentLeft(Event):
    """The agent no longer handles the conversation."""

    name = "agent.left"
    agent_id: str
    first_name: str
    last_name: str


@dataclass(frozen=True, kw_only=True)
class CustomerLeft(Event):
    """The customer ended the current interaction; ``said`` is what the client application shows of it."""

    name = "customer.left"
    participant_id: str = ""
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerThanked(Event):
    """The customer said no more than thanks after the end: it is kept, and nobody is asked to answer it."""

    name = "customer.thanked"
    message_id: str


@dataclass(frozen=True, kw_only=True)
class CustomerOptedOut(Event):
    """The customer wants no more conversations that the business begins; ``by`` says who has said so.

    It is ``user`` for the customer's own word, ``agent`` for the agent with ``agent_id``, ``client`` for the data that
    the client application gave.
    """

    name = "customer.opted_out"
    by: str
    agent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerOptedIn(Event):
    """The customer is content with such conversations again; ``by`` is as of CustomerOptedOut."""

    name = "customer.opted_in"
    by: str
    agent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class VerificationSent(Event):
    """The customer was sent a one-time code; the ``address`` is masked."""

    name = "verification.sent"
    address: str


@dataclass(frozen=True, kw_only=True)
class CustomerVerified(Event):
    """The code came back: so sure is it from now on who the customer is, a ``wire.levels.Level``.

    The ``address`` that it was sent to is masked.
    """

    name = "customer.verified"
    level: str
    address: str


@dataclass(frozen=True, kw_only=True)
class CustomerWarned(Event):
    """The customer was silent for long; the interaction ends soon."""

    name = "customer.warned"


@dataclass(frozen=True, kw_only=True)
class SlotFreed(Event):
    """The customer is silent for long: the chat takes no slot of its agent meanwhile."""

    name = "slot.freed"
    agent_id: str


@dataclass(frozen=True, kw_only=True)
class SlotTaken(Event):
    """The customer wrote again, and the chat takes a slot of its agent again."""

    name = "slot.taken"
    agent_id: str


@dataclass(frozen=True, kw_only=True)
class InteractionTransferred(Event):
    """An agent handed the conversation on, to a queue, by way of a department perhaps, or to a colleague."""

    name = "interaction.transferred"
    from_agent_id: str
    to_queue_id: str
    to_agent_id: str = ""
    to_department_name: str | None = None  # as it was called then
    note: str = ""
    drafted_by: str | None = None  # the model that has drafted the note, if one has

    def data(self) -> dict[str, Any]:
        return {key: value for key, value in super().data().items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class InteractionHandedRound(Event):
    """The conversation was handed on again and again: so many ``times`` within an hour, with this one."""

    name = "interaction.handed_round"
    times: int


@dataclass(frozen=True, kw_only=True)
class InteractionRerouted(Event):
    """The interaction went back to its queue, its age kept: ``no_reply``, ``agent_lost`` or ``agent_gone``.

    With ``no_room`` it is due at once: the customer was silent for long, and its agent has taken others meanwhile.
    """

    name = "interaction.rerouted"
    agent_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class InteractionEnded(Event):
    """The talk of this interaction is over; wrap-up may follow."""

    name = "interaction.ended"
    outcome: str
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class InteractionWrappedUp(Event):
    """The interaction is finished, with these transaction codes: ``[{"id", "short_code", "label"}]``.

    With ``external_id``, where a code has one."""

    name = "interaction.wrapped_up"
    agent_id: str
    codes: Sequence[dict[str, str]]
    timed_out: bool = False
