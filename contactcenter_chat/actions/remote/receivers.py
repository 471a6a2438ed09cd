"""Which row stands for a remote centre? A webhook's, so that it has lanes, retries and health as any receiver."""

from django.utils.translation import gettext_noop as _

from ...encryption import encrypt
from ...exceptions import Conflict
from ...models import Webhook
from ...signature import new_secret


def ensure_receiver(tenant, provider):
    """Return the row that stands for a remote centre, made if need be. Raises Conflict when another tenant has it."""
    row, _made = Webhook.objects.get_or_create(
        provider=provider.name,
        defaults={
            "tenant": tenant,
            "name": provider.name,
            "uri": provider.option("base_url"),
            "version": provider.format,
            "secret": encrypt(new_secret()),
        },
    )
    if row.tenant_id != tenant.pk:
        raise Conflict(_("The provider %(provider)s belongs to another contact centre."), provider=provider.name)
    return row
