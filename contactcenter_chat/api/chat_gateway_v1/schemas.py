"""What do the bodies of Chat Gateway v1 look like, as JSON schemas?"""

from collections.abc import Mapping

from ...wire.chat_gateway_v1 import requests
from ...wire.chat_gateway_v1.attachments import AUTHOR, FILE, UPLOAD
from ...wire.chat_gateway_v1.cards import CARD
from ...wire.chat_gateway_v1.users import NUMBERS, OWN_NAMES
from ...wire.handover import HANDOVER
from ...wire.members import Member, schema_of
from ...wire.verification import VERIFICATION
from ..chat_api_v2.schemas import ANSWERS as USUAL_ANSWERS
from ..chat_api_v2.schemas import ANY_AUTHOR, ref
from ..chat_api_v2.schemas import PROBLEMS as USUAL_PROBLEMS
from ..description import ID, TIME, answer_of, list_of, object_of
from ..operations.articles import SCHEMAS as ARTICLES
from ..operations.handover import SCHEMAS as HANDOVERS
from ..operations.verification import SCHEMAS as VERIFICATIONS
from ..operations.waiting import SCHEMAS as WAITING

STRING = {"type": "string"}
QUEUE = {"queue-id": ID, "queue-name": STRING, "media-type": STRING}
BYTES = {"type": "string", "format": "binary"}


def _page(name, item):
    return answer_of(
        _embedded=answer_of(**{name: list_of(ref(item))}),
        _links=answer_of(self=answer_of(href=STRING)),
        page=ref("Page"),
    )


REQUESTS: dict[str, Mapping[str, Member]] = {
    "WebHookRequest": requests.WEBHOOK,
    "WebHookVerifyRequest": requests.VERIFY,
    "ChannelRequest": requests.CHANNEL,
    "ConversationRequest": requests.CONVERSATION,
    "ChangeRequest": requests.CHANGE,
    "PostAgentRequest": requests.POST_AGENT,
    "TypingRequest": requests.TYPING,
    "ThinkingRequest": requests.THINKING,
    "ReadReceiptRequest": requests.READ_RECEIPT,
    "LeaveRequest": requests.LEAVE,
    "MessageRequest": requests.MESSAGE,
    "HandoverRequest": HANDOVER,
    "VerificationRequest": VERIFICATION,
    "CardRequest": CARD,
}
FREE = {
    # There is no null in a form.
    "AttachmentUpload": object_of((FILE,), **{FILE: BYTES, AUTHOR: UPLOAD[AUTHOR].shape(None)}),
    "CardAnswer": {
        "type": "object",
        "additionalProperties": True,
        "description": "What was chosen and typed in: the inputs by their ids, and the button's data. "
        "For quick replies the title of the option, its data, or both.",
    },
}

ANSWERS = {
    "Page": answer_of(**{name: {"type": "integer"} for name in ("size", "number", "totalElements", "totalPages")}),
    "WebHook": USUAL_ANSWERS["WebHook"],
    "WebHookPage": _page("webhooks", "WebHook"),
    "Channel": answer_of(id=ID, name=STRING, type=STRING, webHookId=ID, routingOptions=answer_of(type=STRING, id=ID)),
    "ChannelPage": _page("channels", "Channel"),
    "ConversationCreated": answer_of(conversationId=ID, createdAt=TIME),
    "Conversation": answer_of(
        id=ID,
        channelId=ID,
        state={"type": "string", "enum": ["created", "active", "idle"]},
        assignment=answer_of(type={"type": "string", "enum": ["queue", "agent", "script", "webhook"]}, id=ID),
        user=object_of(
            ("additionalProperties",),
            **dict.fromkeys((name for name in OWN_NAMES if name not in NUMBERS), STRING),
            **{name: {"oneOf": [{"type": "integer"}, STRING]} for name in NUMBERS},
            additionalProperties=list_of(answer_of(key=STRING, value=STRING)),
        ),
    ),
    "ConversationPage": _page("conversations", "Conversation"),
    "Interaction": object_of(("id", "startTime"), id=ID, startTime=TIME, endTime=TIME),
    "InteractionPage": _page("interactions", "Interaction"),
    "Participant": object_of(
        ("id", "removed", "type"), id=ID, removed={"type": "boolean"}, type=ANY_AUTHOR, language=STRING
    ),
    "ParticipantPage": _page("participants", "Participant"),
    "Message": object_of(
        ("id", "text", "createdAt", "author", "attachments", "cards"),
        id=ID,
        text=STRING,
        createdAt=TIME,
        author=ref("Participant"),
        externalProvider=answer_of(name=STRING, externalMessageId=STRING),
        attachments=list_of(ref("Attachment")),
        cards=list_of(ref("Card")),
    ),
    "MessagePage": _page("messages", "Message"),
    "Attachment": answer_of(
        id=ID,
        filename=STRING,
        type=STRING,
        sizeInBytes={"type": "integer"},
        state={"type": "string", "enum": ["quarantined", "clean", "infected"]},
        createdAt={"type": "string", "format": "date-time"},
    ),
    "AttachmentPage": _page("attachments", "Attachment"),
    "Bytes": BYTES,
    "Card": answer_of(
        id=ID,
        contentType=STRING,
        content={"type": "object", "additionalProperties": True},
        actionSubmitted={"type": "boolean"},
        actionExecuted={"type": "boolean"},
    ),
    "CardPage": _page("cards", "Card"),
    "QueueList": answer_of(queue=list_of(answer_of(**QUEUE))),
    "QueueStanding": answer_of(
        **QUEUE, **{name: {"type": "integer"} for name in ("waiting-count", "longest-wait", "available-agents")}
    ),
    "ScheduleList": answer_of(schedules=answer_of(schedule=list_of(answer_of(id=ID, name=STRING)))),
    "ScheduleStatus": answer_of(status={"type": "string", "enum": ["open", "closed"]}),
    "Jwk": USUAL_ANSWERS["Jwk"],
    **WAITING,
    **HANDOVERS,
    **VERIFICATIONS,
    **ARTICLES,
}

ERROR = answer_of(code=STRING, message=STRING)
PROBLEMS = {
    "Problem": answer_of(message=STRING, errors=list_of(ERROR)),
    "TextProblem": answer_of(message=STRING, errors=list_of(STRING)),
    "ValidationProblem": USUAL_PROBLEMS["ValidationProblem"],
    "AccessDenied": answer_of(message=STRING, errors=list_of(ERROR), referenceId=STRING),
    "UnexpectedProblem": answer_of(message=STRING, errors=list_of(ERROR), referenceId=STRING),
    "InvalidParameter": answer_of(message=STRING, errors=list_of(ERROR), referenceId=STRING),
    "MessageProblem": answer_of(message=STRING, errors=ERROR, referenceId=STRING),
    "JwkProblem": USUAL_PROBLEMS["JwkProblem"],
    "Fault": USUAL_PROBLEMS["Fault"],
}


def schemas(limits):
    """Return all of them; what is read has these ``limits``."""
    read = {name: schema_of(each, limits) for name, each in REQUESTS.items()}
    message = read["MessageRequest"]
    message["description"] = "A text, files, cards, or where it was said; at least one of these."
    message["properties"]["cards"]["items"] = ref("CardRequest")
    return _told_apart(read | FREE | ANSWERS | PROBLEMS)


def _told_apart(schema):
    """The same, where an object with a property called ``additionalProperties`` says that it has no others.

    Generators of clients take the property for the keyword otherwise.
    """
    if isinstance(schema, list):
        return [_told_apart(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _told_apart(each) for name, each in schema.items()}
    properties = schema.get("properties")
    is_mistakable = isinstance(properties, dict) and "additionalProperties" in properties
    return told | {"additionalProperties": False} if is_mistakable else told


SECURITY = {
    "apiKey": {
        "type": "apiKey",
        "name": "x-api-key",
        "in": "header",
        "description": "The API key. Operations that read need the scope "
        "`vcc-chat.<webhooks|channels|conversations>.read`, those that change `….write`.",
    }
}
