"""What do clients of Chat API v2 call what they filter by, what is refused, and what is known of a customer?"""

from ..base import CustomerNames, Listing

OWN_NAMES = (
    "name",
    "userId",
    "customerId",
    "email",
    "phone",
    "company",
    "caseId",
    "language",
    "ipaddress",
    "timezoneOffset",
)
CUSTOMER = CustomerNames(
    own_ids=("customerId", "userId"),
    name="name",
    email="email",
    email_verified="emailVerified",
    company="company",
    language="language",
    opted_out="optedOut",
    usual=frozenset(OWN_NAMES),
)

CHANNEL_FIELDS = {
    "id": "id",
    "name": "name",
    "webHookId": "webhook_id",
    "routingOptions.id": "queue_id",
    "routingOption.id": "queue_id",  # as the description's example has it
}
LISTS = {"channel": Listing(CHANNEL_FIELDS, CHANNEL_FIELDS)}

RESOURCES = {"Webhook": "WebHook"}
REFUSED = {
    "channel": {"webhook": "webHookId", "queue": "routingOptions.id"},
    "conversation": {"channel": "channelId"},
}
