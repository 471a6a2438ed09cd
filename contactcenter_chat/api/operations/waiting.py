"""What do operations on waiting do? Two of our own, which every wire has."""

from functools import partial

from ...actions.center import customer_presence, estimates
from ...models import clock
from ...queries import api as queries
from ...queries import doors
from ...queries.estimates import Place, expected_in
from ...wire import waiting as shapes
from ..base import KeyView
from ..description import ID, TIME, answer_of, list_of

ALTERNATIVES_MOST = 5
NEXT = "1 is next, among those who require the same; null where that is not known."

_QUEUE = {"queueId": ID, "queueName": {"type": "string"}}
_MINUTES = {"type": "integer", "minimum": 1}
_ROUGH = {"type": "boolean", "description": "Whether it is from the same hour of earlier weeks."}


def or_null(schema):
    """The same, or null."""
    return schema | {"nullable": True}


_ESTIMATE = or_null(answer_of(fromMinutes=_MINUTES, toMinutes=_MINUTES, isRough=_ROUGH))
_DEPARTMENT = {
    "departmentId": or_null(ID | {"description": "Of the queue's department; null where it is in none."}),
    "departmentName": or_null({"type": "string"}),
}
_OPEN = {
    "isOpen": or_null({"type": "boolean"}),
    "openUntil": or_null(TIME | {"description": "Null where it is closed, or never closes."}),
    "opensAt": or_null(TIME | {"description": "Null where it is open, or that is not known."}),
}
SCHEMAS = {
    "Availability": answer_of(channelId=ID, **_QUEUE, **_DEPARTMENT, **_OPEN, estimate=_ESTIMATE),
    "Waiting": answer_of(
        conversationId=ID,
        state={"type": "string", "enum": ["none", "waiting", "offering", "handling"]},
        **{name: or_null(each) for name, each in _QUEUE.items()},
        **_DEPARTMENT,
        **_OPEN,
        isFollowUp={"type": "boolean", "description": "Kept for later: nobody is expected to wait for an answer."},
        position=or_null(
            {
                "type": "integer",
                "minimum": 1,
                "description": NEXT,
            }
        ),
        isPositionExact={"type": "boolean", "description": "Otherwise it is about that, or 50 and more."},
        estimate=_ESTIMATE,
        alternatives=list_of(answer_of(**_QUEUE, estimate=_ESTIMATE)),
    ),
}


class Waiting(KeyView):
    """The operations on waiting, for a KeyView."""

    def channel_availability(self, channel_id):
        channel = queries.channel_with_queue(self.tenant, channel_id)
        queue, expected = channel.queue, None
        if not queue.is_closed:
            expected = expected_in(queue.pk, estimates.snapshot_of_tenant(self.tenant))
        door = doors.door_of(queue, clock.now(), lambda: expected)
        return self.answer(200, shapes.availability(channel, door, expected if door.is_open else None))

    def conversation_waiting(self, conversation_id):
        interaction = queries.interaction_going_on(self.tenant, conversation_id)
        if interaction is not None and interaction.customer_seen_at:
            customer_presence.seen(conversation_id)
        door, place, alternatives = None, Place(), []
        if interaction is not None:
            door = doors.for_waiting(interaction)
            place = estimates.tell_place(interaction)
            alternatives = self._alternatives(interaction, place.estimate)
        return self.answer(200, shapes.waiting(conversation_id, interaction, door, place, alternatives))

    def _alternatives(self, interaction, here):
        """Queues that are open and shorter, the shortest first; any, where nobody knows how long it takes here."""
        content, now = estimates.snapshot_of_tenant(self.tenant), clock.now()
        others = [
            (queue, expected)
            for queue in queries.open_queues(self.tenant)
            if (expected := expected_in(queue.pk, content))
            and (here is None or expected.high < here.high)
            and doors.door_of(queue, now, partial(expected_in, queue.pk, content)).is_open
        ]
        shorter = [each for each in others if each[0].pk != interaction.queue_id]
        return sorted(shorter, key=lambda each: (each[1].high, each[1].low, each[0].name))[:ALTERNATIVES_MOST]
