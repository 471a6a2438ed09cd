"""Register this project at a remote centre: a webhook that leads here, verified, and a channel."""

from django.core.management.base import BaseCommand, CommandError

from ...actions.remote.registration import set_up
from ...exceptions import ContactCenterError, Unreachable
from ...providers.remote import load_center


class Command(BaseCommand):
    help = "Registers webhook and channel at a remote centre. Running it twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the provider's name in PROVIDERS")
        parser.add_argument("--tenant", default="", help="the label of the contact centre that uses it")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *, name, tenant, dry_run, **options):
        try:
            done = set_up(name=name, tenant_label=tenant, dry_run=dry_run)
        except Unreachable as error:
            address = load_center(name).option("base_url")
            raise CommandError(
                f"Nobody answers at {address} as it should: its server must run. {error.message}"
            ) from error
        except ContactCenterError as error:
            raise CommandError(error.message) from error
        for sentence in done:
            self.stdout.write(sentence)
