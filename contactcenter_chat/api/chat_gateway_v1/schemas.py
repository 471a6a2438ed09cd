"""What do the bodies of Chat Gateway v1 look like, as JSON schemas?"""

from ...wire.chat_gateway_v1.users import NUMBERS, OWN_NAMES
from ..chat_api_v2.schemas import ANSWERS as USUAL_ANSWERS
from ..chat_api_v2.schemas import (
    ID,
    NO_NUL,
    NUMBER_OR_ID,
    ROUTING,
    TEXT,
    TIME,
    URI,
    answer_of,
    list_of,
    object_of,
    ref,
)
from ..chat_api_v2.schemas import PROBLEMS as USUAL_PROBLEMS

STRING = {"type": "string"}
VERSION = {"type": "string", "enum": ["Chat Gateway v1.0", None], "default": "Chat Gateway v1.0", "nullable": True}
OLD_VERSION = {**VERSION, "description": "Another name of `version`."}
CHANNEL_TYPE = {"type": "string", "enum": ["ChatAPI", None], "default": "ChatAPI", "nullable": True}


def _page(name, item):
    return answer_of(
        _embedded=answer_of(**{name: list_of(ref(item))}),
        _links=answer_of(self=answer_of(href=STRING)),
        page=ref("Page"),
    )


SCALAR = {
    "nullable": True,
    "oneOf": [{"type": "string", "pattern": NO_NUL}, {"type": "number"}, {"type": "boolean"}],
}
USER = {
    "type": "object",
    "nullable": True,
    "description": "What is known of the customer; numbers and booleans are kept as strings.",
    "properties": {
        **dict.fromkeys(OWN_NAMES, SCALAR),
        "additionalProperties": {
            "type": "array",
            "nullable": True,
            "maxItems": 30,
            "items": object_of(("key",), key={**TEXT, "maxLength": 255}, value=SCALAR),
        },
    },
}
ASSIGNMENT = {
    **object_of(
        ("id",),
        type={"type": "string", "enum": ["queue", "script", None], "default": "queue", "nullable": True},
        id=NUMBER_OR_ID,
    ),
    "nullable": True,
}
EXTERNAL_PROVIDER = object_of(
    ("externalMessageId",),
    name={"type": "string", "enum": ["X", None], "default": "X", "nullable": True},
    externalMessageId=NUMBER_OR_ID,
)
AUTHOR_TYPE = {"type": "string", "enum": ["user", "bot", None], "default": "user", "nullable": True}
ANY_AUTHOR = {"type": "string", "enum": ["user", "bot", "agent", "system"]}
HISTORY = {
    "type": "object",
    "nullable": True,
    "description": "What was said before, the oldest first. Whoever is not `user` is the bot.",
    "properties": {
        "messages": {
            "type": "array",
            "nullable": True,
            "maxItems": 200,
            "items": object_of(
                authorType={"description": "`user` or `bot`; anything else is the bot."},
                text={"type": "string", "nullable": True, "maxLength": 16000, "pattern": NO_NUL},
                externalProvider={**EXTERNAL_PROVIDER, "nullable": True},
            ),
        }
    },
}

FLAG = {
    "nullable": True,
    "default": False,
    "oneOf": [{"type": "boolean"}, {"type": "string", "enum": ["true", "false"]}],
}


def _bounded(least, most):
    number = {"type": "integer", "minimum": least, "maximum": most}
    return {"nullable": True, "oneOf": [number, {"type": "string", "pattern": "^[0-9]+$"}]}


REQUESTS = {
    "WebHookRequest": object_of(
        ("name", "uri"),
        name={**TEXT, "maxLength": 256},
        uri=URI,
        version=VERSION,
        notificationVersion=OLD_VERSION,
    ),
    "WebHookVerifyRequest": object_of(("uri",), uri=URI, version=VERSION, notificationVersion=OLD_VERSION),
    "ChannelRequest": object_of(
        ("name", "webHookId", "routingOptions"),
        name={**TEXT, "maxLength": 255},
        type=CHANNEL_TYPE,
        webHookId=NUMBER_OR_ID,
        routingOptions=ROUTING,
    ),
}

REQUESTS |= {
    "ConversationRequest": object_of(
        ("channelId",), channelId=NUMBER_OR_ID, user=USER, assignment=ASSIGNMENT, history=HISTORY
    ),
    "ChangeRequest": object_of(channelId={**NUMBER_OR_ID, "nullable": True}, user=USER, assignment=ASSIGNMENT),
    "PostAgentRequest": object_of(
        ("id",),
        type={"type": "string", "enum": ["webhook", None], "default": "webhook", "nullable": True},
        id=NUMBER_OR_ID,
        configuration={
            "type": "object",
            "nullable": True,
            "properties": {
                "notifyChannelWebhookIfExists": {
                    **FLAG,
                    "description": "Whether the channel's webhook goes on being told.",
                },
                "maxTotalMinutes": {**_bounded(20, 600), "default": 300},
                "userTimeoutInMinutes": {**_bounded(10, 300), "default": 150},
            },
        },
    ),
    "TypingRequest": object_of(("authorType",), authorType={"type": "string", "enum": ["user", "bot"]}),
    "ThinkingRequest": object_of(
        authorType={"type": "string", "enum": ["bot", None], "default": "bot", "nullable": True},
        maxThinkingTimeSeconds={**_bounded(1, 600), "default": 60},
    ),
    "ReadReceiptRequest": object_of(
        ("authorType", "readAt"),
        authorType={"type": "string", "enum": ["user", "bot"]},
        readAt={"type": "integer", "minimum": 0, "description": "Milliseconds since 1970."},
    ),
    "LeaveRequest": object_of(removed=FLAG),
    "MessageRequest": {
        **object_of(
            authorType=AUTHOR_TYPE,
            text={"type": "string", "nullable": True, "maxLength": 16000, "pattern": NO_NUL},
            externalProvider={
                **EXTERNAL_PROVIDER,
                "nullable": True,
                "description": "Where it was said, instead of a text: the agent gets a link to it.",
            },
            attachments={**list_of(object_of(("id",), id=ID)), "nullable": True, "maxItems": 15},
            cards={**list_of(ref("CardRequest")), "nullable": True, "maxItems": 10},
        ),
        "description": "A text, files, cards, or where it was said; at least one of these.",
    },
    "CardRequest": object_of(
        ("content",),
        contentType={
            "type": "string",
            "enum": ["application/vnd.microsoft.card.adaptive", "application/8x8.quick.replies"],
            "default": "application/vnd.microsoft.card.adaptive",
        },
        content={"type": "object", "additionalProperties": True},
    ),
    "AttachmentUpload": object_of(
        ("attachment",),
        attachment={"type": "string", "format": "binary"},
        authorType={"type": "string", "enum": ["user", "bot"], "default": "user"},
    ),
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
    "Bytes": {"type": "string", "format": "binary"},
    "Card": answer_of(
        id=ID,
        contentType=STRING,
        content={"type": "object", "additionalProperties": True},
        actionSubmitted={"type": "boolean"},
        actionExecuted={"type": "boolean"},
    ),
    "CardPage": _page("cards", "Card"),
    "Jwk": USUAL_ANSWERS["Jwk"],
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

SCHEMAS = REQUESTS | ANSWERS | PROBLEMS
SECURITY = {
    "apiKey": {
        "type": "apiKey",
        "name": "x-api-key",
        "in": "header",
        "description": "The API key. Operations that read need the scope "
        "`vcc-chat.<webhooks|channels|conversations>.read`, those that change `….write`.",
    }
}
