"""Write a contact centre as a file that ``apply_centre`` reads.

manage.py export_centre --tenant LABEL | --schema
"""

import json

from django.core.management.base import BaseCommand, CommandError

from ...actions.setup.centre_file.schema import json_schema
from ...actions.setup.centre_file.writing import write_file
from ...exceptions import ContactCenterError
from ...queries.simulation import tenant_labelled


class Command(BaseCommand):
    help = "Write a contact centre to the standard output, as a file that apply_centre reads."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--tenant", metavar="LABEL")
        what.add_argument("--schema", action="store_true", help="Write the format's JSON Schema instead.")

    def handle(self, *, tenant, schema, **options):
        if schema:
            self.stdout.write(json.dumps(json_schema(), indent=2))
            return
        found = tenant_labelled(tenant)
        if found is None:
            raise CommandError(f"There is no tenant {tenant}.")
        try:
            self.stdout.write(write_file(found), ending="")
        except ContactCenterError as refusal:
            raise CommandError(refusal.translated) from refusal
