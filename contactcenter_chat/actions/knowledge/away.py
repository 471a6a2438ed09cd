"""How is an embedder told of that is away? Once for each round of work, with the number of rows that were tried.

Each row has its Failure and rests, as after any other error; a log line with a traceback for each would say nothing
more, and hide all else while a server is away.
"""

import logging
from types import TracebackType

from ...knowledge.base import EmbedderAway

logger = logging.getLogger(__name__)


class Away:
    """Counts the rows of a round that fail since the embedder is away; at its end one warning tells of them.

    with Away(STEP.name) as away: STEP.attempt(act, key=…, tenant_id=…, told_by=away.tells)
    """

    def __init__(self, step: str) -> None:
        self.step = step
        self.rows = 0
        self.last: Exception | None = None

    def tells(self, error: Exception) -> bool:
        """Whether this error is of those, and is told of here."""
        if not isinstance(error, EmbedderAway):
            return False
        self.rows += 1
        self.last = error
        return True

    def __enter__(self) -> "Away":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.rows:
            logger.warning("%s: the embedder is away, %d rows were tried: %s", self.step, self.rows, self.last)
