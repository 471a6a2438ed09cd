"""Which callbacks does a webhook of Chat Gateway v1 get, and what do they look like?"""

from functools import singledispatch

from ... import events
from ..base import facts_of, milliseconds
from . import cards
from .attachments import in_message
from .requests import CHANNEL_TYPE
from .responses import assignment, user

CONVERSATION_UPDATE = "CONVERSATION_UPDATE"
QUEUED = "QUEUED"
TRANSFER = "TRANSFER"
MEMBERS_CHANGED = "MEMBERS_CHANGED"
MESSAGE = "MESSAGE"
ACTIVITY = "ACTIVITY"
WEB_HOOK_VERIFY = "WEB_HOOK_VERIFY"

EVENT_TYPE = "eventType"  # the member of a body that says which
EVENT_TYPES = (CONVERSATION_UPDATE, QUEUED, TRANSFER, MEMBERS_CHANGED, MESSAGE, ACTIVITY)

TYPING, READ_RECEIPTS = "typing", "read-receipts"
JOINED, LEFT = "joined", "left"


def verify_body(version):
    """Return what a webhook is sent to prove that it answers."""
    return {"notificationVersion": version, EVENT_TYPE: WEB_HOOK_VERIFY}


def event_body(event, *, conversation_id, at):
    """Return the callback's body, or None for an event that this format does not tell."""
    told = _told(event)
    if told is None:
        return None
    event_type, data = told
    return _body(event_type, data, conversation_id, at)


def _body(event_type, data, conversation_id, at):
    body = {EVENT_TYPE: event_type, "conversationId": conversation_id, "timestamp": milliseconds(at)}
    return body if data is None else body | {"data": data}


@singledispatch
def _told(event):
    return None


@_told.register(events.ConversationStarted)
@_told.register(events.ConversationActivated)
@_told.register(events.ConversationIdled)
@_told.register(events.ConversationUpdated)
@_told.register(events.ConversationAssigned)
def _(event):
    situation = event.situation
    if situation is None:  # what the log has kept does not say
        return None
    return CONVERSATION_UPDATE, {
        "state": situation.state,
        "assignment": assignment(*situation.assignment),
        "user": user(situation.customer),
        "channel": CHANNEL_TYPE,
    }


@_told.register
def _(event: events.InteractionQueued):
    return QUEUED, {"queueId": event.queue_id, "queueName": event.queue_name}


@_told.register
def _(event: events.InteractionTransferred):
    return TRANSFER, None


@_told.register
def _(event: events.CustomerLeft):
    return MEMBERS_CHANGED, _member(events.CUSTOMER, LEFT, event.participant_id)


@_told.register
def _(event: events.AgentJoined):
    return MEMBERS_CHANGED, _member(events.AGENT, JOINED, event.agent_id)


@_told.register
def _(event: events.AgentLeft):
    return MEMBERS_CHANGED, _member(events.AGENT, LEFT, event.agent_id)


@_told.register
def _(event: events.MessageAdded):
    if event.history:  # whoever is told has said so
        return None
    return MESSAGE, {
        "isEcho": event.is_echo,
        "sender": {"id": event.agent_id or event.participant_id, "type": event.author_type},
        "text": event.text,
        "attachments": in_message(event.attachments),
        "cards": cards.in_message(event.cards),
    }


@_told.register
def _(event: events.MessagesRead):
    if event.author_type != events.AGENT:  # what a client application has said itself
        return None
    user = {"id": event.agent_id, "type": event.author_type}
    return ACTIVITY, _activity(READ_RECEIPTS, [{"timestamp": event.read_at, "users": [user]}])


@_told.register
def _(event: events.CardSubmitted):
    return ACTIVITY, _activity(*cards.action(event, cards.SUBMIT))


@_told.register
def _(event: events.CardExecuted):
    return ACTIVITY, _activity(*cards.action(event, cards.EXECUTE))


def typing_body(agent_ids, *, conversation_id, at):
    """Return the callback's body that says which agents type; none says that nobody does any more."""
    users = [{"type": events.AGENT, "id": agent_id} for agent_id in agent_ids]
    return _body(ACTIVITY, _activity(TYPING, {"users": users}), conversation_id, at)


def thinking_body(bots, *, conversation_id, at):
    """Return the callback's body that says which bot is at its answer, as that of agents who type."""
    users = [{"type": events.BOT, "id": bot} for bot in bots]
    return _body(ACTIVITY, _activity(TYPING, {"users": users}), conversation_id, at)


def _activity(name, value):
    return {"name": name, "value": value}


def _member(member_type, change, member_id):
    return {"memberType": member_type, "change": change, "id": member_id}


TELLS = facts_of(_told)
