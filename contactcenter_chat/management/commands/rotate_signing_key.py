"""Sign callbacks with a new key from now on.

manage.py rotate_signing_key LABEL [--overlap-days N]
"""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from ...actions.setup.tenants import OVERLAP, rotate_signing_key
from ...models import Tenant


class Command(BaseCommand):
    help = "Make a tenant's new signing key. The one before stays published for the overlap."

    def add_arguments(self, parser):
        parser.add_argument("label", help="The tenant's.")
        parser.add_argument("--overlap-days", type=float, default=OVERLAP.days, help="Default: %(default)s.")

    def handle(self, *, label, overlap_days, **options):
        tenant = Tenant.objects.filter(label=label).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {label}.")
        if overlap_days < 0:
            raise CommandError("The overlap must be 0 days or more.")
        key = rotate_signing_key(tenant, overlap=timedelta(days=overlap_days))
        self.stdout.write(f"{key.pk} signs now.")
