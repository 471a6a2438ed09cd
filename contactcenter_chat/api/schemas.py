"""What do the bodies look like, as JSON schemas? The names are those of the description's components."""

NO_NUL = "^[^\\u0000]*$"
TEXT = {"type": "string", "pattern": "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$"}
ID = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}
NUMBER_OR_ID = {"oneOf": [{**TEXT, "maxLength": 255}, {"type": "integer"}]}


def ref(name):
    """Refer to one of these shapes."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required=(), **properties):
    shape = {"type": "object", "properties": properties}
    return shape | {"required": list(required)} if required else shape


def _answer(**properties):
    """An object that has all of these."""
    return _object(tuple(properties), **properties)


def _list(item):
    return {"type": "array", "items": item}


def _page(name):
    return _answer(data=_list(ref(name)), page=ref("Page"))


VERSION = {"type": "string", "enum": ["v2.0", None], "default": "v2.0", "nullable": True}
OLD_VERSION = {**VERSION, "description": "The older name of `version`."}
URI = {"type": "string", "format": "uri", "pattern": "^https?://", "maxLength": 2000}
SCALAR = {
    "nullable": True,
    "oneOf": [{"type": "string", "pattern": NO_NUL}, {"type": "number"}, {"type": "boolean"}],
}
CUSTOMER = {
    "type": "object",
    "nullable": True,
    "maxProperties": 30,
    "description": "What is known of the customer, flat; numbers and booleans are kept as strings.",
    "properties": dict.fromkeys(("name", "customerId", "email", "company", "caseId", "language"), SCALAR),
    "additionalProperties": SCALAR,
}
HISTORY = {
    "type": "object",
    "nullable": True,
    "description": "What was said before, the oldest first. Whoever is not `user` is the bot.",
    "properties": {
        "messages": {
            "type": "array",
            "nullable": True,
            "maxItems": 200,
            "items": _object(
                text={"type": "string", "nullable": True, "maxLength": 16000, "pattern": NO_NUL},
                type={"description": "`user` or `bot`; anything else is the bot."},
            ),
        }
    },
}
QUEUE = {"type": "string", "enum": ["queue", None], "default": "queue", "nullable": True}
ROUTING = _object(("id",), type=QUEUE, id=NUMBER_OR_ID)

REQUESTS = {
    "WebHookRequest": _object(
        ("name", "uri"),
        name={**TEXT, "maxLength": 256},
        uri=URI,
        version=VERSION,
        notificationVersion=OLD_VERSION,
    ),
    "WebHookVerifyRequest": _object(("uri",), uri=URI, version=VERSION, notificationVersion=OLD_VERSION),
    "ChannelRequest": _object(
        ("name", "webHookId", "routingOptions"),
        name={**TEXT, "maxLength": 255},
        webHookId=NUMBER_OR_ID,
        routingOptions=ROUTING,
    ),
    "ConversationRequest": _object(("channelId",), channelId=NUMBER_OR_ID, customer=CUSTOMER, history=HISTORY),
    "MessageRequest": _object(
        ("text",),
        text={**TEXT, "maxLength": 16000},
        authorType={"type": "string", "enum": ["user", "bot", None], "default": "user", "nullable": True},
    ),
    "TokenRequest": _object(("grant_type",), grant_type={"type": "string", "enum": ["client_credentials"]}),
}

ANSWERS = {
    "Page": _answer(
        pageSize={"type": "integer"},
        pageIndex={"type": "integer"},
        elementCount={"type": "integer"},
        pageCount={"type": "integer"},
    ),
    "WebHook": _answer(id=ID, name={"type": "string"}, uri={"type": "string"}, version={"type": "string"}),
    "WebHookPage": _page("WebHook"),
    "Channel": _answer(
        id=ID, name={"type": "string"}, webHookId=ID, routingOptions=_answer(type={"type": "string"}, id=ID)
    ),
    "ChannelPage": _page("Channel"),
    "ConversationCreated": _answer(
        conversationId=ID, timestamp={"type": "integer", "description": "Milliseconds since 1970."}
    ),
    "Conversation": _answer(
        channelId=ID,
        customer={"type": "object", "additionalProperties": {"type": "string"}},
        id=ID,
        startTime=TIME,
        interactions=_list(_object(("id", "startTime"), id=ID, startTime=TIME, endTime=TIME)),
    ),
    "ConversationPage": _page("Conversation"),
    "Participants": _answer(
        participants=_list(
            _object(
                ("id", "type"),
                id=ID,
                type={"type": "string", "enum": ["user", "bot", "agent", "system"]},
                language={"type": "string"},
            )
        )
    ),
    "Messages": _answer(
        messages=_list(
            _answer(
                interactionId={"type": "string", "description": "Empty for what was said before the first one."},
                originalText={"type": "string"},
                translatedText={"type": "string", "description": "What the receiver reads."},
                authorType={"type": "string", "enum": ["user", "bot", "agent", "system"]},
                participantId=ID,
            )
        )
    ),
    "Events": _answer(
        data=_list(
            _answer(
                number={"type": "integer", "description": "Counts what happened in the conversation."},
                eventId={"type": "string", "description": "The `X-8x8-Event-Id` of the callback."},
                event={"type": "object", "description": "The callback's body."},
            )
        ),
        after={"type": "integer", "description": "Ask for the events after this number next."},
        more={"type": "boolean", "description": "Whether there are more already."},
    ),
    "Token": _answer(
        access_token={"type": "string"},
        api_product_list=_list({"type": "string"}),
        **{
            name: {"type": "string"}
            for name in (
                "refresh_token_expires_in",
                "organization_name",
                "token_type",
                "issued_at",
                "client_id",
                "application_name",
                "scope",
                "expires_in",
                "refresh_count",
                "status",
            )
        },
    ),
    "Jwk": _answer(**{name: {"type": "string"} for name in ("kty", "e", "kid", "n")}),
}

PROBLEMS = {
    "Problem": _answer(message={"type": "string"}, errors=_list({"type": "string"})),
    "ValidationProblem": _answer(
        message={"type": "string"},
        errors=_list(_answer(code={"type": "string"}, message={"type": "string"})),
        validations=_list(_answer(**{name: {"type": "string"} for name in ("field", "value", "code", "message")})),
    ),
    "Fault": _answer(fault=_answer(faultstring={"type": "string"}, detail=_answer(errorcode={"type": "string"}))),
    "TokenProblem": _answer(ErrorCode={"type": "string"}, Error={"type": "string"}),
    "JwkProblem": _answer(
        status={"type": "integer"},
        **{name: {"type": "string"} for name in ("type", "title", "detail", "resourceType", "resourceId", "instance")},
    ),
    "UnexpectedProblem": _answer(
        message={"type": "string"}, errors=_list({"type": "string"}), referenceId={"type": "string"}
    ),
}

SCHEMAS = REQUESTS | ANSWERS | PROBLEMS
SECURITY = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `access_token` of `/oauth/v2/token`. Operations that read need the scope "
        "`vcc-chat.<webhooks|channels|conversations>.read`, those that change `….write`.",
    },
    "clientCredentials": {"type": "http", "scheme": "basic", "description": "The API key and its secret."},
}
