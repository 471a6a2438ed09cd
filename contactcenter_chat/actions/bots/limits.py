"""What may a bot answer with, and when is it enough? Values in, values out: a turn that is tried goes by the same."""

from collections.abc import Sequence

from ...bots.base import Action, End, HandOver, Say, Think
from ...models.spells import Miss

ACTIONS_MOST = 50  # of a turn
THINKS_MOST = 120  # seconds
MISSES_MOST = 2
KEPT_MISSES = 20


def check_number(number: int) -> None:
    """Refuse one more thing than a turn may have; they are counted from 0. Raises RuntimeError."""
    if number >= ACTIONS_MOST:
        raise RuntimeError(f"A bot may answer with {ACTIONS_MOST} things in a turn.")


def check_action(action: Action) -> None:
    """Refuse what no bot can answer with. Raises TypeError."""
    if not isinstance(action, Say | Think | HandOver | End):
        raise TypeError(f"A bot cannot answer with {action!r}.")
    if isinstance(action, Say) and action.miss and action.miss not in Miss.values:
        raise TypeError(f"A miss is one of {', '.join(Miss.values)}, not {action.miss!r}.")


def thinks_for(action: Think) -> float:
    """How many seconds it is shown that the bot thinks."""
    return min(max(action.seconds, 0), THINKS_MOST)


def with_miss(misses: Sequence[str], miss: str) -> list[str]:
    """The misses so far with this one, as many as are kept."""
    return [*misses, str(miss)][-KEPT_MISSES:]


def are_too_many(misses: Sequence[str]) -> bool:
    """Whether there are so many that agents take over."""
    return len(misses) >= MISSES_MOST


def is_last(misses: Sequence[str]) -> bool:
    """Whether agents take over with one more."""
    return len(misses) + 1 >= MISSES_MOST
