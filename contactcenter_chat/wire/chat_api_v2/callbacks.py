"""Which callbacks does a webhook of Chat API v2 get, and what do they look like?"""

from functools import singledispatch

from ... import events
from ..base import facts_of, milliseconds

QUEUED = "QUEUED"
AGENT_JOINED = "AGENT_JOINED"
AGENT_LEFT = "AGENT_LEFT"
TRANSFER = "TRANSFER"
TEXT = "TEXT"
WEB_HOOK_VERIFY = "WEB_HOOK_VERIFY"

EVENT_TYPE = "eventType"  # the member of a body that says which
EVENT_TYPES = (QUEUED, AGENT_JOINED, AGENT_LEFT, TRANSFER, TEXT)

MESSAGE_TYPE_SYSTEM = "SYSTEM"
MESSAGE_TYPE_AGENT = "AGENT"
SYSTEM = "system"  # who says what the contact centre itself says
BOT = "bot"  # who says what a bot of the contact centre says


def verify_body(version):
    """Return what a webhook is sent to prove that it answers."""
    return {"notificationVersion": version, EVENT_TYPE: WEB_HOOK_VERIFY}


def event_body(event, *, conversation_id, at):
    """Return the callback's body, or None for an event that this format does not tell."""
    told = _told(event)
    if told is None:
        return None
    event_type, message_type, details = told
    return {
        EVENT_TYPE: event_type,
        "messageType": message_type,
        "conversationId": conversation_id,
        **details,
        "timestamp": milliseconds(at),
    }


def agent_name(first_name, last_name):
    """Return an agent's name as this format writes it: first and last joined by a comma."""
    return ",".join(part for part in (first_name, last_name) if part)


@singledispatch
def _told(event):
    return None


@_told.register
def _(event: events.InteractionQueued):
    return QUEUED, MESSAGE_TYPE_SYSTEM, {"queueId": event.queue_id, "queueName": event.queue_name}


@_told.register
def _(event: events.AgentJoined):
    return AGENT_JOINED, MESSAGE_TYPE_SYSTEM, _agent(event.agent_id, event.first_name, event.last_name)


@_told.register
def _(event: events.AgentLeft):
    return AGENT_LEFT, MESSAGE_TYPE_SYSTEM, _agent(event.agent_id, event.first_name, event.last_name)


@_told.register(events.ConversationHandedBack)  # else the agent's leaving would be the end
@_told.register(events.InteractionTransferred)
def _(event):
    return TRANSFER, MESSAGE_TYPE_SYSTEM, {}


@_told.register
def _(event: events.MessageAdded):
    if event.author_type == events.SYSTEM and event.centre_name:
        own = {"agentId": SYSTEM, "agentName": event.centre_name}
        return TEXT, MESSAGE_TYPE_AGENT, {**own, "message": event.plain_text}
    if event.author_type == events.BOT and event.bot_name:
        return TEXT, MESSAGE_TYPE_AGENT, {"agentId": BOT, "agentName": event.bot_name, "message": event.plain_text}
    if event.author_type != events.AGENT:
        return None
    agent = _agent(event.agent_id, event.agent_first_name, event.agent_last_name)
    return TEXT, MESSAGE_TYPE_AGENT, {**agent, "message": event.plain_text}


def _agent(agent_id, first_name, last_name):
    return {"agentId": agent_id, "agentName": agent_name(first_name, last_name)}


TELLS = facts_of(_told)
