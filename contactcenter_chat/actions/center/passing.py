"""How does a queue pass on what it does not serve?

All of this expects the conversation locked.
"""

from collections.abc import Callable, Collection
from functools import cache, partial
from typing import Any

from ... import events
from ...events import InteractionQueued
from ...models import Conversation, Interaction, Queue, Segment, Tenant, clock
from ...models.conversations import Outcome
from ...models.queues import Unserved
from ...queries import doors
from ...queries.estimates import expected_in
from ...workers import wakeup
from ..recording import Fact, record_all
from . import estimates, placing, segments, texts

MAX_WAIT, CLOSED, EMPTY = "max_wait", "closed", "empty"  # why
HOPS_MOST = 3

Expected = Callable[[Tenant], dict[str, Any]]  # how long who comes now would wait, by queue


def queued_event(interaction: Interaction) -> InteractionQueued:
    """The fact that something waits in its queue."""
    queue = interaction.queue
    opens_at = queue.opens_at if queue.is_closed else interaction.put_off_until
    is_closed = queue.is_closed or interaction.is_put_off
    closed_until = (opens_at.isoformat() if opens_at else "") if is_closed else None
    return events.InteractionQueued(queue_id=queue.pk, queue_name=queue.name, closed_until=closed_until)


def arrive(conversation: Conversation, interaction: Interaction) -> None:
    """It was queued: do what its queue says when it is closed."""
    queue = interaction.queue
    if not interaction.is_put_off:
        return
    if queue.when_closed == Unserved.OVERFLOW and pass_on(conversation, interaction, CLOSED):
        return
    texts.tell(conversation, queue, texts.CLOSED)


def first_open(queue: Queue, but_for: Collection[str] = (), expected: Expected = estimates.for_new) -> Queue | None:
    """The first of the queues to which this one passes on that takes what comes new."""
    now, standing = clock.now(), cache(partial(expected, queue.tenant))
    others = [each.to for each in queue.overflows.select_related("to__hours") if each.to_id not in but_for]

    def is_open(queue: Queue) -> bool:
        return doors.door_of(queue, now, lambda: expected_in(queue.pk, standing())).is_open

    return next(filter(is_open, others), None)


def pass_on(conversation: Conversation, interaction: Interaction, reason: str) -> bool:
    """Have what waits wait in the first other queue that serves it, with its age. Expects the conversation locked.

    Never in one that it has been in, nor after HOPS_MOST. Returns whether there is one.
    """
    been = set(Segment.objects.filter(interaction=interaction).values_list("queue_id", flat=True))
    passed_on = Segment.objects.filter(interaction=interaction, outcome=Outcome.OVERFLOWED).count()
    queue = first_open(interaction.queue, been) if passed_on < HOPS_MOST else None
    if queue is None:
        return False
    _move(conversation, interaction, queue, reason)
    return True


def _move(conversation: Conversation, interaction: Interaction, queue: Queue, reason: str) -> None:
    now, left = clock.now(), interaction.queue
    event = events.InteractionOverflowed(
        from_queue_id=left.pk, from_queue_name=left.name, queue_id=queue.pk, queue_name=queue.name, reason=reason
    )
    interaction.queue = queue
    placing.enter(interaction, conversation, at=now)
    interaction.save()
    segments.end(interaction, now, Outcome.OVERFLOWED)
    segments.begin(interaction, now)
    conversation.last_queue = queue
    facts = [event, queued_event(interaction)]
    record_all(conversation, [Fact(event=each, interaction=interaction, at=now) for each in facts])
    texts.tell(conversation, left, texts.OVERFLOW)
    wakeup.wake_queue(queue.pk)
