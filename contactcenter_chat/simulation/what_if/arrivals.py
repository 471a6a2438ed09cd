"""Who comes when, what do they need, and for how long do they wait? From a file, or by chance.

Chance is seeded for each queue by itself: another queue changes nothing of who comes to the others.
"""

import csv
import heapq
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from ...routing.pace import LIVE, SHARES

COLUMNS = ("at", "queue", "language", "skills", "priority", "handle_seconds", "patience_seconds", "pace")
NEEDED = ("at", "queue")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody comes.

    Args:
        handle_seconds: From the first word to the end of the wrap-up.
        patience_seconds: Then the customer leaves unanswered; None: never.
    """

    at: datetime
    queue: str
    handle_seconds: float
    patience_seconds: float | None = None
    language: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int = 0
    pace: str = LIVE


@dataclass(frozen=True)
class Chances:
    """How long chats take, how patient customers are, what they speak.

    Args:
        handle_mean, handle_spread: Of a log-normal distribution: the mean in seconds, the standard deviation of the
            logarithm.
        patience_mean: Of an exponential distribution, in seconds; 0: nobody leaves.
        languages: The share of each language among those who come; the others state none.
    """

    seed: int = 0
    handle_mean: float = 300
    handle_spread: float = 0.6
    patience_mean: float = 600
    languages: Mapping[str, float] = field(default_factory=dict)

    def of(self, queue: str) -> "Chance":
        """What chance has in store for one queue."""
        return Chance(self, queue)


class Chance:
    """One queue's chance: the same numbers in the same order for the same seed."""

    def __init__(self, chances: Chances, queue: str) -> None:
        self._chances = chances
        self._random = random.Random(f"{chances.seed} {queue}")  # noqa: S311  (no secret)

    def pause(self, per_hour: float) -> timedelta:
        """Until the next one comes."""
        return timedelta(hours=self._random.expovariate(per_hour))

    def handle(self) -> float:
        """How long a chat takes, in seconds."""
        mean, spread = self._chances.handle_mean, self._chances.handle_spread
        return self._random.lognormvariate(math.log(mean) - spread**2 / 2, spread)

    def patience(self) -> float | None:
        """How long a customer waits, in seconds."""
        mean = self._chances.patience_mean
        waits = self._random.expovariate(1 / (mean or 1))  # drawn in any case: what follows stays the same
        return waits if mean else None

    def language(self) -> str:
        """What a customer speaks."""
        number = self._random.random()
        for tag, share in self._chances.languages.items():
            number -= share
            if number < 0:
                return tag
        return ""


def synthetic(rates: Mapping[str, float], chances: Chances, start: datetime, hours: float) -> Iterator[Arrival]:
    """Yield who comes by chance, at so many an hour to each queue, in the order of time."""
    streams = [_stream(queue, rate, chances, start, hours) for queue, rate in rates.items() if rate]
    yield from heapq.merge(*streams, key=lambda arrival: arrival.at)


def _stream(queue: str, per_hour: float, chances: Chances, start: datetime, hours: float) -> Iterator[Arrival]:
    chance, at, end = chances.of(queue), start, start + timedelta(hours=hours)
    while (at := at + chance.pause(per_hour)) < end:
        yield Arrival(at, queue, chance.handle(), chance.patience(), chance.language())


def from_csv(lines: Iterable[str], chances: Chances, zone: tzinfo) -> list[Arrival]:
    """Read who comes from a file with the columns COLUMNS, of which NEEDED must be there.

    Args:
        lines: The file's.
        chances: For what it does not say.
        zone: Of times that name none.

    Raises ValueError that names the line.
    """
    reader = csv.DictReader(lines)
    columns = reader.fieldnames or ()
    if unknown := [each for each in columns if each not in COLUMNS]:
        raise ValueError(f"Line 1: unknown column {unknown[0]}; known are {', '.join(COLUMNS)}.")
    if missing := [each for each in NEEDED if each not in columns]:
        raise ValueError(f"Line 1: the column {missing[0]} is missing.")
    of_queue: dict[str, Chance] = {}
    arrivals = []
    for row in reader:
        try:
            arrivals.append(_arrival(row, of_queue, chances, zone))
        except ValueError as error:
            raise ValueError(f"Line {reader.line_num}: {error}") from error
    return sorted(arrivals, key=lambda arrival: arrival.at)


def _arrival(
    row: Mapping[str | None, str | None], of_queue: dict[str, Chance], chances: Chances, zone: tzinfo
) -> Arrival:
    if None in row:
        raise ValueError("There are more cells than columns.")
    given = {name: text for name in COLUMNS if (text := (row.get(name) or "").strip())}
    if missing := [name for name in NEEDED if name not in given]:
        raise ValueError(f"The {missing[0]} is missing.")
    chance = of_queue.setdefault(given["queue"], chances.of(given["queue"]))
    at = datetime.fromisoformat(given["at"])
    handle, patience, language = chance.handle(), chance.patience(), chance.language()
    pace = given.get("pace", LIVE)
    if pace not in SHARES:
        raise ValueError(f"{pace} is no pace; there are {', '.join(SHARES)}.")
    patience = patience if pace == LIVE else None  # nobody expects an answer at once
    return Arrival(
        at if at.tzinfo else at.replace(tzinfo=zone),
        given["queue"],
        _seconds(given["handle_seconds"]) if "handle_seconds" in given else handle,
        _seconds(given["patience_seconds"]) if "patience_seconds" in given else patience,
        given.get("language", language),
        _levels(given.get("skills", "")),
        int(given.get("priority", 0)),
        pace,
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{text} is no number of seconds.")
    return seconds


def _levels(text: str) -> dict[str, int]:
    """``Fees 3, Visas 1`` as skills with their levels; without a level it is 1."""
    levels: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _blank, level = part.rpartition(" ")
        levels |= {name: int(level)} if name and level.isdigit() else {part: 1}
    return levels
