"""How do cards look in Chat Gateway v1, and the answers to them?"""

from ...events import ADAPTIVE, QUICK_REPLIES
from ..members import Anything, Choice

ADAPTIVE_ACTION = "adaptiveCard/action"
QUICK_REPLY_ACTION = "quickReply/action"
SUBMIT, EXECUTE = "Action.Submit", "Action.Execute"
POSTBACK = "postback"

# A card that a message is sent with. What it must be like is known where cards are.
CARD = {
    "contentType": Choice(choices=(ADAPTIVE, QUICK_REPLIES), default=ADAPTIVE),
    "content": Anything(required=True, described={"type": "object", "additionalProperties": True}),
}


def card(row):
    """A card, and whether it was answered."""
    return {
        "id": row.pk,
        "contentType": row.content_type,
        "content": row.content,
        "actionSubmitted": row.submitted_at is not None,
        "actionExecuted": row.executed_at is not None,
    }


def in_message(cards):
    """What a callback says of the cards of a message."""
    return [{"contentType": each["content_type"], "content": each["content"]} for each in cards]


def action(event, action_type):
    """What is told of an answer: the name of the activity, and its value."""
    if event.content_type == QUICK_REPLIES:
        return QUICK_REPLY_ACTION, {"type": POSTBACK, "data": _reply(event.answer)}
    return ADAPTIVE_ACTION, {"type": action_type, "data": event.answer}


def _reply(answer):
    data = answer["data"]
    # Most options have but this one member; the documented event has its value alone.
    payload = data["postback"] if isinstance(data, dict) and data.keys() == {"postback"} else data
    return {"title": answer["title"], "payload": payload}
