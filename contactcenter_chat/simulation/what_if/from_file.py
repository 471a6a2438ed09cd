"""What does a centre file say of queues, agents and hours? The rest of it is passed over here."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ...actions.setup.centre_file.faults import FileRefused
from ...actions.setup.centre_file.reading import read_file
from ...actions.setup.centre_file.tree import MAX_BYTES
from ...conf import settings
from ...isolates import unturned
from ...models.hours import holidays_of, minutes_of
from ...routing.hours import Hours, Period
from ...routing.order import ENOUGH
from ...routing.pace import LIVE, MAIL, MESSAGING, PERCENTS
from ...routing.plan import REQUIRED, Plan, Step
from .centre import WAIT, Agent, Centre, Queue, check_names

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read(path: str) -> Centre:
    """Read a centre file. Raises OSError, ImportError without the extra ``centre``, ValueError for what is wrong."""
    from ruamel.yaml import YAML

    with open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    found = read_file(content)
    # What the database cannot keep yet, such as the zone of the whole, counts here all the same.
    if faults := [each for each in found.faults if not each.is_to_come]:
        refusal = FileRefused(faults)
        raise ValueError("\n".join(filter(None, (*(unturned(each.told) for each in refusal.told), refusal.more_told))))
    tree = YAML(typ="rt").load(content) or {}
    return centre_of({**found.values, "centre": tree.get("centre") or {}}, path)


def centre_of(tree: Mapping[str, Any], name: str) -> Centre:
    """Return the centre that a file describes, as dicts and lists. Raises ValueError for what is wrong."""
    try:
        hours = {each: _hours(given) for each, given in tree.get("hours", {}).items()}
        agents = {each: _agent(each, given or {}) for each, given in tree.get("agents", {}).items()}
        queues = {each: _queue(each, given or {}, hours) for each, given in tree.get("queues", {}).items()}
        zones = [given["time_zone"] for given in tree.get("hours", {}).values() if given.get("time_zone")]
        zone = (tree.get("centre") or {}).get("time_zone") or next(iter(zones), "UTC")
        ZoneInfo(zone)
    except (AttributeError, KeyError, LookupError, TypeError) as error:
        raise ValueError(f"It is no centre file: {type(error).__name__} {error}.") from error
    centre = Centre(name, queues, agents, zone, frozenset(map(str, tree.get("skills") or ())))
    check_names(centre)
    return centre


def _agent(name: str, given: Mapping[str, Any]) -> Agent:
    capacity = given.get("capacity", settings.CAPACITY)
    return Agent(name, capacity, dict(given.get("skills") or {}), dict(given.get("languages") or {}))


def _queue(name: str, given: Mapping[str, Any], hours: Mapping[str, Hours]) -> Queue:
    target, targets = given.get("target") or {}, given.get("targets") or {}
    closed_target = _open_seconds(given.get("closed_target"))
    return Queue(
        name,
        dict(given.get("members") or {}),
        _plan(given),
        hours[given["hours"]] if given.get("hours") else None,
        _or_setting(target.get("seconds"), settings.TARGET_SECONDS),
        _or_setting(closed_target, settings.CLOSED_TARGET_SECONDS),
        _or_setting(target.get("percent"), PERCENTS[LIVE]) / 100,
        given.get("priority", 0),
        given.get("prefer", ENOUGH),
        _or_setting(given.get("offer_gap_seconds"), settings.OFFER_GAP_SECONDS),
        _or_setting(given.get("grace_seconds"), settings.GRACE_SECONDS),
        given.get("max_wait", 0),
        tuple(given.get("overflow") or ()),
        given.get("when_closed", WAIT),
        given.get("when_empty", WAIT),
        _or_setting(given.get("closing_seconds"), settings.CLOSING_SECONDS),
        _open_seconds(targets.get(MESSAGING)),
        _open_seconds(targets.get(MAIL)),
    )


def _open_seconds(target: Mapping[str, Any] | None) -> int | None:
    """Seconds of a target that is one of open hours; None where it does not say."""
    hours = (target or {}).get("open_hours")
    return None if hours is None else round(hours * 3600)


def _or_setting(given: int | None, setting: int) -> int:
    return setting if given is None else given


def _plan(given: Mapping[str, Any]) -> Plan:
    steps = (
        Step(
            step["after"],
            dict(step["requires"]) if step.get("requires") is not None else None,
            step.get("language"),
            step.get("asked"),
        )
        for step in given.get("steps") or ()
    )
    return Plan(dict(given.get("requires") or {}), given.get("language", REQUIRED), tuple(steps))


def _hours(given: Mapping[str, Any]) -> Hours:
    weekly = {day: _periods(periods) for days, periods in given.get("weekly", {}).items() for day in _days(days)}
    exceptions = {_date(day): _periods(periods) for day, periods in (given.get("exceptions") or {}).items()}
    place = given.get("holidays")
    return Hours(ZoneInfo(given.get("time_zone", "UTC")), weekly, exceptions, holidays_of(place) if place else ())


def _days(text: str) -> list[int]:
    """``mon-thu, sat`` as weekdays, 0 is Monday."""
    found: list[int] = []
    for part in text.split(","):
        first, _dash, last = part.strip().partition("-")
        found += range(DAYS.index(first), DAYS.index(last or first) + 1)
    return found


def _periods(given: list[str]) -> tuple[Period, ...]:
    parts = (each.split("-") for each in given)
    return tuple(Period(minutes_of(start), minutes_of(end)) for start, end in parts)


def _date(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
