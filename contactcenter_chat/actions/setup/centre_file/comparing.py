"""What would a file make, change and remove?

The values of the file are held against those that are there, kind by kind: keys that a file does not name are left
alone, and so are entries, unless they are to be pruned.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from ....isolates import unturned
from ....models import Tenant
from ....models.knowledge import ArticleState
from ....models.queues import Unserved
from ...center.texts import CLOSED, EMPTY
from .faults import BETWEEN, Fault, Path, nearest
from .faults import TOLD_MOST as FAULTS_TOLD
from .keys import CENTRE, SECTIONS
from .kinds import Kind, OrNothing, Record, Table
from .reading import CentreFile
from .special import Codes, Listed, Names, Response
from .standing import Standing, names_there

ORDER = "(order)"  # stands in paths for the order of codes and of their lists
TOLD_MOST = 120  # characters of a value in a plan
LED_BY = 30  # of these, that are the same before and after, where what differs comes later
NOTHING: Any = object()


class Change(NamedTuple):
    """Something that is made, changed or removed: of the second kind with the value before and after.

    What is made has its value for those who look further, and is told by its name alone.
    """

    path: Path
    old: Any = NOTHING
    new: Any = NOTHING

    @property
    def place(self) -> str:
        """What it is, as people read it."""
        return BETWEEN.join(map(str, self.path))

    @property
    def told(self) -> str:
        """All of it in a line."""
        return self.place if self.old is NOTHING else f"{self.place}: {' → '.join(self.values)}"

    @property
    def values(self) -> tuple[str, str]:
        """The value before and after, in a line each, shortened to where they differ."""
        old, new = _line(self.old), _line(self.new)
        unlike = (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
        alike = next(unlike, min(len(old), len(new)))
        begin = alike - LED_BY if max(len(old), len(new)) > TOLD_MOST and alike > LED_BY else 0
        return _cut(old, begin), _cut(new, begin)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        values = {} if self.old is NOTHING else {"old": self.old, "new": self.new}
        return {"path": [str(each) for each in self.path], **values}


class Kept(NamedTuple):
    """What was to be removed and stays, and why."""

    path: Path
    why: str

    @property
    def told(self) -> str:
        """All of it in a line."""
        return f"{BETWEEN.join(map(str, self.path))}: {self.why}"


@dataclass
class Plan:
    """What a file makes of what is there."""

    made: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    removed: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.made or self.changed or self.removed)

    @property
    def marked(self) -> Iterator[tuple[str, Change]]:
        """Each change with its mark: ``+``, ``~`` or ``-``."""
        for mark, changes in (("+", self.made), ("~", self.changed), ("-", self.removed)):
            for change in changes:
                yield mark, change

    @property
    def lines(self) -> list[str]:
        """The plan as it is printed."""
        return [f"{mark} {change.told}" for mark, change in self.marked]

    @property
    def fingerprint(self) -> str:
        """The same for the same plan."""
        changes = [(mark, change.as_json()) for mark, change in self.marked]
        return hashlib.sha256(repr((changes, self.kept)).encode()).hexdigest()

    def as_json(self) -> dict[str, list[Any]]:
        """The same for programs."""
        listed = {"made": self.made, "changed": self.changed, "removed": self.removed}
        return {name: [change.as_json() for change in changes] for name, changes in listed.items()}


def told(value: Any) -> str:
    """A value as the file would have it, in one line and shortened."""
    return _cut(_line(value))


def _line(value: Any) -> str:
    return unturned(" ".join(_told(value).split()))


def _cut(text: str, begin: int = 0) -> str:
    shown = text[begin : begin + TOLD_MOST]
    return f"{'…' if begin else ''}{shown}{'…' if len(text) > begin + TOLD_MOST else ''}"


def _told(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_told(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(_told, value)) + "]" if isinstance(value, list) else str(value)


def compare(file: CentreFile, standing: Standing, tenant: Tenant, *, prune: bool) -> tuple[Plan, Iterator[Fault]]:
    """Return the plan, and what is wrong with names and values once it is known what is there, as it is found."""
    plan = Plan()
    _know_again(file, standing)
    _differ(CENTRE, (), file.values, standing.values, plan, prune)
    _compare_order(file, standing, plan)
    faults = (_unknown_names(file, standing, tenant, prune), _doubles(file, standing))
    unfit = (_unfit_queues(file, standing), _unfit_channels(file, standing, tenant))
    return plan, chain(*faults, *unfit, _unfit_departments(file, standing, prune))


def _know_again(file: CentreFile, standing: Standing) -> None:
    """Call a response that is there as the file does, when one of both has no short code and their titles are one.

    Else who gives or takes a short code would make another response.
    """
    named, there = file.values.get("prepared_responses", {}), standing.values["prepared_responses"]
    untold: dict[Response, list[Response]] = {}
    for key, values in there.items():
        if key not in named:
            untold.setdefault(Response(key.queue, key.language, values["title"]), []).append(key)
    known: dict[Response, Response] = {}
    for key, values in named.items():
        found = untold.get(Response(key.queue, key.language, values["title"]), ()) if key not in there else ()
        if len(found) == 1 and not (key.short_code and found[0].short_code):
            known[found[0]] = key
    standing.values["prepared_responses"] = {known.get(key, key): values for key, values in there.items()}


def _differ(kind: Kind, path: Path, new: Any, old: Any, plan: Plan, prune: bool) -> None:
    """Note how what the file says at a place differs from what is there."""
    if isinstance(kind, OrNothing) and new is not None and (old is not None or isinstance(kind.kind, Record)):
        kind = kind.kind
    if isinstance(kind, Record):
        for key, value in new.items():
            there, before = (*path, key), (old or {}).get(key)
            if key in kind.keys:
                _differ(kind.keys[key], there, value, before, plan, prune)
            else:
                _note(there, value, before, plan)  # what follows from where it stands in the file
    elif getattr(kind, "merges", False):
        _entries(kind, path, new, old or {}, plan, prune)
    else:
        _note(path, new, old, plan)


def _note(path: Path, new: Any, old: Any, plan: Plan) -> None:
    if new != old:
        plan.changed.append(Change(path, old, new))


def _entries(kind: Kind, path: Path, new: Any, old: Any, plan: Plan, prune: bool) -> None:
    entry = _entry_kind(kind)
    for name, value in new.items():
        if name not in old:
            plan.made.append(Change((*path, name), new=value))
        elif entry is not None:
            _differ(entry, (*path, name), value, old[name], plan, prune)
    for name in old if prune else ():
        if name not in new and _is_living(old[name]):
            plan.removed.append(Change((*path, name)))


def _entry_kind(kind: Kind) -> Kind | None:
    """What the entries of a kind are; None for those that are names alone."""
    if isinstance(kind, Names):
        return None
    return kind.record if isinstance(kind, Codes | Listed) else kind.kind if isinstance(kind, Table) else None


def _is_living(value: Any) -> bool:
    """Whether it is not retired or inactive, as codes, their lists and articles are that cannot be removed."""
    if not isinstance(value, Mapping):
        return True
    return value.get("active", True) and not value.get("retired") and value.get("state") != ArticleState.RETIRED


# The order of codes and their lists


def permuted(there: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Those that are there, with the wanted ones, in their wanted order, at the places that wanted ones have."""
    there, wanted = list(there), list(wanted)
    there += [each for each in wanted if each not in set(there)]
    in_turn, known = iter(wanted), set(wanted)
    return [next(in_turn) if each in known else each for each in there]


def groups_of(codes: Mapping[str, Any]) -> dict[str | None, list[str]]:
    """The short codes by their headings, in order."""
    groups: dict[str | None, list[str]] = {}
    for short_code, code in codes.items():
        groups.setdefault(code["under"], []).append(short_code)
    return groups


def orders_of(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[tuple[list[str], list[str]]]:
    """The order before and after of each group of codes that a file names; what is new or moved comes last before."""
    moved = {each for each, code in wanted.items() if each not in there or there[each]["under"] != code["under"]}
    before = groups_of({each: code for each, code in there.items() if each not in moved})
    for heading, group in groups_of(wanted).items():
        then = [*before.get(heading, []), *(each for each in group if each in moved)]
        yield then, permuted(then, group)


def _compare_order(file: CentreFile, standing: Standing, plan: Plan) -> None:
    lists, there = file.values.get("codes", {}), standing.values["codes"]
    then = [*there, *(name for name in lists if name not in there)]
    if (after := permuted(then, lists)) != then:
        plan.changed.append(Change(("codes", ORDER), then, after))
    for name, values in lists.items():
        for before, wanted in orders_of(values.get("codes", {}), there.get(name, {}).get("codes", {})):
            if name in there and before != wanted:
                plan.changed.append(Change(("codes", name, "codes", ORDER), before, wanted))


# What is wrong with it


def _unknown_names(file: CentreFile, standing: Standing, tenant: Tenant, prune: bool) -> Iterator[Fault]:
    known = names_there(tenant, standing)
    for section in SECTIONS:
        if section in known and section in file.values:
            known[section] = set(file.values[section]) | (set() if prune else known[section])
    unread = {fault.path[0] for fault in file.faults if len(fault.path) == 1}  # who knows which names it was to have
    wanted = (found for found in file.references if found.section not in unread)
    unknown = (found for found in wanted if found.name not in known[found.section])
    for number, found in enumerate(sorted(unknown, key=lambda found: found.line)):
        message = _UNKNOWN[found.section]() % {"name": found.name}
        # The nearest of many names takes its time: those that are not told have no hint.
        hint = nearest(found.name, known[found.section]) if number < FAULTS_TOLD else ""
        yield Fault(found.line, found.path, message, hint)


_UNKNOWN = {
    "skills": lambda: _("There is no skill “%(name)s”."),
    "agents": lambda: _("There is no agent “%(name)s” here."),
    "hours": lambda: _("There are no hours “%(name)s”."),
    "queues": lambda: _("There is no queue “%(name)s”."),
    "codes": lambda: _("There is no list of codes “%(name)s”."),
    "webhooks": lambda: _("There is no webhook “%(name)s”."),
    "providers": lambda: _("The settings have no provider “%(name)s”."),
    "bots": lambda: _("The settings have no bot “%(name)s”."),
}


def _doubles(file: CentreFile, standing: Standing) -> Iterator[Fault]:
    for section in ("channels", "prepared_responses", "articles"):
        for name in file.values.get(section, {}):
            if (section, name) in standing.doubles:
                path = (section, name)
                told = _("There are two of this name, so that it does not say which.")
                yield Fault(file.line(path), path, told, _("Rename one of them in the admin."))
    for name, values in file.values.get("codes", {}).items():
        for short_code in values.get("codes", {}):
            if (name, short_code) in standing.merged:
                place: Path = ("codes", name, "codes", short_code)
                told = _("%(code)s was merged into another code.") % {"code": short_code}
                yield Fault(file.line(place), place, told, _("Leave it out, or give it another short code."))


def _unfit_queues(file: CentreFile, standing: Standing) -> Iterator[Fault]:
    for name, values in file.values.get("queues", {}).items():
        there = standing.values["queues"].get(name, {})
        if name in values.get("overflow", ()):
            path = ("queues", name, "overflow")
            yield Fault(file.line(path), path, _("A queue does not pass on to itself."), _("Name another queue."))
        texts = {**there.get("texts", {}), **values.get("texts", {})}
        for key, kind in (("when_closed", CLOSED), ("when_empty", EMPTY)):
            path = ("queues", name, key)
            if values.get(key, there.get(key)) == Unserved.MESSAGE and not texts.get(kind):
                hint = _("Write texts: {%(kind)s: {en: “…”}}.") % {"kind": kind}
                yield Fault(file.line(path), path, _("There is no text for the customer."), hint)


def _unfit_departments(file: CentreFile, standing: Standing, prune: bool) -> Iterator[Fault]:
    there, named = standing.values["departments"], file.values.get("departments", {})
    staying = () if prune else (name for name in there if name not in named)
    had_by = {queue: name for name in staying for queue in there[name]["queues"]}
    for name, values in named.items():
        path, known = ("departments", name), {**there.get(name, {}), **values}
        missing = [key for key in ("queues", "entry") if not known.get(key)]
        for key in missing:
            is_there = key in values  # and names none
            told = _("This names no queue.") if is_there else _("“%(key)s” is missing.") % {"key": key}
            place: Path = (*path, key) if is_there else path
            hint = _("Write a list of its queues: [General].") if is_there else _("Name a queue.")
            yield Fault(file.line(place), place, told, hint)
        if not missing and known["entry"] not in known["queues"]:
            place = (*path, "entry") if "entry" in values else (*path, "queues")
            told = _("The entry queue must be one of its queues.")
            yield Fault(file.line(place), place, told, _("Name one of these: %(names)s.") % _named(known["queues"]))
        for queue in known.get("queues") or ():
            if other := had_by.get(queue):
                told = _("The queue %(queue)s is in the department %(department)s.")
                told = unturned(told % {"queue": queue, "department": other})
                hint = _("Leave one of them.") if other in named else _("Change it, or leave it out.")
                yield Fault(file.line(path), path, told, hint)
            had_by[queue] = name


def _named(names: Iterable[str]) -> dict[str, str]:
    return {"names": unturned(", ".join(names))}


def _unfit_channels(file: CentreFile, standing: Standing, tenant: Tenant) -> Iterator[Fault]:
    webhooks = list(tenant.webhooks.alive().values_list("name", flat=True))
    for name, values in file.values.get("channels", {}).items():
        there, path = standing.values["channels"].get(name), ("channels", name)
        if there is None and "webhook" not in values:
            told = _("A channel without a webhook is not yet supported.")
            yield Fault(file.line(path), path, told, _("Write webhook: and the name of one that is there."))
        if there is None and "queue" not in values:
            yield Fault(file.line(path), path, _("“%(key)s” is missing.") % {"key": "queue"}, _("Name a queue."))
        webhook = values.get("webhook")
        if webhooks.count(webhook) > 1 and (there or {}).get("webhook") != webhook:
            place: Path = (*path, "webhook")
            told = _("There are two of this name, so that it does not say which.")
            yield Fault(file.line(place), place, told, _("Rename one of them in the admin."))
