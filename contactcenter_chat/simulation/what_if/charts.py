"""Where are the bars and lines of the page? Widths are percent of the picture, heights are pixels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from .figures import PERCENTILES, Figures, customers_of, waiting_at
from .report import ALL, Report, clock, goal, share

BAR, GAP, HEADING = 18, 4, 20
NAME_MOST = 48
POINTS, MARKS = 241, 5


@dataclass(frozen=True)
class Bar:
    """A bar of one centre, in parts that lie over one another, the widest first: (its number, width)."""

    y: int
    letter: str
    number: int  # of the centre
    parts: tuple[tuple[int, str], ...]
    words: str
    words_at: str

    @property
    def words_y(self) -> int:
        return self.y + BAR - 4


@dataclass(frozen=True)
class Group:
    """A queue's bars below its name."""

    name: str
    y: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Bars:
    """A picture of bars."""

    height: int
    groups: Sequence[Group]


def letters(report: Report) -> list[tuple[str, str]]:
    """By which letter each centre goes."""
    return [(chr(ord("A") + number), outcome.centre.name) for number, outcome in enumerate(report.outcomes)]


def service_levels(report: Report) -> Bars:
    """How many were answered within the target."""
    return _bars(report, lambda figures: (_level(figures), [figures.service_level or 0.0]))


def _level(figures: Figures) -> str:
    """How many, and beside it the goal."""
    said = share(figures.service_level)
    return said if figures.goal is None or not figures.goals else f"{said} · {goal(figures)}"


def waits(report: Report) -> Bars:
    """How long half, nine in ten, and nearly all waited."""
    all_figures = [figures for outcome in report.outcomes for figures in outcome.figures.values()]
    longest = max((figures.waits[PERCENTILES[-1]] or 0 for figures in all_figures), default=0) or 1

    def told(figures: Figures) -> tuple[str, list[float]]:
        words = " · ".join(clock(figures.waits[percent]) for percent in PERCENTILES)
        return words, [(figures.waits[percent] or 0) / longest for percent in reversed(PERCENTILES)]

    return _bars(report, told)


def _bars(report: Report, told: Callable[[Figures], tuple[str, list[float]]]) -> Bars:
    y, groups = 0, []
    for queue in report.queues:
        bars, at = [], y + HEADING
        for number, (letter, outcome) in enumerate(zip("ABCDEFGH", report.outcomes, strict=False)):
            if figures := outcome.figures.get(queue):
                words, shares = told(figures)
                parts = tuple((part, _percent(each)) for part, each in enumerate(shares))
                bars.append(Bar(at, letter, number, parts, words, _percent(max(shares))))
                at += BAR + GAP
        groups.append(Group(_shortened(queue or ALL), y + HEADING - 6, bars))
        y = at + 2 * GAP
    return Bars(y, groups)


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"


def _shortened(name: str) -> str:
    return name if len(name) <= NAME_MOST else name[: NAME_MOST - 1] + "…"


@dataclass(frozen=True)
class Lines:
    """How many wait as time goes on: a line for each centre, in a picture of 240 by 100."""

    lines: Sequence[str]
    most: int
    marks: Sequence[tuple[str, str, str]]  # of time: where, how the words are anchored, which

    @property
    def half(self) -> int:
        return self.most // 2


def waiting(report: Report) -> Lines:
    """How many wait, of those who expect an answer soon."""
    found = [waiting_at(customers_of(outcome.stays), report.start, report.end, POINTS) for outcome in report.outcomes]
    most = max((max(each) for each in found), default=0) or 1
    most += most % 2  # so that half of it is a whole number
    lines = [" ".join(f"{x},{100 - 100 * y / most:.1f}" for x, y in enumerate(each)) for each in found]
    return Lines(lines, most, list(_marks(report)))


def _marks(report: Report) -> Iterator[tuple[str, str, str]]:
    for number in range(MARKS):
        part = number / (MARKS - 1)
        at = report.start + part * timedelta(hours=report.hours)
        anchor = "start" if number == 0 else "end" if number == MARKS - 1 else "middle"
        yield f"{100 * part:g}%", anchor, f"{at:%H:%M}" if report.hours <= 24 else f"{at:%d %b %H:%M}"
