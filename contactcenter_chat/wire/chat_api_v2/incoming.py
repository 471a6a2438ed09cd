"""Which fact does a callback of a centre that serves Chat API v2 tell?"""

from ... import events
from ...exceptions import Invalid
from ...storable import shown_name
from ..tolerant import AGENT_MAX, Envelope, Heard, moment, text
from . import callbacks

REPORTS_IDLE = False  # that a conversation falls idle follows from its agent's leaving
VERIFICATION = callbacks.WEB_HOOK_VERIFY  # the event that proves that our address answers


def read_envelope(body):
    """Read what a callback is about, whatever else it is."""
    members = body if isinstance(body, dict) else {}
    return Envelope(
        event_type=text(members, callbacks.EVENT_TYPE),
        conversation_id=text(members, "conversationId"),
        said_at=moment(members.get("timestamp")),
    )


def read_callback(body):
    """Return what a callback says. Raises Invalid when it says too little."""
    read = READERS.get(text(body, callbacks.EVENT_TYPE))
    return Heard(read(body)) if read else Heard()


def read_typing(body):
    """Return None: this wire does not tell who types."""


def _queued(body):
    return events.InteractionQueued(queue_id=text(body, "queueId"), queue_name=shown_name(text(body, "queueName")))


def _joined(body):
    return events.AgentJoined(**_agent(body))


def _left(body):
    return events.AgentLeft(**_agent(body))


def _transferred(body):
    return events.InteractionTransferred(from_agent_id="", to_queue_id="")


def _said(body):
    if not isinstance(body.get("message"), str):
        raise Invalid("A text without its words.", field="message")
    agent = _agent(body)
    return events.MessageAdded(
        message_id="",
        author_type=events.AGENT,
        participant_id="",
        agent_id=agent["agent_id"],
        agent_first_name=agent["first_name"],
        agent_last_name=agent["last_name"],
        text=text(body, "message"),
    )


def _agent(body):
    """Who it is; the name is first and last one joined by a comma."""
    first_name, _comma, last_name = shown_name(text(body, "agentName")).partition(",")
    agent_id = text(body, "agentId")[:AGENT_MAX]
    return {
        "agent_id": agent_id,
        "first_name": first_name.strip()[:AGENT_MAX],
        "last_name": last_name.strip()[:AGENT_MAX],
    }


READERS = {
    callbacks.QUEUED: _queued,
    callbacks.AGENT_JOINED: _joined,
    callbacks.AGENT_LEFT: _left,
    callbacks.TRANSFER: _transferred,
    callbacks.TEXT: _said,
}
