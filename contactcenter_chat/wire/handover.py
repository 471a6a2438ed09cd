"""How does a remote bot hand over? In all formats alike: the vendors' only name the queue."""

from enum import StrEnum

from ..storable import NUL
from .limits import BRIEF_ITEMS_MAX, BRIEF_SUMMARY_MAX, BRIEF_WORDS_MAX
from .members import NO_NUL, Choice, Identifier, Object, Part, Scalars, Text, read
from .skills import ASKED

REASONS = ("asked", "failed", "policy", "timeout", "error")


class HandoverState(StrEnum):
    """How far a handover has come."""

    NONE = "none"  # no bot has handed it over
    ACCEPTED = "accepted"  # it waits for an agent
    COMPLETED = "completed"  # an agent has, or had, it
    FAILED = "failed"  # the customer was gone before an agent came
    RECALLED = "recalled"  # the bot has taken it back before an agent came


class Texts(Part):
    """A list of texts; how long each may be, whoever keeps them says."""

    def read(self, reader, name, limits, given):
        value = reader.members.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) and NUL not in each for each in value):
            reader.refuse(name, "Must be a list of texts.", value)
            return []
        if len(value) > BRIEF_ITEMS_MAX:
            reader.refuse(name, f"May not have more than {BRIEF_ITEMS_MAX} items.")
        return value[:BRIEF_ITEMS_MAX]

    def own_shape(self, limits):
        return {"type": "array", "maxItems": BRIEF_ITEMS_MAX, "items": {"type": "string", "pattern": NO_NUL}}


HANDOVER = {
    "queueId": Identifier(default="", description="Whose agents go on; by default those of the channel's queue."),
    "reason": Choice(REASONS, default="failed", description="Why the bot does not go on."),
    "brief": Object(description="What the agent should know, so that the customer need not say it again."),
    "skills": ASKED,
    "brief.intent": Text(default="", limit=BRIEF_WORDS_MAX, description="What the customer wants, in a few words."),
    "brief.summary": Text(default="", limit=BRIEF_SUMMARY_MAX),
    "brief.entities": Scalars(limit=BRIEF_ITEMS_MAX, description="What is known, by its names."),
    "brief.tried": Texts(description="What the bot has tried."),
    "brief.mood": Text(default="", limit=BRIEF_WORDS_MAX),
}

# What is told of a brief: what the bot has said, and what the app knows. What it keeps beside that is its own.
TOLD = ("intent", "summary", "entities", "tried", "mood", "language", "identity", "bot")


def read_handover(body, limits=None):
    """Return what is declared, by its names; what the brief may hold is checked by whoever keeps it."""
    return read(body, HANDOVER, limits)


def brief_of(given):
    """Return what is declared of the brief, by its own names; what is not there is left out."""
    brief = {path.removeprefix("brief."): value for path, value in given.items() if path.startswith("brief.")}
    return {name: value for name, value in brief.items() if value is not None}


def handover(conversation_id, interaction, state):
    """How far it has come: its brief, and a HandoverState."""
    kept = interaction.brief if interaction else {}
    brief, reason = {name: kept[name] for name in TOLD if name in kept}, kept.get("reason")
    return {
        "conversationId": conversation_id,
        "state": state,
        "reason": reason,
        "queueId": interaction.queue_id if interaction else None,
        "agentId": interaction.agent_id if interaction else None,
        "brief": brief,
    }
