"""Does a queue take what comes new? Not where it is closed, nor shortly before closing what would wait past that.

Who waits there already is served as long as it is open. Where nobody knows how long it takes, it is open until then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..conf import settings
from ..models import Interaction, Queue
from ..routing.estimate import Estimate, reaches_past


@dataclass(frozen=True)
class Door:
    """How somebody finds a queue: open or closed until then; None where that never changes, or nobody knows."""

    is_open: bool
    open_until: datetime | None = None
    opens_at: datetime | None = None

    @property
    def is_closed(self) -> bool:
        """The same as a queue says it."""
        return not self.is_open


def door_of(queue: Queue, now: datetime, expect: Callable[[], Estimate | None]) -> Door:
    """How it is found by who comes now.

    ``expect`` says how long that one would wait, and is asked shortly before closing alone.
    """
    closes_at = None if queue.is_closed else queue.turns_at
    if closes_at and closes_at - now <= closing_window(queue) and reaches_past(expect(), now, closes_at):
        hours = queue.opening()
        return Door(False, opens_at=(hours and hours.next_change(closes_at)) or closes_at)
    return standing(queue)


def standing(queue: Queue) -> Door:
    """How it is found by who waits there already."""
    return Door(False, opens_at=queue.opens_at) if queue.is_closed else Door(True, open_until=queue.turns_at)


def for_waiting(interaction: Interaction) -> Door:
    """How its queue was found by what waits."""
    if interaction.is_put_off and not interaction.queue.is_closed:
        return Door(False, opens_at=interaction.put_off_until)
    return standing(interaction.queue)


def closing_window(queue: Queue) -> timedelta:
    """How long before closing it begins to look at how long that would take."""
    given = queue.closing_seconds
    return timedelta(seconds=settings.CLOSING_SECONDS if given is None else given)
