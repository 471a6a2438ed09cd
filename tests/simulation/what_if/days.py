"""A Monday, as tests need it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contactcenter_chat.routing.hours import Hours, Period
from contactcenter_chat.simulation.what_if.arrivals import Arrival
from contactcenter_chat.simulation.what_if.centre import Queue

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
OFFICE = Hours(ZoneInfo("UTC"), {day: (Period(9 * 60, 12 * 60), Period(13 * 60, 17 * 60)) for day in range(5)})


def at(clock, day=0):
    """``09:30`` or ``09:30:10`` of the Monday, or so many days later."""
    hours, minutes, seconds = (int(part) for part in f"{clock}:00".split(":")[:3])
    return MONDAY + timedelta(days=day, hours=hours, minutes=minutes, seconds=seconds)


def comes(clock, queue="fees", *, handle=60, day=0, **about):
    """Somebody comes, and waits for ever."""
    return Arrival(at(clock, day), queue, handle, **about)


def queue(name="fees", agents=(), **about):
    """A queue whose agents are offered several chats at once."""
    return Queue(name, {agent.name: 3 for agent in agents}, **{"gap": 0, **about})


def clock(moment):
    """``09:30:05``."""
    return f"{moment:%H:%M:%S}" if moment else None


def told(stays):
    """Of each time in a queue: whose, where, what came of it, when it was answered, else when it ended."""
    return [(each.number, each.queue, each.state, clock(each.answered_at or each.left_at)) for each in stays]
