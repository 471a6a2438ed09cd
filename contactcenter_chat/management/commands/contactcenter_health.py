"""Is the contact centre well? For people and for monitors.

manage.py contactcenter_health [--json]
"""

import json
import sys

from django.core.management.base import BaseCommand

from ...queries.health import report


class Command(BaseCommand):
    help = "Show how late deliveries and routing are. The exit code is 1 when something is wrong."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="Write one JSON object.")

    def handle(self, **options):
        found = report()
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self._write(found)
        if found["problems"]:
            sys.exit(1)

    def _write(self, found):
        for subject, figures in found.items():
            if subject == "problems":
                continue
            for name, value in figures.items():
                shown = "never" if value is None else f"{value:.1f}" if isinstance(value, float) else value
                self.stdout.write(f"{subject:>13}  {name.replace('_', ' '):<28} {shown}")
        for problem in found["problems"]:
            self.stdout.write(self.style.ERROR(problem))
        if not found["problems"]:
            self.stdout.write(self.style.SUCCESS("All is well."))
