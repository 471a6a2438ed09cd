"""What do things look like in Chat Gateway v1?

- ``callbacks``    what a webhook is told
- ``attachments``  how files look everywhere
- ``cards``        how cards look everywhere
- ``requests``     what clients send
- ``problems``     what they get when something is wrong
- ``responses``    what they get
- ``outgoing``     what we tell a remote centre
- ``incoming``     what its callbacks tell us
- ``figures``      how queues and schedules look
- ``users``        how a customer's data travel
- ``names``        what clients call what they filter and sort by, and what is refused
"""

from django.utils.translation import gettext_lazy as _

from ..base import Format
from ..chat_api_v2.names import CUSTOMER
from . import callbacks, names, outgoing
from .requests import VERSION

FORMAT = Format(
    version=VERSION,
    label=_("Chat Gateway v1"),
    event_body=callbacks.event_body,
    tells=callbacks.TELLS,
    type_member=callbacks.EVENT_TYPE,
    event_types=callbacks.EVENT_TYPES,
    fills=frozenset({"is_echo", "situation"}),
    typing_body=callbacks.typing_body,
    thinking_body=callbacks.thinking_body,
    verify_body=callbacks.verify_body,
    takes_post_agent=True,
    customer=CUSTOMER,
    resources=names.RESOURCES,
    lists=names.LISTS,
    refused=names.REFUSED,
    urls="contactcenter_chat.api.chat_gateway_v1.urls",
    outgoing=outgoing.TELLING,
)
