"""Where do conversations come from?"""

from ....wire.chat_gateway_v1 import problems as shapes
from ....wire.chat_gateway_v1.names import CHANNEL_FIELDS
from ...description import ALWAYS, IDEMPOTENCY_KEY, IF_MATCH, ONCE, PAGING, WITH_BODY, filter_by
from ...operations.channels import READ, WRITE, Channels
from ...operations.waiting import Waiting
from ..base import GatewayView
from ..description import SORT, describe

TAG = "Channels"


class ChannelsView(Channels, GatewayView):
    """``…/channels``"""

    scopes = {"GET": READ, "POST": WRITE}

    @describe(
        "listChannels",
        "All channels that fit the filter, the oldest first or sorted.",
        tag=TAG,
        parameters=[*PAGING, SORT, filter_by("name==Web*,(routingOptions.id==11;id!=25)", CHANNEL_FIELDS)],
        answers={200: ("A page of channels.", "ChannelPage")},
        refusals=(400, 404, *ALWAYS),
        shapes={404: "Problem"},
    )
    def get(self, request):
        return self.list_channels()

    @describe(
        "createChannel",
        "Make a channel.",
        tag=TAG,
        parameters=[IDEMPOTENCY_KEY],
        body="ChannelRequest",
        answers={200: ("The channel.", "Channel")},
        refusals=(*WITH_BODY, *ONCE, *ALWAYS),
        shapes={400: "ValidationProblem", 403: "Problem"},
    )
    def post(self, request):
        return self.create_channel()

    def invalid_body(self, problems):
        if self.request.method == "POST":
            return shapes.invalid_with_validations(problems)
        return super().invalid_body(problems)

    def forbidden_body(self, error):
        if self.request.method == "POST":
            return shapes.problem(error.code, error.message)
        return super().forbidden_body(error)


class ChannelView(Channels, GatewayView):
    """``…/channels/{channelId}``"""

    scopes = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    @describe(
        "getChannel",
        "One channel.",
        tag=TAG,
        answers={200: ("The channel.", "Channel")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, channel_id):
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
    def put(self, request, channel_id):
        return self.update_channel(channel_id)

    @describe(
        "deleteChannel",
        "Delete a channel; its conversations stay, new ones cannot start.",
        tag=TAG,
        answers={204: ("It is deleted.", None)},
        refusals=(404, *ALWAYS),
    )
    def delete(self, request, channel_id):
        return self.delete_channel(channel_id)


class AvailabilityView(Waiting, GatewayView):
    """``…/channels/{channelId}/availability``: not in the vendor's API"""

    scopes = {"GET": READ}

    @describe(
        "getAvailability",
        "Whether a channel's queue is open, until or from when, and how long who comes now will wait.",
        tag=TAG,
        answers={200: ("How it is now.", "Availability")},
        refusals=(404, *ALWAYS),
    )
    def get(self, request, channel_id):
        return self.channel_availability(channel_id)
