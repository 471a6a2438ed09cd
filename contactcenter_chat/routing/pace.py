"""How fast is a channel? What each pace means for slots, timers and targets, and how slots are counted.

Whoever asks for a time, a weight or a target of a chat asks here, by the pace that is kept with its interaction. The
settings are those of ``live``; what they are for the others is in the setting ``PACES``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..conf import DEFAULT_PACES, settings

LIVE, MESSAGING, MAIL = "live", "messaging", "mail"
SLOT = 3  # a slot in thirds: by these, whole numbers, an agent's load is counted
SHARES = {LIVE: SLOT, MESSAGING: 1, MAIL: 0}  # not to be set: what is under way was counted by them
THIRDS = ("", "⅓", "⅔")
# How many percent are to be answered within the target of each pace, and within that of what came while closed, where
# a queue says nothing else.
PERCENTS = {LIVE: 80, MESSAGING: 80, MAIL: 90}
CLOSED_PERCENT = 80


@dataclass(frozen=True)
class Pace:
    """What a pace means. Times are seconds; 0 is never.

    Args:
        share: Thirds of a slot that a chat takes of its agent's.
        first_reply: Without a first reply for that long it goes back to its queue.
        first_reply_warn: When the desk warns of that.
        idle_warn, idle_end: When a silent customer is warned, and the chat ends.
        frees_after: When a silent customer's chat takes no slot any more.
        target: Within which it is to be answered.
        in_open_hours: Whether the target is one of open hours, whenever it came: otherwise it is one of minutes, and
            what came while its queue was closed has another.
    """

    name: str
    share: int
    first_reply: int
    first_reply_warn: int
    idle_warn: int
    idle_end: int
    frees_after: int
    target: int
    in_open_hours: bool


def pace_of(name: str) -> Pace:
    """What the pace of this name means now. Raises KeyError."""
    share, idle_end = SHARES[name], _seconds(name, "CUSTOMER_IDLE_END_SECONDS")
    freed = settings.SLOT_FREED_SECONDS
    return Pace(
        name,
        share,
        first_reply=_seconds(name, "FIRST_REPLY_SECONDS"),
        first_reply_warn=_seconds(name, "FIRST_REPLY_WARN_SECONDS"),
        idle_warn=_seconds(name, "CUSTOMER_IDLE_WARN_SECONDS"),
        idle_end=idle_end,
        frees_after=freed if share and (not idle_end or idle_end > freed) else 0,  # else it ends before
        target=_seconds(name, "TARGET_SECONDS"),
        in_open_hours=name != LIVE,
    )


def paces() -> Iterator[Pace]:
    """All of them."""
    return map(pace_of, SHARES)


def _seconds(pace: str, setting: str) -> int:
    if pace == LIVE:
        found: int = getattr(settings, setting)
        return found
    return {**DEFAULT_PACES[pace], **settings.PACES.get(pace, {})}[setting]


def has_room(load: int, capacity: int, share: int) -> bool:
    """Whether an agent with this load, in thirds, can be offered what takes this share; what takes none needs room."""
    return load + max(share, 1) <= SLOT * capacity


def has_room_again(load: int, capacity: int, share: int) -> bool:
    """Whether a chat that has freed its share can have it again: one slot more than there are is lent for that."""
    return load + share <= SLOT * (capacity + 1)


def in_slots(thirds: int) -> float:
    """A load as chats: a whole number where it is one."""
    slots, rest = divmod(thirds, SLOT)
    return slots + rest / SLOT if rest else slots


def in_thirds(slots: float) -> int:
    """A number of chats as a load."""
    return round(slots * SLOT)


def slots_told(thirds: int) -> str:
    """A load as people read it: ``2⅓``."""
    slots, rest = divmod(thirds, SLOT)
    return f"{slots or ''}{THIRDS[rest]}" or "0"
