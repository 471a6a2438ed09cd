"""What follows from a receiver's answer: is it delivered, is it tried again and when, or never?

Nothing here looks at the clock or the database, so that a table of tests can show all of it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from ..conf import settings
from .requests import Response

GONE = 410  # the receiver wants no callbacks any more
BUSY = {429, 503}  # their Retry-After is obeyed
LASTING = {408, 409, 425, 429}  # the statuses below 500 that are tried as long as those above
# For the others, which a deploy answers for seconds, and which are meant if they stay: about 40 minutes, so that one
# event that a receiver cannot take does not hold its lane for days.
REFUSED_WAITS = 8
RETRY_AFTER_MAX = 86_400  # seconds; a receiver that asks for more is asked once a day


@dataclass(frozen=True)
class Verdict:
    """Delivered, or dead, or neither: then ``wait`` says in how many seconds to try again.

    ``pause`` is how many seconds the receiver asked us to leave it alone; ``gone`` that it wants nothing more.
    """

    delivered: bool = False
    dead: bool = False
    gone: bool = False
    wait: float = 0.0
    pause: float = 0.0


@dataclass(frozen=True)
class RetryPolicy:
    """``schedule`` has the seconds after each failure; after the last one's failure the delivery is dead.

    What is refused is dead after REFUSED_WAITS of them.
    """

    schedule: tuple[float, ...]
    jitter: float = 0.0  # share by which each wait is varied, so that what failed together does not return together

    def judge(self, answer: Response, attempts: int, chance: Callable = random.random) -> Verdict:
        """Judge the answer to a delivery's attempt.

        ``attempts`` counts this one too; ``chance`` returns a number from 0 to 1.
        """
        if answer.ok:
            return Verdict(delivered=True)
        if answer.status == GONE:
            return Verdict(gone=True)
        if attempts > self._waits(answer.status):
            return Verdict(dead=True)
        wait = self.schedule[attempts - 1] * (1 + self.jitter * (2 * chance() - 1))
        if answer.status in BUSY and answer.retry_after is not None:
            pause = min(max(answer.retry_after, 0.0), RETRY_AFTER_MAX)
            return Verdict(wait=max(wait, pause), pause=pause)
        return Verdict(wait=wait)

    def _waits(self, status: int | None) -> int:
        is_lasting = status is None or status >= 500 or status in LASTING
        return len(self.schedule) if is_lasting else min(REFUSED_WAITS, len(self.schedule))


def policy() -> RetryPolicy:
    """Return the policy that the settings describe."""
    return RetryPolicy(tuple(settings.RETRY_SCHEDULE), settings.RETRY_JITTER)


def breaker_pause(failures: int) -> float:
    """Return for how many seconds a receiver is left alone after so many failures in a row; 0: not at all."""
    beyond = failures - settings.BREAKER_FAILURES
    if beyond < 0:
        return 0.0
    pauses = settings.BREAKER_PAUSES
    return pauses[min(beyond, len(pauses) - 1)]
