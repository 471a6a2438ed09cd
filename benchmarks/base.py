"""What does a benchmark report, and how is it shown?

Each module of this package has ``run()``, which measures something beside its baseline in the same run, in turns,
and returns rows. Figures of one machine say little; ratios say what to trust.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure. ``ratio`` is the figure divided by the baseline, ``goal`` what the ratio should be, as text."""

    name: str
    value: float
    unit: str
    baseline: str = ""  # what it is compared with, and its figure
    ratio: float | None = None
    goal: str = ""


TITLES = ("what", "figure", "", "baseline", "ratio", "goal")


def table(rows):
    """Return the rows as a table in Markdown."""
    cells = [TITLES, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(TITLES))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _cells(row):
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return row.name, f"{row.value:,.1f}", row.unit, row.baseline, ratio, row.goal
