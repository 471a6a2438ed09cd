"""What came when a bot was asked a set of questions? Kept as a file, so that a later run can be compared with it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, get_args, get_origin

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop as _

from ...exceptions import Invalid
from ...exports.table_reading import MAX_BYTES, MAX_LINES
from ...storable import each_text, is_deeper, storable
from .sets import HANDOVER, NONE

YEARS = (2000, 9999)
VERSION = 1
FILE_BYTES_MOST = 10 * MAX_BYTES
LEVELS_MOST = 6
ARTICLE, OTHER, TOOL_KIND, FAILED = "article", "other article", "tool", "failed"
KINDS = (ARTICLE, HANDOVER, TOOL_KIND, NONE)  # what may be expected
CAME = (ARTICLE, OTHER, HANDOVER, TOOL_KIND, NONE, FAILED)


@dataclass(frozen=True)
class Result:
    """What came of one question. ``wanted`` and ``got`` are of which kind it was to be, and was.

    ``left_out`` is what the bot has named when it handed over and could not be obeyed, which harms no hit.
    """

    line: int
    conversation: str
    question: str
    language: str
    identity: str
    expected: list[str]
    came: list[str]
    hit: bool
    wanted: str
    got: str
    score: float | None
    seconds: float
    misses: list[str]
    failure: str
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """What came of all questions of a set, and when."""

    tenant: str
    bot: str
    at: str
    results: Sequence[Result]

    @property
    def hits(self) -> int:
        """How many came as expected."""
        return sum(each.hit for each in self.results)

    @property
    def percent(self) -> float:
        """The same in percent; 0 of none."""
        return round(100 * self.hits / len(self.results), 1) if self.results else 0.0

    @property
    def confusion(self) -> list[tuple[str, list[int]]]:
        """For each kind that was expected how often which of CAME came."""
        counts = Counter((each.wanted, each.got) for each in self.results)
        rows = [(kind, [counts[kind, came] for came in CAME]) for kind in KINDS]
        return [(kind, row) for kind, row in rows if any(row)]

    def seconds(self, percent: int) -> float:
        """So many percent of the answers took no longer than that."""
        taken = sorted(each.seconds for each in self.results)
        return taken[max(-(-len(taken) * percent // 100), 1) - 1] if taken else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, with its figures."""
        return {
            "version": VERSION,
            **{name: getattr(self, name) for name in ("tenant", "bot", "at", "hits", "percent")},
            "count": len(self.results),
            "seconds": {"p50": self.seconds(50), "p95": self.seconds(95)},
            "confusion": {kind: dict(zip(CAME, row, strict=True)) for kind, row in self.confusion},
            "results": [asdict(each) for each in self.results],
        }


def read_run(content: bytes) -> Run:
    """Return the run that a file (bytes) holds, as ``as_json`` has written it. Raises Invalid."""
    if len(content) > FILE_BYTES_MOST:
        raise Invalid(_("The file is larger than %(bytes)d bytes."), bytes=FILE_BYTES_MOST)
    try:
        kept = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("This is no file of a run.")) from error
    if not isinstance(kept, dict) or is_deeper(kept, LEVELS_MOST):
        raise Invalid(_("This is no file of a run."))
    return run_of(each_text(kept, storable))


def run_of(kept: Any) -> Run:
    """Return the run that an object of JSON describes. Raises Invalid."""
    if not isinstance(kept, dict) or kept.get("version") != VERSION or is_deeper(kept, LEVELS_MOST):
        raise Invalid(_("This is no file of a run."))
    results, texts = kept.get("results"), [kept.get(name) for name in ("tenant", "bot", "at")]
    if not isinstance(results, list) or len(results) > MAX_LINES or not all(isinstance(each, str) for each in texts):
        raise Invalid(_("This is no file of a run."))
    tenant, bot, at = map(str, texts)
    if not _is_moment(at):
        raise Invalid(_("This is no file of a run."))
    return Run(tenant, bot, at, [_result(each) for each in results])


def _is_moment(text: str) -> bool:
    try:
        at = parse_datetime(text)
    except ValueError:  # such as 2026-02-30
        return False
    # Times at either end of the calendar are none in other time zones.
    return at is not None and timezone.is_aware(at) and YEARS[0] < at.year < YEARS[1]


def _result(kept: Any) -> Result:
    # The files of earlier runs say nothing of what was left out.
    kept = {"left_out": [], **kept} if isinstance(kept, dict) else {}
    if not all(_fits(kept, each.name, each.type) for each in fields(Result)):
        raise Invalid(_("This is no file of a run."))
    return Result(**{each.name: kept[each.name] for each in fields(Result)})


def _fits(kept: Mapping[str, Any], name: str, kind: Any) -> bool:
    """Whether a member is what the field of a Result is; a whole number is a number, too."""
    value = kept.get(name)
    if get_origin(kind) is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    kinds = get_args(kind) or (kind,)
    return name in kept and isinstance(value, (*kinds, int) if float in kinds else kinds)
