"""Have a contact centre be as a file says: compare, show what would change, change it.

manage.py apply_centre FILE --tenant LABEL [--create] [--create-users] [--prune] [--dry-run] [--json]
"""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ...actions.setup.centre_file.applying import Options, Users, apply_file, apply_to_new
from ...actions.setup.centre_file.faults import FileRefused
from ...actions.setup.centre_file.tree import MAX_BYTES
from ...exceptions import ContactCenterError
from ...isolates import unturned
from ...queries.simulation import tenant_labelled

STDIN = "-"


class Command(BaseCommand):
    help = "Make, change and, if asked to, remove what a centre's file describes, all or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", help="The file, YAML in UTF-8; - reads it from the standard input.")
        parser.add_argument("--tenant", required=True, metavar="LABEL")
        parser.add_argument("--create", action="store_true", help="Make the tenant when there is none.")
        parser.add_argument("--create-users", action="store_true", help="Make missing users, without passwords.")
        parser.add_argument("--prune", action="store_true", help="Remove what the sections of the file do not name.")
        parser.add_argument("--dry-run", action="store_true", help="Only show what would be done.")
        parser.add_argument("--json", action="store_true", help="Write one JSON object.")

    def handle(self, *, file, tenant, **options):
        users = Users.MADE if options["create_users"] else Users.KNOWN
        how = Options(users=users, prune=options["prune"], dry_run=options["dry_run"])
        try:
            plan = _apply(_content(file), tenant, how, options["create"])
        except FileRefused as refusal:
            for fault in refusal.told:
                self.stderr.write(unturned(fault.told))
            if refusal.more:
                self.stderr.write(refusal.more_told)
            count = len(refusal.faults)
            errors = f"{count} error{'s' if count > 1 else ''}" if refusal.is_all else f"{count} errors or more"
            raise CommandError(f"Nothing was applied: {errors} in {file}.") from refusal
        except ContactCenterError as refusal:
            raise CommandError(refusal.translated) from refusal
        if options["dry_run"]:
            self.stderr.write("dry run: nothing is applied")
        for kept in plan.kept:
            self.stderr.write(f"stays: {unturned(kept.told)}")
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_json(), ensure_ascii=False))
            return
        self.stdout.write("\n".join(plan.lines) if plan.lines else "nothing to do")


def _content(file):
    try:
        if file == STDIN:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _apply(content, label, options, create):
    """Return the plan, which has been applied unless it is only to be shown."""
    found = tenant_labelled(label)
    if found is None and not create:
        raise CommandError(f"There is no tenant {label}; --create makes it.")
    if found is None:
        return apply_to_new(content, label=label, options=options)
    return apply_file(content, tenant=found, options=options)
