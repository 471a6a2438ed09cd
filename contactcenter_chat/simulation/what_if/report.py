"""How do the figures read, side by side? As lines of text, as JSON, as rows of the page's tables."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .centre import Centre
from .figures import PERCENTILES, Figures, figures_of
from .placing import Stay

ALL = "all queues"
NONE = "–"


@dataclass(frozen=True)
class Outcome:
    """What came of one centre: its figures by queue, those of the whole by ''."""

    centre: Centre
    stays: Sequence[Stay]
    figures: dict[str, Figures]


@dataclass(frozen=True)
class Report:
    """What was simulated, and what came of it for one centre or more, with the same arrivals."""

    start: datetime
    hours: float
    seed: int
    arrivals: int
    outcomes: Sequence[Outcome]

    @property
    def end(self) -> datetime:
        """When it was over."""
        return self.start + timedelta(hours=self.hours)

    @property
    def queues(self) -> list[str]:
        """The whole, and then each queue of any of the centres."""
        names = dict.fromkeys(name for outcome in self.outcomes for name in outcome.centre.queues)
        return ["", *names]

    @property
    def summary(self) -> str:
        """What was simulated, as a sentence."""
        at = self.start.isoformat(" ", "minutes")
        return f"{self.hours:g} hours from {at}, {self.arrivals} interactions, seed {self.seed}."


def outcome_of(centre: Centre, stays: Sequence[Stay], end: datetime) -> Outcome:
    """The figures of what was simulated until then."""
    return Outcome(centre, stays, figures_of(stays, centre, end))


def clock(seconds: float | None) -> str:
    """``5 s``, ``1:05`` or ``2:03:04``."""
    if seconds is None:
        return NONE
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def share(part: float | None) -> str:
    """``81.5 %``."""
    return NONE if part is None else f"{100 * part:.1f} %"


def _kept(figures: Figures) -> str:
    return f"{figures.kept_in_time} of {figures.kept}" if figures.kept else NONE


def goal(figures: Figures) -> str:
    """``80 %: met``; of the whole how many queues have their goal."""
    if figures.goal is None:
        return f"met in {figures.goals_met} of {figures.goals}" if figures.goals else NONE
    of = f"{100 * figures.goal:.0f} %"
    return f"{of}: {'met' if figures.goals_met else 'not met'}" if figures.goals else of


def _wait(percent: int) -> Callable[[Figures], str]:
    return lambda figures: clock(figures.waits[percent])


ROWS: dict[str, Callable[[Figures], str]] = {
    "came": lambda figures: str(figures.entered),
    "answered": lambda figures: str(figures.answered),
    "left unanswered": lambda figures: str(figures.abandoned),
    "left at once": lambda figures: str(figures.short_abandoned),
    "passed on": lambda figures: str(figures.overflowed),
    "still waiting": lambda figures: str(figures.waiting),
    "most waiting at once": lambda figures: str(figures.most_waiting),
    **{f"wait, {percent} % at most": _wait(percent) for percent in PERCENTILES},
    "answered within target": lambda figures: share(figures.service_level),
    "goal of that": goal,
    "kept for later, answered in time": _kept,
    "agent has what was required at first": lambda figures: share(figures.matched),
    "mean level in that": lambda figures: NONE if figures.level is None else f"{figures.level:.2f}",
}


def table_of(report: Report, queue: str) -> list[tuple[str, list[str]]]:
    """The rows of one queue: what it is, and for each centre how much; nothing where it has no such queue."""
    found = [outcome.figures.get(queue) for outcome in report.outcomes]
    return [(title, [told(each) if each else "" for each in found]) for title, told in ROWS.items()]


def as_text(report: Report) -> Iterator[str]:
    """Yield the lines of the report."""
    yield report.summary
    names = [outcome.centre.name for outcome in report.outcomes]
    tables = {queue: table_of(report, queue) for queue in report.queues}
    first = max(map(len, [*ROWS, *report.queues])) + 2
    width = max(map(len, [*names, *(cell for rows in tables.values() for _title, cells in rows for cell in cells)]))
    for queue, rows in tables.items():
        yield ""
        yield "  ".join([(queue or ALL).ljust(first), *(name.rjust(width) for name in names)])
        for title, cells in rows:
            yield "  ".join([f"  {title}".ljust(first), *(cell.rjust(width) for cell in cells)])


def as_json(report: Report) -> str:
    """The report as one JSON object; times are seconds, shares are between 0 and 1."""
    told = {
        "start": report.start.isoformat(),
        "hours": report.hours,
        "seed": report.seed,
        "arrivals": report.arrivals,
        "centres": [_centre(outcome) for outcome in report.outcomes],
    }
    return json.dumps(told)


def _centre(outcome: Outcome) -> dict[str, Any]:
    figures = {name: _figures(each) for name, each in outcome.figures.items()}
    return {"name": outcome.centre.name, "all": figures.pop(""), "queues": figures}


def _figures(figures: Figures) -> dict[str, Any]:
    waits = {f"p{percent}": seconds for percent, seconds in figures.waits.items()}
    return {**vars(figures), "waits": waits}
