"""How is work done on rows of many contact centres so that a bad row harms no other?

Row by row; the work opens a transaction of its own for each. What goes wrong with a row is logged and written down as
a Failure, and the others go on. The row rests then, longer each time, so that a block of bad rows at the head of what
is due hides nothing behind it.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db.models import CharField, Exists, Model, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from ..models import Failure
from ..models.clock import NOW
from ..storable import storable

logger = logging.getLogger(__name__)

Done = TypeVar("Done")
Row = TypeVar("Row", bound=Model)

ToldBy = Callable[[Exception], bool]  # whether an error is told of elsewhere

AT_ONCE = 1000  # rows of one run
REST_SECONDS, REST_MOST = 5, 600
ERROR_MAX = 2000
STEPS: dict[str, "Step"] = {}


def told_here(error: Exception) -> bool:
    """Nobody else logs it."""
    return False


@dataclass(frozen=True)
class Step:
    """A kind of such work, by the name under which its failures are kept.

    ``tenant`` is the path from a row to its contact centre, empty for rows of none; ``key`` what names a row.
    """

    name: str
    tenant: str = "tenant"
    key: str = "pk"

    def __post_init__(self) -> None:
        STEPS[self.name] = self

    def run(self, rows: QuerySet[Any], act: Callable[[Any], Any], *, at_once: int | None = AT_ONCE) -> int:
        """Call ``act(key)`` for each of the first of these rows; return the sum of what it returned."""
        tenant_id = self.tenant or Value(None, output_field=CharField())
        found = self.awake(rows).values_list(self.key, tenant_id, "failed_before")[:at_once]
        done = [
            self.attempt(partial(act, key), key=key, tenant_id=tenant, failed_before=failed_before)
            for key, tenant, failed_before in list(found)
        ]
        return sum(int(each or 0) for each in done)

    def awake(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Those that do not rest, each with ``failed_before``."""
        awake: QuerySet[Row] = self.marked(rows).exclude(Exists(self._known().filter(again_at__gt=NOW)))
        return awake

    def marked(self, rows: QuerySet[Row]) -> Any:
        """All of them, each with ``failed_before``."""
        return rows.annotate(failed_before=Exists(self._known()))

    def _known(self) -> QuerySet[Failure]:
        return Failure.objects.filter(step=self.name, row=Cast(OuterRef(self.key), CharField()))

    def attempt(
        self,
        act: Callable[[], Done],
        *,
        key: Any,
        tenant_id: str | None,
        failed_before: bool = False,
        told_by: ToldBy = told_here,
    ) -> Done | None:
        """Call ``act()``, which is about this row; return what it returned, None when it failed.

        ``told_by`` is as for ``note``.
        """
        try:
            done = act()
            if failed_before:
                self.forget(key)
        except Exception as error:  # whatever a row, a storage or the project's own code brings about
            self.note(error, key=key, tenant_id=tenant_id, told_by=told_by)
            return None
        return done

    def attempt_all(self, acts: Mapping[str, Callable[[], int]]) -> dict[str, int]:
        """Call each of these parts of the work, which does not rest after a failure; return what each returned.

        What failed returned 0.
        """
        failed = set(Failure.objects.filter(step=self.name).values_list("row", flat=True))
        return {
            name: self.attempt(act, key=name, tenant_id=None, failed_before=name in failed) or 0
            for name, act in acts.items()
        }

    def note(self, error: Exception, *, key: Any, tenant_id: str | None, told_by: ToldBy = told_here) -> None:
        """Write down that it failed with this row. Must not be called in a transaction that the error has broken.

        ``told_by`` says whether somebody else logs the error, for all of the rows at once.
        """
        if not told_by(error):
            logger.error("%s failed with row %s", self.name, key, exc_info=error)
        try:
            _write_down(self.name, str(key), tenant_id, told_of(error))
        except Exception:  # the database is away, or keeps no such text: the other rows go on all the same
            logger.exception("%s: the failure with row %s could not be written down", self.name, key)

    def forget(self, *keys: Any) -> None:
        """It has succeeded with these rows."""
        Failure.objects.filter(step=self.name, row__in=[str(key) for key in keys]).delete()

    def rests_until(self, key: Any) -> datetime | None:
        """Until when a row rests that it failed with; None when that is known of no such row."""
        return Failure.objects.filter(step=self.name, row=str(key)).values_list("again_at", flat=True).first()


def _write_down(step: str, row: str, tenant_id: str | None, error: str) -> None:
    times = 1 + (Failure.objects.filter(step=step, row=row).values_list("times", flat=True).first() or 0)
    rest = timedelta(seconds=min(REST_SECONDS * 2 ** min(times - 1, 10), REST_MOST))
    values = {"tenant_id": tenant_id, "times": times, "last_at": NOW, "again_at": NOW + rest, "error": error}
    Failure.objects.update_or_create(step=step, row=row, defaults=values, create_defaults={**values, "first_at": NOW})


def told_of(error: Exception) -> str:
    """What an error says, as it can be stored."""
    return storable(f"{type(error).__name__}: {error}")[:ERROR_MAX]
