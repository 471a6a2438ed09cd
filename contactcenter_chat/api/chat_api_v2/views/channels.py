"""Where do conversations come from?"""

from ....wire.chat_api_v2 import problems as shapes
from ....wire.chat_api_v2.names import CHANNEL_FIELDS
from ...description import ALWAYS, IDEMPOTENCY_KEY, IF_MATCH, ONCE, PAGING, WITH_BODY, filter_by, query
from ...operations.channels import READ, WRITE, Channels
from ...operations.waiting import Waiting
from ..base import TenantView
from ..description import describe

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
            filter_by("name==Web*,(routingOptions.id==11;id!=25)", CHANNEL_FIELDS),
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


class AvailabilityView(Waiting, TenantView):
    """``…/channels/{channel-id}/availability``: not in the vendor's API"""

    scopes = {"GET": READ}

    @describe(
        "getAvailability",
        "Whether a channel's queue is open, until or from when, and how long who comes now will wait.",
        tag=TAG,
        answers={200: ("How it is now.", "Availability")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, channel_id, **path):
        return self.channel_availability(channel_id)
