"""Why did an interaction go where it went, and would it go there once more?

manage.py explain_routing INTERACTION [--json]
"""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime

from ...isolates import unturned
from ...models import Interaction
from ...queries.decisions import explained, replay
from ...storable import CONTROL

TITLES = ("agent", "level", "skills and languages", "step", "load", "idle since", "ruled out")
REPLAYED = {True: "same", False: "differs", None: "cannot be replayed"}


class Command(BaseCommand):
    help = (
        "Show each decision of an interaction, and ask the router once more with what was kept. The exit code is 1 "
        "when it answers otherwise."
    )

    def add_arguments(self, parser):
        parser.add_argument("interaction", metavar="INTERACTION", help="Its id, as the admin's page shows it.")
        parser.add_argument("--json", action="store_true", help="Write one JSON object.")

    def handle(self, *, interaction, **options):
        found = Interaction.objects.filter(pk=interaction).first()
        if found is None:
            raise CommandError(f"There is no interaction {interaction}.")
        told = [(decision, replay(decision)) for decision in explained(found)]
        if options["json"]:
            decisions = [_as_json(decision, replayed) for decision, replayed in told]
            self.stdout.write(json.dumps({"interaction": found.pk, "decisions": decisions}))
        else:
            self._write(told)
        if any(replayed.same is False for _decision, replayed in told):
            sys.exit(1)

    def _write(self, told):
        if not told:
            self.stdout.write("Nobody was chosen for it.")
        for decision, replayed in told:
            chosen = f"{decision.chosen} was chosen" if decision.chosen else "nobody was chosen"
            at = localtime(decision.made_at).isoformat(" ", "milliseconds")
            self.stdout.write(_plain(f"{at}  {chosen} ({decision.rule})"))
            if decision.sentence:
                self.stdout.write(_plain(decision.sentence))
            for line in _table([TITLES, *map(_row, decision.considered)]):
                self.stdout.write(f"  {line}")
            style = {True: self.style.SUCCESS, False: self.style.ERROR, None: self.style.WARNING}[replayed.same]
            why = f" ({replayed.why})" if replayed.why else ""
            self.stdout.write(style(_plain(f"replayed: {REPLAYED[replayed.same]}{why}")) + "\n\n")


def _plain(text):
    """Without what would steer a terminal, or turn the direction of what is beside it."""
    return CONTROL.sub(" ", unturned(text))


def _row(candidate):
    load = f"{candidate.load}/{candidate.capacity}" if candidate.capacity else ""
    idle = localtime(candidate.idle_since).isoformat(" ", "seconds") if candidate.idle_since else ""
    cells = (candidate.name, candidate.level, candidate.levels, candidate.step, load, idle, candidate.ruled_out)
    return [_plain(str(cell or "–")) for cell in cells]


def _table(rows):
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _as_json(decision, replayed):
    return {
        "made_at": decision.made_at.isoformat(),
        "router": decision.router,
        "agent": decision.record.agent_id or None,
        "agent_name": decision.chosen,
        "sentence": unturned(decision.sentence),
        "request": decision.record.request,
        "candidates": list(map(_candidate_as_json, decision.considered, decision.record.considered)),
        "replayed": {"same": replayed.same, "why": replayed.why},
    }


def _candidate_as_json(candidate, kept):
    return {**kept, "name": candidate.name, "ruled_out_because": candidate.ruled_out}
