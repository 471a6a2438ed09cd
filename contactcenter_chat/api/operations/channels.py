"""What do operations on channels do?"""

from ...actions.setup import channels
from ...actions.setup.tenants import scope
from ...exceptions import InvalidFields, NotFound, invalid_id
from ...queries import api as queries
from ..base import KeyView, limits

READ, WRITE = scope("channels", "read"), scope("channels", "write")


class Channels(KeyView):
    """The operations on channels, for a KeyView."""

    subject = "channel"

    def list_channels(self):
        return self.page("channels", queries.channels(self.tenant, self.selection("channel")), self.responses.channel)

    def create_channel(self):
        wanted = self.requests.read_channel(self.body, limits())
        return self.first_revision(self.once.answer(200, lambda: self._create(wanted)))

    def _create(self, wanted):
        return self.responses.channel(channels.create_channel(tenant=self.tenant, **_bindings(self.tenant, wanted)))

    def get_channel(self, channel_id):
        return self.revised(queries.channel(self.tenant, channel_id), self.responses.channel)

    def update_channel(self, channel_id):
        channel = queries.channel(self.tenant, channel_id)
        wanted = _bindings(self.tenant, self.requests.read_channel(self.body, limits()))
        changed = channels.update_channel(channel=channel, expected_revision=self.expected_revision, **wanted)
        return self.revised(changed, self.responses.channel)

    def delete_channel(self, channel_id):
        channels.delete_channel(queries.channel(self.tenant, channel_id))
        return self.answer(204)


def _bindings(tenant, wanted):
    """Find what a channel is to be bound to. Raises InvalidFields, so that both ids are complained about at once."""
    refused = []
    found = {"name": wanted.name}
    for name, find, wanted_id in (
        ("webhook", queries.webhook, wanted.webhook_id),
        ("queue", queries.queue, wanted.queue_id),
    ):
        try:
            found[name] = find(tenant, wanted_id)
        except NotFound:
            refused.append(invalid_id(name, wanted_id))
    if refused:
        raise InvalidFields(refused)
    return found
