"""What does a callback change here? It adds a line to a chat."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from . import center
from .models import Line

LEFT, JOINED, QUEUED, TRANSFER, TEXT = "AGENT_LEFT", "AGENT_JOINED", "QUEUED", "TRANSFER", "TEXT"


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
        return {"author": Line.Author.AGENT, "name": _person(event), "text": event["message"], **_contents(event)}
    notice = _notice(kind, event)
    return {"author": Line.Author.NOTICE, "text": notice} if notice else None


def _contents(event):
    """The message as it was written, with its files and cards: the event has all of it as text."""
    for message in center.gateway().newest_messages(event["conversationId"]):
        if _milliseconds(message["createdAt"]) == event["timestamp"]:
            return {"text": message["text"], "files": message["attachments"], "cards": message["cards"]}
    return {}


def _milliseconds(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _notice(kind, event):
    if kind == QUEUED:
        return _("You are waiting for %(queue)s.") % {"queue": event["queueName"]}
    if kind == JOINED:
        return _("%(name)s has joined the chat.") % {"name": _person(event)}
    if kind == LEFT:
        return _("%(name)s has left the chat.") % {"name": _person(event)}
    if kind == TRANSFER:
        return _("You are being transferred.")
    return None


def _person(event):
    """``agentName`` is first and last name, joined by a comma."""
    return " ".join(part.strip() for part in event["agentName"].split(",") if part.strip())
