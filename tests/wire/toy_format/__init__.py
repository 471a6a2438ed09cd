"""A third wire format, as small as can be: a project could have written it.

- ``shapes``   what is told, read and answered
- ``views``    the operations
- ``urls``     their paths
- ``schemas``  what the bodies look like, for the description

It tells who waits and what an agent says; it knows neither who types nor a bot after the agent.
"""

from contactcenter_chat import events
from contactcenter_chat.wire.base import CustomerNames, Format, Listing

from . import shapes

FORMAT = Format(
    version="toy 1",
    label="Toy",
    event_body=shapes.event_body,
    tells=frozenset({events.InteractionQueued, events.MessageAdded}),
    type_member="kind",
    event_types=(shapes.WAITS, shapes.SAYS),
    fills=frozenset({"is_echo"}),
    verify_body=shapes.verify_body,
    customer=CustomerNames(
        own_ids=("who",),
        name="called",
        email="post",
        email_verified="post_is_theirs",
        company="firm",
        language="tongue",
        usual=frozenset({"who", "called", "post", "firm", "tongue"}),
    ),
    lists={"channel": Listing({"line": "queue_id"}, {"made": "created_at"})},
    refused={"channel": {"webhook": "ear", "queue": "line"}, "conversation": {"channel": "door"}},
    urls="tests.wire.toy_format.urls",
)
