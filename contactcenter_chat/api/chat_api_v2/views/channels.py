"""Where do conversations come from?"""

from ....wire.chat_api_v2 import problems as shapes
from ...description import ALWAYS, FILTER_LIMITS, IDEMPOTENCY_KEY, IF_MATCH, ONCE, PAGING, WITH_BODY, describe, query
from ...operations.channels import READ, WRITE, Channels
from ..base import TenantView

TAG = "Channels"


class ChannelsView(Channels, TenantView):
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
                f"routingOptions.id. {FILTER_LIMITS}",
            ),
        ],
        answers={200: ("A page of channels.", "ChannelPage")},
        refusals=(400, 404, *ALWAYS),
    )
    def get(self, request, **path):
        return self.list_channels()

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
        return self.create_channel()

    def invalid_body(self, problems):
        if self.request.method == "POST":
            return shapes.invalid_with_validations(problems)
        return super().invalid_body(problems)


class ChannelView(Channels, TenantView):
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
        return self.get_channel(channel_id)

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
        return self.update_channel(channel_id)

    @describe(
        "deleteChannel",
        "Delete a channel; its conversations stay, new ones cannot start.",
        tag=TAG,
        answers={204: ("It is deleted.", None)},
        refusals=(404, *ALWAYS),
    )
    def delete(self, request, channel_id, **path):
        return self.delete_channel(channel_id)
