"""Whose files may a thread of this process fetch next, so that nobody's addresses hold up others?

One tenant has at most half of the threads. Files that did not come before have no more than half of them either, and
of one tenant no more than a quarter. As with what is delivered (``deliveries.sharing``).
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db.models import Case, Q, QuerySet, Value, When

from ...models import Attachment

FAILED_BEFORE = Q(fetches__gt=0)


class BeingFetched:
    """The files that threads of this process fetch, of which there are at most ``threads``."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._lock = threading.Lock()  # so that two do not use up the same share
        self._files: dict[str, Attachment] = {}

    @contextmanager
    def one_of(
        self, due: QuerySet[Attachment], claim: Callable[[QuerySet[Attachment]], Attachment | None]
    ) -> Iterator[Attachment | None]:
        """Have one of these files claimed, if a thread may be used for one, and count it until the block ends.

        ``claim`` is given those for which that is so, best first.
        """
        with self._lock:
            file = claim(self._allowed(due))
            if file is not None:
                self._files[file.pk] = file
        try:
            yield file
        finally:
            if file is not None:
                self._files.pop(file.pk, None)

    def _allowed(self, due: QuerySet[Attachment]) -> QuerySet[Attachment]:
        files, share = list(self._files.values()), max(1, self._threads // 2)
        at_work = Counter(file.tenant_id for file in files)
        again = Counter(file.tenant_id for file in files if file.fetches > 1)  # this time is counted
        full = [tenant for tenant, count in at_work.items() if count >= share]
        troubled = [tenant for tenant, count in again.items() if count >= max(1, share // 2)]
        refused = FAILED_BEFORE if again.total() >= share else FAILED_BEFORE & Q(tenant__in=troubled)
        waits = [Case(When(tenant__in=list(at_work), then=Value(1)), default=Value(0))] if at_work else []
        return due.exclude(Q(tenant__in=full) | refused).order_by(*waits, "fetch_at", "pk")
