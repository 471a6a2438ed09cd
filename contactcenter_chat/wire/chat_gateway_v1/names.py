"""What do clients of Chat Gateway v1 call what they filter and sort by, and what is refused?"""

from ..base import DataKey, Listing
from ..chat_api_v2.names import CHANNEL_FIELDS
from .users import OWN_NAMES

CREATED = ("createdAt", "createdDate")  # the description has both
WEBHOOK_FIELDS = {"id": "receiver__id", "name": "name", "uri": "receiver__uri", "version": "version"}
CONVERSATION_FIELDS: dict[str, str | DataKey] = {
    "id": "id",
    "channelId": "channel_id",
    "state": "state",
    **{f"user.{name}": DataKey(name) for name in OWN_NAMES},
}
CONVERSATION_ORDERS = {"id": "id", **dict.fromkeys(CREATED, "created_at")}
MESSAGE_ORDERS = dict.fromkeys(CREATED, "number")  # in that order they were said
ATTACHMENT_FIELDS = {"id": "id", "filename": "name", "type": "content_type"}
ATTACHMENT_ORDERS = {**ATTACHMENT_FIELDS, "sizeInBytes": "size", **dict.fromkeys(CREATED, "created_at")}
CARD_ORDERS = dict.fromkeys(CREATED, "position")  # those of a message come at the same time

LISTS = {
    "webhook": Listing(WEBHOOK_FIELDS, WEBHOOK_FIELDS),
    "channel": Listing(CHANNEL_FIELDS, CHANNEL_FIELDS),
    "conversation": Listing(CONVERSATION_FIELDS, CONVERSATION_ORDERS),
    "message": Listing(sorts=MESSAGE_ORDERS),
    "attachment": Listing(ATTACHMENT_FIELDS, ATTACHMENT_ORDERS),
    "card": Listing(sorts=CARD_ORDERS),
}

RESOURCES = {"Webhook": "WebHook"}
REFUSED = {
    "channel": {"webhook": "webHookId", "queue": "routingOptions.id"},
    "conversation": {
        "channel": "channelId",
        "customer": "user",
        "queue": "assignment.id",
        "script": "assignment.id",
        "skills": "assignment.skills",
    },
    "post_agent": {"webhook": "id", "script": "id"},
}
