"""What follows from a receiver's answer: is it delivered, is it tried again and when, or never?

Nothing here looks at the clock or the database, so that a table of tests can show all of it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from ..conf import settings

GONE = 410  # the receiver wants no callbacks any more
BUSY = {429, 503}  # their Retry-After is obeyed
AGAIN = {408, 409, 425, 429}  # the statuses below 500 that may change by themselves
RETRY_AFTER_MAX = 86_400  # seconds; a receiver that asks for more is asked once a day


@dataclass(frozen=True)
class Verdict:
    """Delivered, or dead, or neither: then ``wait`` says in how many seconds to try again.

    ``pause`` is how many seconds the receiver asked us to leave it alone; ``gone`` that it wants nothing more;
    ``blameless`` that nothing failed: there was something to wait for here.
    """

    delivered: bool = False
    dead: bool = False
    gone: bool = False
    wait: float = 0.0
    pause: float = 0.0
    blameless: bool = False


@dataclass(frozen=True)
class RetryPolicy:
    """``schedule`` has the seconds after each failure; after the last one's failure the delivery is dead."""

    schedule: tuple[float, ...]
    jitter: float = 0.0  # share by which each wait is varied, so that what failed together does not return together

    def judge(
        self, status: int | None, attempts: int, retry_after: float | None = None, chance: Callable = random.random
    ) -> Verdict:
        """Judge the answer to a delivery's attempt.

        ``status`` is None when there was no answer; ``attempts`` counts this one too; ``retry_after`` is what the
        receiver asked for in seconds; ``chance`` returns a number from 0 to 1.
        """
        if status is not None and 200 <= status < 300:
            return Verdict(delivered=True)
        if status == GONE:
            return Verdict(gone=True)
        if not self._may_change(status) or attempts > len(self.schedule):
            return Verdict(dead=True)
        wait = self.schedule[attempts - 1] * (1 + self.jitter * (2 * chance() - 1))
        if status in BUSY and retry_after is not None:
            pause = min(max(retry_after, 0.0), RETRY_AFTER_MAX)
            return Verdict(wait=max(wait, pause), pause=pause)
        return Verdict(wait=wait)

    @staticmethod
    def _may_change(status: int | None) -> bool:
        return status is None or status >= 500 or status in AGAIN


def policy() -> RetryPolicy:
    """Return the policy that the settings describe."""
    return RetryPolicy(tuple(settings.RETRY_SCHEDULE), settings.RETRY_JITTER)


def breaker_pause(failures: int) -> float:
    """Return for how many seconds a webhook is left alone after so many failures in a row; 0: not at all."""
    beyond = failures - settings.BREAKER_FAILURES
    if beyond < 0:
        return 0.0
    pauses = settings.BREAKER_PAUSES
    return pauses[min(beyond, len(pauses) - 1)]
