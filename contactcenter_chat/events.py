"""What can happen in a conversation?

Each fact is a plain dataclass with a name, ``noun.past_participle``. ``actions.recording`` writes it down as one
row of the conversation's log; ``wire`` turns it into a callback's body; ``signals`` tells the project's own code.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

# Who speaks or does something
CUSTOMER = "user"
BOT = "bot"
AGENT = "agent"
SYSTEM = "system"
AUTHOR_TYPES = (CUSTOMER, BOT, AGENT, SYSTEM)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact of a conversation; subclasses add what the fact is about."""

    name: ClassVar[str]

    def data(self) -> dict[str, Any]:
        """What the log row keeps."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, kw_only=True)
class ConversationStarted(Event):
    """A customer's conversation exists; nobody has been asked to answer yet."""

    name = "conversation.started"
    channel_id: str
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class ConversationActivated(Event):
    """Somebody is to answer: the conversation waits in a queue or is handled."""

    name = "conversation.activated"


@dataclass(frozen=True, kw_only=True)
class ConversationIdled(Event):
    """Nobody handles the conversation any more; the customer's next message opens it again."""

    name = "conversation.idled"


@dataclass(frozen=True, kw_only=True)
class ConversationUpdated(Event):
    """The customer's data changed."""

    name = "conversation.updated"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConversationErased(Event):
    """What was said and who said it was deleted; that it was, stays."""

    name = "conversation.erased"


@dataclass(frozen=True, kw_only=True)
class MessageAdded(Event):
    """Somebody said something. ``history`` marks what was said before the conversation came to us."""

    name = "message.added"
    message_id: str
    author_type: str
    participant_id: str
    agent_id: str = ""
    agent_first_name: str = ""
    agent_last_name: str = ""
    history: bool = False
    text: str = ""

    def data(self):
        # The words stay in the message's own row, so that erasing them there erases them.
        return {key: value for key, value in super().data().items() if key != "text"}


@dataclass(frozen=True, kw_only=True)
class InteractionQueued(Event):
    """The interaction waits in a queue."""

    name = "interaction.queued"
    queue_id: str
    queue_name: str


@dataclass(frozen=True, kw_only=True)
class InteractionOffered(Event):
    """The interaction rings at an agent's desk."""

    name = "interaction.offered"
    offer_id: str
    agent_id: str


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
    """The customer ended the current interaction."""

    name = "customer.left"


@dataclass(frozen=True, kw_only=True)
class CustomerWarned(Event):
    """The customer was silent for long; the interaction ends soon."""

    name = "customer.warned"


@dataclass(frozen=True, kw_only=True)
class InteractionTransferred(Event):
    """An agent handed the conversation on, to a queue or to a colleague."""

    name = "interaction.transferred"
    from_agent_id: str
    to_queue_id: str
    to_agent_id: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class InteractionRerouted(Event):
    """The interaction went back to its queue, its age kept: ``no_reply`` or ``agent_lost``."""

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
    """The interaction is finished, with these transaction codes: ``[{"id", "short_code", "label"}]``."""

    name = "interaction.wrapped_up"
    agent_id: str
    codes: tuple[dict[str, str], ...]
    timed_out: bool = False
