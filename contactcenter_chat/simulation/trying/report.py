"""How does a run read? As lines of text, and as a table that a spreadsheet opens."""

from collections.abc import Iterator

from ...exports.cells import rows_as_csv
from ...isolates import unturned
from ...storable import CONTROL
from .comparing import BETTER, CHANGED, GONE, NEW, WORSE, Difference
from .runs import CAME, Result, Run

COLUMNS = (
    *("line", "conversation", "question", "language", "identity", "expected", "came", "hit"),
    *("score", "seconds", "misses", "failure", "left_out"),
)
BETWEEN = " | "
SHOWN = 60  # characters of a question


def as_text(run: Run) -> Iterator[str]:
    """Yield a line for each question, then the figures."""
    for each in run.results:
        verdict = "ok    " if each.hit else "MISSED"
        yield plain(f"{verdict}  {each.line:>4}  {_short(each.question)}  ->  {_came(each)}{_expected(each)}")
    yield ""
    yield f"{run.hits} of {len(run.results)} as expected: {run.percent:g} %"
    yield f"seconds: half within {run.seconds(50):.3f}, 95 % within {run.seconds(95):.3f}"
    yield ""
    yield from _confusion(run)


def difference_as_text(difference: Difference) -> Iterator[str]:
    """Yield what is different from another run."""
    yield ""
    yield plain(f"against the run of {difference.before.at}: {difference.points:+g} points")
    for kind in (WORSE, BETTER, CHANGED, NEW, GONE):
        for each in difference.of(kind):
            before = f"{_came(each.before)}  ->  " if each.before and each.now else ""
            yield plain(f"{kind:<8}  {_short(each.result.question)}:  {before}{_came(each.result)}")
    if not difference.changes:
        yield "nothing is different"


def as_csv(run: Run) -> Iterator[str]:
    """Yield the results as lines of CSV, which no spreadsheet runs."""
    return rows_as_csv([COLUMNS, *map(_cells, run.results)])


def plain(text: str) -> str:
    """Return a text without what would steer a terminal, or turn the direction of what is beside it."""
    return CONTROL.sub(" ", unturned(text))


def _cells(result: Result) -> list[object]:
    lists = {name: BETWEEN.join(getattr(result, name)) for name in ("expected", "came", "misses", "left_out")}
    cells = {**vars(result), **lists, "hit": "yes" if result.hit else "no"}
    return [cells[name] for name in COLUMNS]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _came(result: Result) -> str:
    score = f" ({result.score:.2f})" if result.score is not None else ""
    failure = f": {result.failure}" if result.failure else ""
    left_out = f" (left out: {BETWEEN.join(result.left_out)})" if result.left_out else ""
    return BETWEEN.join(result.came) + score + failure + left_out


def _expected(result: Result) -> str:
    return "" if result.hit else f"  (expected: {BETWEEN.join(result.expected)})"


def _confusion(run: Run) -> Iterator[str]:
    rows = [("expected \\ came", *CAME), *((kind, *map(str, row)) for kind, row in run.confusion)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        right = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), *right])
