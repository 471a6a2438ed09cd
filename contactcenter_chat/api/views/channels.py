"""Where do conversations come from?"""

from ...actions import channels
from ...exceptions import Invalid, InvalidFields, NotFound
from ...queries import api as queries
from ...wire.chat_api_v2 import answers, requests
from ...wire.chat_api_v2 import problems as shapes
from .. import bodies
from ..base import TenantView
from ..description import ALWAYS, IDEMPOTENCY_KEY, IF_MATCH, ONCE, PAGING, WITH_BODY, describe, query
from ..problems import complaints

TAG = "Channels"
READ, WRITE = "vcc-chat.channels.read", "vcc-chat.channels.write"


class ChannelsView(TenantView):
    """``…/channels``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listChannels",
        "All channels, the oldest first or sorted.",
        tag=TAG,
        parameters=[
            *PAGING,
            query("sort", "A field, `-field`, `field:asc` or `field:desc`."),
            query(
                "filter",
                "FIQL, such as `name==Web*,(routingOptions.id==11;id!=25)`. Fields: id, name, webHookId, "
                "routingOptions.id. At most 1024 characters, 20 terms, 5 levels.",
            ),
        ],
        answers={200: ("A page of channels.", "ChannelPage")},
        refusals=(400, 404, *ALWAYS),
    )
    def get(self, request, **path):
        filter_by = self.query.text("filter", required=False)
        sort_by = self.query.text("sort", required=False)
        self.query.done()
        return self.page(queries.channels(self.tenant, filter_by=filter_by, sort_by=sort_by), answers.channel)

    @describe(
        "createChannel",
        "Make a channel.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
        body="ChannelRequest",
        answers={200: ("The channel.", "Channel")},
        refusals=(*WITH_BODY, *ONCE, *ALWAYS),
        shapes={400: "ValidationProblem"},
    )
    def post(self, request, **path):
        wanted = requests.read_channel(self.body)
        return self.first_revision(self.once.answer(200, lambda: self._create(wanted)))

    def _create(self, wanted):
        return answers.channel(channels.create_channel(tenant=self.tenant, **_bindings(self.tenant, wanted)))

    def problem_body(self, error):
        if isinstance(error, Invalid) and self.request.method == "POST":
            return shapes.invalid_with_validations(complaints(error))
        return super().problem_body(error)


class ChannelView(TenantView):
    """``…/channels/{channel-id}``"""

    scopes = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    @describe(
        "getChannel",
        "One channel.",
        tag=TAG,
        answers={200: ("The channel.", "Channel")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, channel_id, **path):
        return self.revised(queries.channel(self.tenant, channel_id), answers.channel)

    @describe(
        "updateChannel",
        "Replace a channel.",
        tag=TAG,
        parameters=[IF_MATCH],
        body="ChannelRequest",
        answers={200: ("The channel.", "Channel")},
        refusals=(404, 412, *WITH_BODY, *ALWAYS),
    )
    def put(self, request, channel_id, **path):
        channel = queries.channel(self.tenant, channel_id)
        wanted = _bindings(self.tenant, requests.read_channel(self.body))
        changed = channels.update_channel(channel=channel, expected_revision=self.expected_revision, **wanted)
        return self.revised(changed, answers.channel)

    @describe(
        "deleteChannel",
        "Delete a channel; its conversations stay, new ones cannot start.",
        tag=TAG,
        answers={204: ("It is deleted.", None)},
        refusals=(404, *ALWAYS),
    )
    def delete(self, request, channel_id, **path):
        channels.delete_channel(queries.channel(self.tenant, channel_id))
        return bodies.answer(204)


def _bindings(tenant, wanted):
    """Find what a channel is to be bound to. Raises InvalidFields, so that both ids are complained about at once."""
    refused = []
    found = {"name": wanted.name}
    for name, find, field, wanted_id in (
        ("webhook", queries.webhook, "webHookId", wanted.webhook_id),
        ("queue", queries.queue, "routingOptions.id", wanted.queue_id),
    ):
        try:
            found[name] = find(tenant, wanted_id)
        except NotFound:
            message = f"{name.capitalize()} ID {wanted_id} is invalid."
            refused.append(Invalid(message, field=field, value=wanted_id, code=f"invalid_{name}"))
    if refused:
        raise InvalidFields(refused)
    return found
