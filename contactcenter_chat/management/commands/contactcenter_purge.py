"""Delete what is older than the settings keep it.

manage.py contactcenter_purge [--dry-run]
"""

from django.core.management.base import BaseCommand

from ...actions.upkeep.retention import purge


class Command(BaseCommand):
    help = "Delete old deliveries, idempotency records and, where the settings say so, conversations."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only count.")

    def handle(self, *, dry_run, **options):
        for kind, count in purge(dry_run=dry_run).items():
            self.stdout.write(f"{count:>10}  {kind.replace('_', ' ')}")
        if dry_run:
            self.stdout.write("Nothing was deleted.")
