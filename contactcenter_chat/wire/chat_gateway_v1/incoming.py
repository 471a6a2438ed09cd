"""Which fact does a callback of a centre that serves Chat Gateway v1 tell?"""

from ... import events
from ...exceptions import Invalid
from ...storable import shown_name
from ..chat_api_v2.incoming import read_envelope
from ..tolerant import AGENT_MAX, Heard, Typing, inner, moment, text
from . import callbacks

__all__ = ["REPORTS_IDLE", "VERIFICATION", "read_callback", "read_envelope", "read_typing"]

REPORTS_IDLE = True
VERIFICATION = callbacks.WEB_HOOK_VERIFY
IDLE = "idle"


def read_callback(body):
    """Return what a callback says. Raises Invalid when it says too little."""
    read = READERS.get(text(body, callbacks.EVENT_TYPE))
    return read(inner(body, "data")) if read else Heard()


def read_typing(body):
    """Return the Typing that a callback tells, None when it tells something else."""
    data = inner(body, "data") if isinstance(body, dict) else {}
    if not data or (text(body, callbacks.EVENT_TYPE), text(data, "name")) != (callbacks.ACTIVITY, callbacks.TYPING):
        return None
    value = inner(data, "value")
    return Typing(tuple(dict.fromkeys(_agents(value)))) if isinstance(value.get("users"), list) else None


def _queued(data):
    return Heard(
        events.InteractionQueued(queue_id=text(data, "queueId"), queue_name=shown_name(text(data, "queueName")))
    )


def _members_changed(data):
    """Agents come and go; that the customer left we said ourselves."""
    if text(data, "memberType") != events.AGENT:
        return Heard()
    kinds = {callbacks.JOINED: events.AgentJoined, callbacks.LEFT: events.AgentLeft}
    kind = kinds.get(text(data, "change"))
    agent_id = text(data, "id")[:AGENT_MAX]
    return Heard(kind and kind(agent_id=agent_id, first_name="", last_name=""))


def _transferred(data):
    return Heard(events.InteractionTransferred(from_agent_id="", to_queue_id=""))


def _said(data):
    if str(data.get("isEcho", False)).lower() == "true":
        return Heard()
    sender = inner(data, "sender")
    author_type = text(sender, "type")
    if author_type == events.CUSTOMER:
        return Heard()
    if data.get("text") is not None and not isinstance(data["text"], str):
        raise Invalid("A message whose text is none.", field="data.text")
    is_agent = author_type not in (events.BOT, events.SYSTEM)
    return Heard(
        events.MessageAdded(
            message_id="",
            author_type=events.AGENT if is_agent else author_type,
            participant_id="",
            agent_id=text(sender, "id")[:AGENT_MAX] if is_agent else "",
            text=_words(data),
            attachments=tuple(_file(each) for each in _objects(data, "attachments")),
        )
    )


def _words(data):
    """The text, and what cards say to those who cannot show them."""
    cards = (text(inner(each, "content"), "fallbackText") for each in _objects(data, "cards"))
    return "\n\n".join(part for part in (text(data, "text"), *cards) if part)


def _file(each):
    return {
        "id": text(each, "id"),
        "type": text(each, "type"),
        "file_name": text(each, "fileName"),
        "url": text(each, "preSignedUrl"),
    }


def _objects(data, name):
    listed = data.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _updated(data):
    return Heard(events.ConversationIdled(remote=True)) if text(data, "state") == IDLE else Heard()


def _active(data):
    """Agents have read up to a time."""
    if text(data, "name") != callbacks.READ_RECEIPTS or not isinstance(data.get("value"), list):
        return Heard()
    receipts = [
        (at, agent_id)
        for each in data["value"]
        if isinstance(each, dict) and (at := moment(each.get("timestamp")))
        for agent_id in _agents(each)
    ]
    until, agent_id = max(receipts, default=(None, ""))
    return Heard(read_until=until, read_by=agent_id)


def _agents(members):
    """The ids of those among the ``users`` who are agents."""
    return [text(each, "id")[:AGENT_MAX] for each in _objects(members, "users") if text(each, "type") == events.AGENT]


READERS = {
    callbacks.QUEUED: _queued,
    callbacks.MEMBERS_CHANGED: _members_changed,
    callbacks.TRANSFER: _transferred,
    callbacks.MESSAGE: _said,
    callbacks.CONVERSATION_UPDATE: _updated,
    callbacks.ACTIVITY: _active,
}
