"""Who comes when, what do they need, and for how long do they wait? From a file, or by chance.

Chance is seeded for each queue by itself: another queue changes nothing of who comes to the others.
"""

import csv
import heapq
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Any

from ...routing.pace import LIVE, SHARES

COLUMNS = ("at", "queue", "language", "skills", "priority", "handle_seconds", "patience_seconds", "pace")
NEEDED = ("at", "queue")
TOLD_MOST = 20  # errors of a file
SHOWN_MOST = 60  # characters of a cell, in an error


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

    Raises ValueError that tells what is wrong, each with its line, TOLD_MOST at most.
    """
    reader = csv.DictReader(lines)
    of_queue: dict[str, Chance] = {}
    arrivals, wrong = [], []
    try:
        wrong += [f"Line 1: {each}" for each in _wrong_columns(reader.fieldnames or ())]
        for row in reader if not wrong else ():
            try:
                arrivals.append(_arrival(row, of_queue, chances, zone))
            except WrongRow as error:
                wrong += [f"Line {reader.line_num}: {each}" for each in error.args]
    except UnicodeDecodeError:
        wrong.append(f"After line {reader.line_num}: This is not UTF-8. Save the file as UTF-8.")
    except csv.Error as error:
        wrong.append(f"After line {reader.line_num}: This is not CSV ({error}). Look for a quote that is not closed.")
    refuse(wrong)
    return sorted(arrivals, key=lambda arrival: arrival.at)


def refuse(wrong: Sequence[str]) -> None:
    """Raise ValueError when there is something wrong: the first in a line each, and how many more."""
    if wrong:
        more = len(wrong) - TOLD_MOST
        raise ValueError("\n".join([*wrong[:TOLD_MOST], *([f"and {more} more"] if more > 0 else [])]))


def like(name: str, names: Iterable[str]) -> str:
    """A hint for a name that is unknown, with a blank before it; empty where none is like it."""
    found = get_close_matches(name, names, 1)
    return f" Did you mean {found[0]}?" if found else ""


def _wrong_columns(columns: Sequence[str]) -> Iterator[str]:
    for each in columns:
        if each not in COLUMNS:
            yield f"unknown column {each}; known are {', '.join(COLUMNS)}.{like(each, COLUMNS)}"
    for each in NEEDED:
        if each not in columns:
            yield f"the column {each} is missing. The first line names the columns, such as at,queue."


class WrongRow(Exception):
    """What is wrong with a row, in sentences."""


def _arrival(
    row: Mapping[str | None, str | None], of_queue: dict[str, Chance], chances: Chances, zone: tzinfo
) -> Arrival:
    given = _values(row)
    chance = of_queue.setdefault(given["queue"], chances.of(given["queue"]))
    handle, patience, language = chance.handle(), chance.patience(), chance.language()
    at, pace = given["at"], given.get("pace", LIVE)
    patience = patience if pace == LIVE else None  # nobody expects an answer at once
    return Arrival(
        at if at.tzinfo else at.replace(tzinfo=zone),
        given["queue"],
        given.get("handle_seconds", handle),
        given.get("patience_seconds", patience),
        given.get("language", language),
        given.get("skills", {}),
        given.get("priority", 0),
        pace,
    )


def _values(row: Mapping[str | None, str | None]) -> dict[str, Any]:
    """What the cells say that are not empty. Raises WrongRow with all that is wrong."""
    given = {name: text for name in COLUMNS if (text := (row.get(name) or "").strip())}
    wrong = ["There are more cells than columns. Put what has a comma in it in quotes."] if None in row else []
    wrong += [f"The {name} is missing." for name in NEEDED if name not in given]
    values = {}
    for name, text in given.items():
        read, hint = READ.get(name, (str, ""))
        try:
            values[name] = read(text)
        except ValueError:
            shown = text if len(text) <= SHOWN_MOST else text[:SHOWN_MOST] + "…"
            wrong.append(f"{name}: {shown} {hint}")
    if wrong:
        raise WrongRow(*wrong)
    return values


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise ValueError(text)
    return seconds


def _pace(text: str) -> str:
    if text not in SHARES:
        raise ValueError(text)
    return text


def _levels(text: str) -> dict[str, int]:
    """``Fees 3, Visas 1`` as skills with their levels; without a level it is 1."""
    levels: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _blank, level = part.rpartition(" ")
        levels |= {name: int(level)} if name and level.isdecimal() else {part: 1}
    return levels


# How cells are read, and what is said of one that cannot be.
A_TIME = "is no time. Write it as 2026-06-01T09:30."
SOME_SECONDS = "is no number of seconds. Write it as 90 or 90.5."
READ: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "at": (datetime.fromisoformat, A_TIME),
    "skills": (_levels, "is too much. Write skills with their levels as Fees 3, Visas 1."),
    "priority": (int, "is no whole number. Write minutes as 5."),
    "handle_seconds": (_seconds, SOME_SECONDS),
    "patience_seconds": (_seconds, SOME_SECONDS),
    "pace": (_pace, f"is no pace; there are {', '.join(SHARES)}."),
}
