"""What do the bodies look like, as JSON schemas? The names are those of the description's components."""

from collections.abc import Mapping

from ...events import AUTHOR_TYPES
from ...wire.chat_api_v2 import requests
from ...wire.handover import HANDOVER
from ...wire.members import Member, schema_of
from ...wire.verification import VERIFICATION
from ..description import ID, TIME, answer_of, list_of, object_of, ref
from ..operations.articles import SCHEMAS as ARTICLES
from ..operations.handover import SCHEMAS as HANDOVERS
from ..operations.verification import SCHEMAS as VERIFICATIONS
from ..operations.waiting import SCHEMAS as WAITING

ANY_AUTHOR = {"type": "string", "enum": [*AUTHOR_TYPES]}


def _page(name):
    return answer_of(data=list_of(ref(name)), page=ref("Page"))


REQUESTS: dict[str, Mapping[str, Member]] = {
    "WebHookRequest": requests.WEBHOOK,
    "WebHookVerifyRequest": requests.VERIFY,
    "ChannelRequest": requests.CHANNEL,
    "ConversationRequest": requests.CONVERSATION,
    "MessageRequest": requests.MESSAGE,
    "HandoverRequest": HANDOVER,
    "VerificationRequest": VERIFICATION,
}
FORMS = {
    "TokenRequest": object_of(("grant_type",), grant_type={"type": "string", "enum": [requests.CLIENT_CREDENTIALS]}),
}

ANSWERS = {
    "Page": answer_of(
        pageSize={"type": "integer"},
        pageIndex={"type": "integer"},
        elementCount={"type": "integer"},
        pageCount={"type": "integer"},
    ),
    "WebHook": answer_of(id=ID, name={"type": "string"}, uri={"type": "string"}, version={"type": "string"}),
    "WebHookPage": _page("WebHook"),
    "Channel": answer_of(
        id=ID, name={"type": "string"}, webHookId=ID, routingOptions=answer_of(type={"type": "string"}, id=ID)
    ),
    "ChannelPage": _page("Channel"),
    "ConversationCreated": answer_of(
        conversationId=ID, timestamp={"type": "integer", "description": "Milliseconds since 1970."}
    ),
    "Conversation": answer_of(
        channelId=ID,
        customer={"type": "object", "additionalProperties": {"type": "string"}},
        id=ID,
        startTime=TIME,
        interactions=list_of(object_of(("id", "startTime"), id=ID, startTime=TIME, endTime=TIME)),
    ),
    "ConversationPage": _page("Conversation"),
    "Participants": answer_of(
        participants=list_of(
            object_of(
                ("id", "type"),
                id=ID,
                type=ANY_AUTHOR,
                language={"type": "string"},
            )
        )
    ),
    "Messages": answer_of(
        messages=list_of(
            answer_of(
                interactionId={"type": "string", "description": "Empty for what was said before the first one."},
                originalText={"type": "string"},
                translatedText={"type": "string", "description": "What the receiver reads."},
                authorType=ANY_AUTHOR,
                participantId=ID,
            )
        )
    ),
    "Events": answer_of(
        data=list_of(
            answer_of(
                number={"type": "integer", "description": "Counts what happened in the conversation."},
                eventId={"type": "string", "description": "The `X-8x8-Event-Id` of the callback."},
                event={"type": "object", "description": "The callback's body."},
            )
        ),
        after={"type": "integer", "description": "Ask for the events after this number next."},
        more={"type": "boolean", "description": "Whether there are more already."},
    ),
    "Token": answer_of(
        access_token={"type": "string"},
        api_product_list=list_of({"type": "string"}),
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
    "Jwk": answer_of(**{name: {"type": "string"} for name in ("kty", "e", "kid", "n")}),
    **WAITING,
    **HANDOVERS,
    **VERIFICATIONS,
    **ARTICLES,
}

PROBLEMS = {
    "Problem": answer_of(message={"type": "string"}, errors=list_of({"type": "string"})),
    "ValidationProblem": answer_of(
        message={"type": "string"},
        errors=list_of(answer_of(code={"type": "string"}, message={"type": "string"})),
        validations=list_of(answer_of(**{name: {"type": "string"} for name in ("field", "value", "code", "message")})),
    ),
    "Fault": answer_of(
        fault=answer_of(faultstring={"type": "string"}, detail=answer_of(errorcode={"type": "string"}))
    ),
    "TokenProblem": answer_of(ErrorCode={"type": "string"}, Error={"type": "string"}),
    "JwkProblem": answer_of(
        status={"type": "integer"},
        **{name: {"type": "string"} for name in ("type", "title", "detail", "resourceType", "resourceId", "instance")},
    ),
    "UnexpectedProblem": answer_of(
        message={"type": "string"}, errors=list_of({"type": "string"}), referenceId={"type": "string"}
    ),
}


def schemas(limits):
    """Return all of them; what is read has these ``limits``."""
    return {name: schema_of(each, limits) for name, each in REQUESTS.items()} | FORMS | ANSWERS | PROBLEMS


SECURITY = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `access_token` of `/oauth/v2/token`. Operations that read need the scope "
        "`vcc-chat.<webhooks|channels|conversations>.read`, those that change `….write`.",
    },
    "clientCredentials": {"type": "http", "scheme": "basic", "description": "The API key and its secret."},
}
