"""Does a bot answer a set of questions as it should?

manage.py contactcenter_test_bot SET.csv --tenant LABEL --bot NAME [--min PERCENT] [--save FILE] [--against FILE]
"""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...bots.base import is_asked_here, is_bot
from ...exceptions import ContactCenterError
from ...exports.table_reading import MAX_BYTES
from ...isolates import unturned
from ...queries.simulation import tenant_labelled
from ...simulation.trying import asking, report
from ...simulation.trying.comparing import difference
from ...simulation.trying.running import Dialogues, run
from ...simulation.trying.runs import FILE_BYTES_MOST, Run, read_run
from ...simulation.trying.sets import SetRefused, read_set


class Command(BaseCommand):
    help = (
        "Ask a bot the questions of a table by the rules of a real chat, writing nothing, and print what came. The "
        "exit code is 1 when fewer than --min percent of it is as expected."
    )

    def add_arguments(self, parser):
        add = parser.add_argument
        add("path", metavar="SET.csv", help="With the columns question, expected, language, identity, conversation.")
        add("--tenant", required=True, metavar="LABEL")
        add("--bot", required=True, metavar="NAME", help="One of BOTS, or one that comes with the app.")
        add("--min", type=percent, default=90, metavar="PERCENT", help="How much has to be as expected; 90.")
        add("--save", metavar="RUN.json", help="Write what came to this file.")
        add("--against", metavar="RUN.json", help="Print what is different from this earlier run.")
        add("--json", action="store_true", help="Write one JSON object.")

    def handle(self, *, path, tenant, bot, **options):
        found, before = _tenant(tenant), _earlier(options["against"])
        if not (is_bot(bot) and is_asked_here(bot)):
            raise CommandError(f"There is no bot {bot} that the app asks.")
        try:
            rows = read_set(_read(path, MAX_BYTES), found)
            results = list(run(asking.place_of(found, bot, looks=False), rows, Dialogues(bot)))
        except SetRefused as refusal:
            for line, column, message in refusal.problems:
                self.stderr.write(unturned(f"line {line}{f', {column}' if column else ''}: {message}"))
            count = len(refusal.problems)
            raise CommandError(f"Nothing was asked: {count} error{'s' if count > 1 else ''} in {path}.") from refusal
        except ContactCenterError as refusal:
            raise CommandError(unturned(refusal.translated)) from refusal
        came = Run(found.label, bot, timezone.now().isoformat(timespec="seconds"), results)
        _save(options["save"], came)
        self._tell(came, difference(before, came) if before else None, options["json"])
        if came.percent < options["min"]:
            self.stderr.write(f"{came.percent:g} % is less than {options['min']:g} %.")
            sys.exit(1)

    def _tell(self, came, compared, as_json):
        if as_json:
            whole = {**came.as_json(), **({"difference": compared.as_json()} if compared else {})}
            self.stdout.write(json.dumps(whole, ensure_ascii=False))
            return
        for line in report.as_text(came):
            self.stdout.write(line)
        for line in report.difference_as_text(compared) if compared else ():
            self.stdout.write(line)


def percent(text):
    value = float(text)
    if not 0 <= value <= 100:
        raise ValueError(text)
    return value


def _tenant(label):
    found = tenant_labelled(label)
    if found is None:
        raise CommandError(f"There is no tenant {label}.")
    return found


def _earlier(path):
    if not path:
        return None
    try:
        return read_run(_read(path, FILE_BYTES_MOST))
    except ContactCenterError as refusal:
        raise CommandError(f"{path}: {refusal.message}") from refusal


def _read(path, most):
    try:
        with Path(path).open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _save(path, came):
    if not path:
        return
    try:
        Path(path).write_text(json.dumps(came.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
