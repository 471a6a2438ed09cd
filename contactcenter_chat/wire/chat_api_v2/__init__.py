"""What do things look like in Chat API v2?

- ``callbacks``  what a webhook is told
- ``requests``   what clients send
- ``setup``      of it, what sets up webhooks and channels
- ``problems``   what they get when something is wrong
- ``responses``  what they get
- ``outgoing``   what we tell a remote centre
- ``incoming``   what its callbacks tell us
- ``names``      what clients call what they filter by, what is refused, what is known of a customer
"""

from django.utils.translation import gettext_lazy as _

from ..base import Format
from . import callbacks, names, outgoing
from .requests import VERSION

FORMAT = Format(
    version=VERSION,
    label=_("Chat API v2"),
    event_body=callbacks.event_body,
    tells=callbacks.TELLS,
    type_member=callbacks.EVENT_TYPE,
    event_types=callbacks.EVENT_TYPES,
    fills=frozenset({"centre_name", "bot_name"}),
    verify_body=callbacks.verify_body,
    customer=names.CUSTOMER,
    resources=names.RESOURCES,
    lists=names.LISTS,
    refused=names.REFUSED,
    urls="contactcenter_chat.api.chat_api_v2.urls",
    outgoing=outgoing.TELLING,
)
