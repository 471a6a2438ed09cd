"""How is a long table read newest first, at a cost that does not grow with the table?

A *source* yields rows in order of time, straight from an index, in steps. What else is asked of a row is checked step
by step, and after ``LOOK_AT_MOST`` rows the page is handed over as full as it is, with the place to go on from. So no
combination of filters, and no mistake of the database's planner, reads the whole table.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import chain, islice
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q

FIRST_STEP = 100  # rows; each further step is four times as large
LARGEST_STEP = 3_200
LOOK_AT_MOST = 5_000
CHECKED_AT_ONCE = 500  # so few that the database looks each of them up
PLACE = re.compile(r"(?P<microseconds>[0-9]{1,16})-(?P<key>[A-Za-z0-9_-]{1,40})\Z")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Where a row stands: its time, and its key among the rows of that time."""

    at: datetime
    key: str

    def __str__(self):
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.key}"

    @classmethod
    def parse(cls, text):
        """Return the place that this text names, or None when it names none."""
        place = PLACE.match(text)
        return place and cls(EPOCH + timedelta(microseconds=int(place["microseconds"])), place["key"])


class Row(NamedTuple):
    """One row of a source: its place, and the primary key of what it leads to."""

    place: Place
    pk: object


@dataclass(frozen=True)
class Page:
    """What was found; ``older`` is the place to go on from, or None at the end of the table.

    ``looked_to`` is given when the page could not be filled: only what is newer was looked at.
    """

    rows: list[Row]
    older: Place | None = None
    looked_to: datetime | None = None

    @property
    def pks(self):
        return [row.pk for row in self.rows]


class Table:
    """A source: a queryset that an index holds in order of ``time``; ``leads_to`` names the key that is wanted.

    Several rows may lead to the same: the newest counts.
    """

    def __init__(self, queryset, time, leads_to="pk"):
        self.queryset = queryset.order_by(f"-{time}", "-pk")
        self.time = time
        self.leads_to = leads_to

    def steps(self, before=None):
        """Yield lists of Row, newest first, after the place ``before``."""
        size = FIRST_STEP
        while True:
            rows = self._rows(before, size)
            yield rows
            if len(rows) < size:
                return
            before = rows[-1].place
            size = min(size * 4, LARGEST_STEP)

    def shown_before(self, pks, before):
        """Those of ``pks`` that a newer row than the place ``before`` led to already."""
        if self.leads_to == "pk":
            return set()
        key = self._key(before)
        newer = Q(**{f"{self.time}__gt": before.at}) | Q(**{self.time: before.at, "pk__gte": key})
        rows = self.queryset.filter(newer, **{f"{self.leads_to}__in": pks})
        return set(rows.values_list(self.leads_to, flat=True))

    def knows(self, place):
        """Whether this could be a place of the table."""
        try:
            self._key(place)
        except ValidationError:
            return False
        return True

    def _key(self, place):
        return self.queryset.model._meta.pk.to_python(place.key)

    def _rows(self, before, size):
        queryset = self.queryset
        if before:
            key = self._key(before)
            at_or_before = {f"{self.time}__lte": before.at}  # this is the range that the index is read in
            queryset = queryset.filter(Q(**{f"{self.time}__lt": before.at}) | Q(pk__lt=key), **at_or_before)
        values = queryset.values_list(self.time, "pk", self.leads_to)[:size]
        return [Row(Place(at, str(key)), leads_to) for at, key, leads_to in values]


class Merged:
    """A source: the rows of several sources, which lead to the same kind of thing, in one order of time."""

    def __init__(self, *sources):
        self.sources = sources

    def steps(self, before=None):
        """Yield lists of Row, newest first, after the place ``before``."""
        each = (chain.from_iterable(source.steps(before)) for source in self.sources)
        rows = merge(*each, key=attrgetter("place"), reverse=True)
        while step := list(islice(rows, FIRST_STEP)):
            yield step

    def shown_before(self, pks, before):
        """Those of ``pks`` that a newer row of any source led to already."""
        return set().union(*(source.shown_before(pks, before) for source in self.sources))

    def knows(self, place):
        """Whether this could be a place of each."""
        return all(source.knows(place) for source in self.sources)


def within(queryset, time, since, until):
    """Narrow a queryset to the rows whose ``time`` is in a period; None leaves that end open."""
    bounds = {f"{time}__gte": since, f"{time}__lt": until}
    return queryset.filter(**{lookup: at for lookup, at in bounds.items() if at is not None})


def page(source, wanted, *, before=None, size):
    """Return a Page of at most ``size`` rows of ``source`` whose keys are in the queryset ``wanted``.

    ``before`` is where to go on; a place that the source does not know is the beginning.
    """
    if before and not source.knows(before):
        before = None
    found: list[Any] = []
    seen: set[Any] = set()
    looked = 0
    for rows in _pieces(source.steps(before)):
        new = {row.pk for row in rows} - seen
        fitting = _fitting(source, wanted, new, before)
        for row in rows:
            if row.pk in fitting and row.pk not in seen:
                if len(found) == size:
                    return Page(found, older=found[-1].place)
                found.append(row)
                seen.add(row.pk)
        looked += len(rows)
        if looked >= LOOK_AT_MOST:
            return Page(found, older=rows[-1].place, looked_to=rows[-1].place.at)
    return Page(found)


def _pieces(steps):
    for rows in steps:
        for start in range(0, len(rows), CHECKED_AT_ONCE):
            yield rows[start : start + CHECKED_AT_ONCE]


def every(source, wanted, *, size=LARGEST_STEP):
    """Yield the keys of all rows of ``source`` that are in ``wanted``, newest first, in lists."""
    before = None
    while True:
        one = page(source, wanted, before=before, size=size)
        yield one.pks
        if one.older is None:
            return
        before = one.older


def _fitting(source, wanted, pks, before):
    fitting = set(wanted.filter(pk__in=pks).order_by().values_list("pk", flat=True)) if pks else set()
    if before and fitting:
        fitting -= source.shown_before(fitting, before)
    return fitting
