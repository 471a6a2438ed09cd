"""Every body that is read, of both formats: its schema's name, its declaration, and its reader."""

from dataclasses import dataclass
from functools import partial
from inspect import signature
from types import ModuleType

from contactcenter_chat.api.chat_api_v2 import schemas as v2_schemas
from contactcenter_chat.api.chat_gateway_v1 import schemas as v1_schemas
from contactcenter_chat.wire.chat_api_v2 import requests as v2
from contactcenter_chat.wire.chat_gateway_v1 import requests as v1
from contactcenter_chat.wire.handover import read_handover
from contactcenter_chat.wire.limits import Limits, Range
from contactcenter_chat.wire.verification import read_verification
from tests.api.openapi import resolved

# Each number once, so that it is known which limit is meant; few, so that examples meet them.
LIMITS = Limits(
    webhook_name=11,
    webhook_uri=23,
    channel_name=13,
    message=17,
    history=3,
    customer_keys=5,
    attachments=4,
    cards=2,
    total_minutes=Range(31, 37, 41),
    silence_minutes=Range(43, 47, 53),
    address=59,
)


@dataclass(frozen=True)
class Body:
    schemas: ModuleType
    name: str
    reader: object

    def __str__(self):
        return f"{self.reader.__module__.split('.')[-2]}-{self.name}"

    def schema(self, limits):
        schemas = self.schemas.schemas(limits)
        return resolved({"components": {"schemas": schemas}}, schemas[self.name])

    def read(self, body, limits):
        takes_limits = "limits" in signature(self.reader).parameters
        return self.reader(body, limits) if takes_limits else self.reader(body)


of_v2, of_v1 = partial(Body, v2_schemas), partial(Body, v1_schemas)
BODIES = [
    of_v2("WebHookRequest", v2.read_webhook),
    of_v2("WebHookVerifyRequest", v2.read_verify),
    of_v2("ChannelRequest", v2.read_channel),
    of_v2("ConversationRequest", v2.read_conversation),
    of_v2("MessageRequest", v2.read_message),
    of_v2("HandoverRequest", read_handover),
    of_v2("VerificationRequest", read_verification),
    of_v1("WebHookRequest", v1.read_webhook),
    of_v1("WebHookVerifyRequest", v1.read_verify),
    of_v1("ChannelRequest", v1.read_channel),
    of_v1("ConversationRequest", v1.read_conversation),
    of_v1("ChangeRequest", v1.read_change),
    of_v1("PostAgentRequest", v1.read_post_agent),
    of_v1("TypingRequest", v1.read_typing),
    of_v1("ThinkingRequest", v1.read_thinking),
    of_v1("ReadReceiptRequest", v1.read_receipt),
    of_v1("LeaveRequest", v1.read_leaving),
    of_v1("MessageRequest", v1.read_message),
    of_v1("HandoverRequest", read_handover),
    of_v1("VerificationRequest", read_verification),
]
