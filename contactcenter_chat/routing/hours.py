"""When is a queue open, and how much of a span of time is that?

All is told by clocks on the wall of the hours' own zone: at a change of the clocks, what they skip is open for nobody,
and what they show twice is open twice.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
FURTHEST_OFFSET = timedelta(hours=15)  # no zone is further from UTC
LOOKED_AHEAD = 400 * DAY  # for the next time that it opens; then it counts as closed for good
NOTHING = timedelta()


@dataclass(frozen=True)
class Period:
    """A part of a day, in minutes since midnight; what does not end after its start ends on the next day."""

    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """From a time to another, which is not a part of it."""

    start: datetime
    end: datetime


@dataclass(frozen=True, eq=False)
class Hours:
    """Weekly periods, holidays on which it is closed, and exceptions by date, which say what holds instead of both.

    Args:
        zone: Whose clocks count.
        weekly: Periods by weekday, 0 is Monday; a day that is missing is closed.
        exceptions: Periods by date; none: closed on that day.
        holidays: The dates of holidays.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Period, ...]]
    exceptions: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)
    holidays: Container[date] = ()

    _spans: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at this time."""
        return any(span.start <= at < span.end for span in self.spans_of(self._date(at)))

    def next_change(self, at: datetime) -> datetime | None:
        """When it closes after this time, or opens where it is closed; None when it does neither for a year or so."""
        change = at
        is_open = self.is_open(at)
        for span in self._spans_from(at, LOOKED_AHEAD):
            if not is_open:
                return span.start
            if span.start > change:
                return change
            change = span.end
        return change if is_open and change - at < LOOKED_AHEAD else None

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How long it is open from one time to a later one."""
        spans = self._spans_from(start, end - start)
        return sum((min(span.end, end) - max(span.start, start) for span in spans if span.start < end), NOTHING)

    def moved(self, at: datetime, by: timedelta) -> datetime:
        """The time after so much open time, or before it where ``by`` is negative.

        Where it does not open for a year or so, what is left counts as if it were open from then on.
        """
        left = abs(by)
        if not left:
            return at
        back = by < NOTHING
        for span in self._spans_before(at) if back else self._spans_from(at, LOOKED_AHEAD + left):
            start, end = (span.start, min(span.end, at)) if back else (max(span.start, at), span.end)
            if left <= end - start:
                return end - left if back else start + left
            left -= end - start
        return at - LOOKED_AHEAD - left if back else at + LOOKED_AHEAD + left

    def _spans_from(self, at: datetime, ahead: timedelta) -> Iterator[Span]:
        """The spans that end after this time, in their order."""
        day, last = self._date(at), self._date(at + ahead)
        while day <= last:
            yield from (span for span in self.spans_of(day) if span.end > at)
            day += DAY

    def _spans_before(self, at: datetime) -> Iterator[Span]:
        """The spans that begin before this time, the latest first."""
        day, last = self._date(at), self._date(at - LOOKED_AHEAD)
        while day >= last:
            yield from (span for span in reversed(self.spans_of(day)) if span.start < at)
            day -= DAY

    def _date(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def spans_of(self, day: date) -> tuple[Span, ...]:
        """The open spans of a day, by UTC, those that follow one another at once as one."""
        if day not in self._spans:
            self._spans[day] = self._computed(day)
        return self._spans[day]

    def _computed(self, day: date) -> tuple[Span, ...]:
        midnight = datetime.combine(day, time())
        spans = []
        for start, end in self._minutes_of(day):
            from_wall, to_wall = midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)
            spans += _by_utc(self.zone, from_wall, to_wall)
        return _joined(spans)

    def _minutes_of(self, day: date) -> list[tuple[int, int]]:
        """From which minute of the day to which it is open, what began the day before included."""
        late = [(0, each.end) for each in self._periods(day - DAY) if each.end <= each.start]
        return late + [(each.start, each.end if each.end > each.start else 24 * 60) for each in self._periods(day)]

    def _periods(self, day: date) -> tuple[Period, ...]:
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.weekly.get(day.weekday(), ())


def _by_utc(zone: ZoneInfo, start: datetime, end: datetime) -> list[Span]:
    """The spans in which clocks on the wall show at least ``start`` and less than ``end``."""
    spans = []
    day = (start - FURTHEST_OFFSET).date()
    while day <= (end + FURTHEST_OFFSET).date():
        for since, until, offset in _offsets(zone, day):
            first, last = max(since, start - offset), min(until, end - offset)
            if first < last:
                spans.append(Span(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)))
        day += DAY
    return spans


@lru_cache(maxsize=10_000)
def _offsets(zone: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """How far the zone is ahead of UTC, from when to when by UTC, of a day by UTC. Of changes there is one at most."""
    start = datetime.combine(day, time())
    end = start + DAY
    before, after = _offset(zone, start), _offset(zone, end - SECOND)
    if before == after:
        return ((start, end, before),)
    low, high = start, end - SECOND  # the change is after the one, and not after the other
    while high - low > SECOND:
        middle = low + (high - low) // (2 * SECOND) * SECOND
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return (start, high, before), (high, end, after)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.replace(tzinfo=UTC).astimezone(zone).utcoffset() or NOTHING


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)
