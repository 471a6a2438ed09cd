"""What would waits be if the centre were as a file says?

manage.py simulate_routing [CENTRE_FILE] [--tenant LABEL] [--against FILE] --arrivals FILE|today|synthetic --hours N
"""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...queries.simulation import tenant_labelled
from ...routing.dispatch import Unroutable
from ...simulation.what_if import arrivals as coming
from ...simulation.what_if import from_file, from_rows, report
from ...simulation.what_if.page import as_page
from ...simulation.what_if.running import simulated

SYNTHETIC, TODAY = "synthetic", "today"
A_MONDAY = "2026-06-01T09:00"  # always the same one, so that the same command says the same
DEFAULTS = coming.Chances()
MEASURES = ("hours", "handle_seconds", "handle_spread", "patience_seconds", "answer_seconds")
MOST = 1_000_000  # of each of them, and of who comes an hour


class Command(BaseCommand):
    help = (
        "Simulate a centre by a virtual clock, with the code that routes real chats; print waits and service levels."
    )

    def add_arguments(self, parser):
        add = parser.add_argument
        add("centre", nargs="?", metavar="CENTRE_FILE", help="Without it the centre of --tenant as it is set up now.")
        add("--tenant", metavar="LABEL", help="The centre that is simulated without a file, and whose day is taken.")
        add("--against", metavar="FILE", help="Another centre file, with the same arrivals.")
        add(
            "--arrivals", required=True, metavar="FILE|today|synthetic", help="Who comes: a CSV file, or one of these."
        )
        add("--hours", required=True, type=float, metavar="N", help="For how long.")
        add("--start", type=datetime.fromisoformat, metavar="TIME", help="From when.")
        add("--rate", action="append", default=[], metavar="[QUEUE=]N", help="How many come an hour, to each or one.")
        add("--language", action="append", default=[], metavar="TAG=SHARE", help="Which share speaks what, 0-1.")
        add("--handle-seconds", type=float, default=DEFAULTS.handle_mean, metavar="S", help="A chat's mean.")
        add("--handle-spread", type=float, default=DEFAULTS.handle_spread, metavar="X", help="Of the logarithm.")
        add("--patience-seconds", type=float, default=DEFAULTS.patience_mean, metavar="S", help="Mean; 0: for ever.")
        add("--answer-seconds", type=float, default=5, metavar="S", help="From the offer to the first word.")
        add("--seed", type=int, default=DEFAULTS.seed, metavar="S", help="The same seed has the same outcome.")
        add("--json", action="store_true", help="Write one JSON object.")
        add("--html", metavar="FILE", help="Write a page with charts, too.")

    def handle(self, **options):
        try:
            found = _report(options)
        except (OSError, ValueError, ImportError, OverflowError, csv.Error) as error:
            raise CommandError(str(error)) from error
        except Unroutable as error:
            cause = f"{type(error.__cause__).__name__}: {error.__cause__}"
            raise CommandError(f"The router failed with a chat in {error.waiting.queue_id}. {cause}") from error
        if options["html"]:
            _write(options["html"], as_page(found))
        if options["json"]:
            self.stdout.write(report.as_json(found))
        else:
            for line in report.as_text(found):
                self.stdout.write(line)


def _write(path, text):
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(str(error)) from error


def _report(options):
    """Simulate each centre with the same arrivals. Raises OSError, ValueError, ImportError."""
    _check(options)
    tenant = _tenant(options["tenant"])
    centres = [from_file.read(options["centre"]) if options["centre"] else from_rows.centre_of(tenant)]
    centres += [from_file.read(options["against"])] if options["against"] else []
    zone = ZoneInfo(centres[0].time_zone)
    start, arrivals = _arrivals(options, centres[0], tenant, zone)
    end = start + timedelta(hours=options["hours"])
    arrivals = [each for each in arrivals if start <= each.at < end]
    _check_names(arrivals, centres)
    given = {"start": start, "hours": options["hours"], "answer_seconds": options["answer_seconds"]}
    outcomes = [report.outcome_of(centre, simulated(centre, arrivals, **given), end) for centre in centres]
    return report.Report(start.astimezone(zone), options["hours"], options["seed"], len(arrivals), outcomes)


def _check(options):
    if not options["centre"] and not options["tenant"]:
        raise ValueError("Name a centre file, or a tenant.")
    if options["arrivals"] == TODAY and not options["tenant"]:
        raise ValueError("Name the tenant whose day it is to be.")
    for name in ("hours", "handle_seconds"):
        if options[name] <= 0:
            raise ValueError(f"--{name.replace('_', '-')} must be more than 0.")
    for name in MEASURES:
        if not options[name] <= MOST:
            raise ValueError(f"--{name.replace('_', '-')} must be a number up to {MOST}.")
    for name in ("handle_spread", "patience_seconds", "answer_seconds"):
        if options[name] < 0:
            raise ValueError(f"--{name.replace('_', '-')} must not be less than 0.")


def _tenant(label):
    found = tenant_labelled(label) if label else None
    if label and found is None:
        raise ValueError(f"There is no tenant {label}.")
    return found


def _arrivals(options, centre, tenant, zone):
    """From when, and who comes."""
    chances = coming.Chances(
        options["seed"],
        options["handle_seconds"],
        options["handle_spread"],
        options["patience_seconds"],
        _shares(options["language"]),
    )
    start = options["start"] and _in_zone(options["start"], zone)
    if options["arrivals"] == SYNTHETIC:
        start = start or _in_zone(datetime.fromisoformat(A_MONDAY), zone)
        return start, list(coming.synthetic(_rates(options["rate"], centre), chances, start, options["hours"]))
    if options["arrivals"] == TODAY:
        start = start or timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return start, from_rows.came_since(tenant, start, chances)
    with open(options["arrivals"], encoding="utf-8-sig", newline="") as file:
        arrivals = coming.from_csv(file, chances, zone)
    if not arrivals:
        raise ValueError("Nobody comes.")
    return start or arrivals[0].at.replace(minute=0, second=0, microsecond=0), arrivals


def _in_zone(at, zone):
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _rates(given, centre):
    """How many come an hour, by queue."""
    rates: dict[str, float] = {}
    for name, rate in _named(given):
        if name and name not in centre.queues:
            raise ValueError(f"There is no queue {name}.{coming.like(name, centre.queues)}")
        rates |= {name: rate} if name else dict.fromkeys(centre.queues, rate)
    if not any(rates.values()):
        raise ValueError("Say how many come an hour: --rate 20, or --rate QUEUE=20.")
    return rates


def _shares(given):
    """Which share speaks what, by language."""
    shares = dict(_named(given))
    if sum(shares.values()) > 1:
        raise ValueError("--language names shares, which are 1 at most together.")
    return shares


def _named(given):
    """``NAME=NUMBER``, or a number alone, as pairs."""
    for text in given:
        name, _equals, number = text.rpartition("=")
        value = float(number)
        if not 0 <= value <= MOST:
            raise ValueError(f"{text} must be a number from 0 to {MOST}.")
        yield name, value


def _check_names(arrivals, centres):
    """Refuse what one of the centres does not have: nobody there would ever be found for it."""
    queues = dict.fromkeys(each.queue for each in arrivals)
    skills = dict.fromkeys(name for each in arrivals for name in each.skills)
    coming.refuse(
        [
            f"{centre.name} has no {kind} {name}.{coming.like(name, known)}"
            for centre in centres
            for kind, wanted, known in (("queue", queues, centre.queues), ("skill", skills, centre.skills))
            for name in wanted
            if name not in known
        ]
    )
