"""Where does who waits stand, and is anybody there? In all formats alike: none of the vendors' has anything of it."""

from .base import iso_time


def availability(channel, door, expected):
    """Whether who came now to a channel would be served.

    Args:
        channel: With its queue.
        door: How who came would find that, a ``queries.doors.Door``.
        expected: An Estimate or None.
    """
    return {"channelId": channel.pk, **_queue(channel.queue, door), "estimate": estimate(expected)}


def waiting(conversation_id, interaction, door, place, alternatives):
    """Where a conversation stands.

    Args:
        conversation_id: Its id.
        interaction: The open one, or None.
        door: How it finds its queue.
        place: A ``queries.estimates.Place``.
        alternatives: Pairs of a queue and its Estimate.
    """
    queue = _queue(interaction.queue, door) if interaction else dict.fromkeys(QUEUE_MEMBERS)
    return {
        "conversationId": conversation_id,
        "state": interaction.state if interaction else "none",
        **queue,
        "isFollowUp": interaction.is_follow_up if interaction else False,
        "position": place.position,
        "isPositionExact": place.is_exact,
        "estimate": estimate(place.estimate),
        "alternatives": [
            {"queueId": each.pk, "queueName": each.name, "estimate": estimate(expected)}
            for each, expected in alternatives
        ],
    }


def estimate(expected):
    """A range of whole minutes, or null."""
    if expected is None:
        return None
    return {"fromMinutes": expected.low, "toMinutes": expected.high, "isRough": expected.is_rough}


QUEUE_MEMBERS = ("queueId", "queueName", "departmentId", "departmentName", "isOpen", "openUntil", "opensAt")


def _queue(row, door):
    until, opens = door.open_until, door.opens_at
    in_department = getattr(row, "in_department", None)
    department = (in_department.department_id, in_department.department.name) if in_department else (None, None)
    values = (row.pk, row.name, *department, door.is_open, until and iso_time(until), opens and iso_time(opens))
    return dict(zip(QUEUE_MEMBERS, values, strict=True))
