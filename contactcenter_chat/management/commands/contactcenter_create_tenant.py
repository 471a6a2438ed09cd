"""Set up a contact centre: a tenant with its default queue and its first API key.

manage.py contactcenter_create_tenant LABEL [--name NAME] [--json]
"""

import json

from django.core.management.base import BaseCommand, CommandError

from ...actions.setup.tenants import create_tenant
from ...exceptions import ContactCenterError


class Command(BaseCommand):
    help = "Make a tenant, its default queue and an API key. The key's secret is shown this once."

    def add_arguments(self, parser):
        parser.add_argument("label", help="Stands in the API's paths; letters, digits, hyphen and underscore.")
        parser.add_argument("--name", default="", help="The name that people see; the label without it.")
        parser.add_argument("--json", action="store_true", help="Let the last line be one JSON object.")

    def handle(self, *, label, name, **options):
        try:
            new = create_tenant(label=label, name=name)
        except ContactCenterError as error:
            raise CommandError(error.message) from error
        made = {
            "tenant": new.tenant.label,
            "api_key": new.key,
            "api_secret": new.secret,
            "queue_id": new.queue.pk,
        }
        if options["json"]:
            self.stdout.write(json.dumps(made))
            return
        self.stdout.write(self.style.SUCCESS(f"{new.tenant} is set up. The secret is not shown again."))
        for title, value in made.items():
            self.stdout.write(f"{title:>10}  {value}")
