"""What does a callback change here? It adds a line to a chat."""

from datetime import UTC, datetime

from django.utils.translation import gettext_noop as _

from contactcenter_chat.events import BOT, SYSTEM

from . import center
from .models import Line

LEFT, JOINED, QUEUED, TRANSFER, TEXT = "AGENT_LEFT", "AGENT_JOINED", "QUEUED", "TRANSFER", "TEXT"
# Who speaks by a TEXT, which is told as an agent's, by the type of the message's author; else it is an agent.
SPEAKERS = {BOT: Line.Author.ASSISTANT, SYSTEM: Line.Author.CENTRE}
# Kept as they stand here: who reads them has a language, who tells of them has none.
NOTICES = {
    QUEUED: _("You are waiting for %(name)s."),
    JOINED: _("%(name)s has joined the chat."),
    LEFT: _("%(name)s has left the chat."),
    TRANSFER: _("You are being transferred."),
}


def receive(event_id, event):
    """Write down what an event says; one that came before, or that says nothing to a visitor, changes nothing."""
    line = _line(event)
    if line:
        at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        line |= {"conversation_id": event["conversationId"], "at": at}
        Line.objects.get_or_create(event_id=event_id, defaults=line)


def _line(event):
    kind = event.get("eventType")
    if kind == TEXT:
        said = {"text": event["message"], "type": event.get("agentId"), **_contents(event)}
        author = SPEAKERS.get(said.pop("type"), Line.Author.AGENT)
        return {**said, "author": author, "name": "" if author == Line.Author.ASSISTANT else _person(event)}
    if kind not in NOTICES:
        return None
    return {"author": Line.Author.NOTICE, "text": NOTICES[kind], "name": _named(kind, event)}


def _contents(event):
    """The message as it was written, with files, cards and its author's type: the event has all of it as text."""
    for message in center.gateway().newest_messages(event["conversationId"]):
        if _milliseconds(message["createdAt"]) == event["timestamp"]:
            said = {"text": message["text"], "files": message["attachments"], "cards": message["cards"]}
            return said | ({"type": message["author"]["type"]} if "author" in message else {})
    return {}


def _milliseconds(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _named(kind, event):
    """Who or what a notice is about."""
    if kind == QUEUED:
        return event["queueName"]
    return _person(event) if kind in (JOINED, LEFT) else ""


def _person(event):
    """``agentName`` is first and last name, joined by a comma."""
    return " ".join(part.strip() for part in event["agentName"].split(",") if part.strip())
