"""Which row stands for a remote centre? A receiver's: it has lanes, retries and health as a webhook has."""

from django.utils.translation import gettext_noop as _

from ...encryption import encrypt
from ...exceptions import Conflict
from ...models import Receiver, Tenant
from ...providers.remote import RemoteCenter
from ...signature import new_secret


def ensure_receiver(tenant: Tenant, provider: RemoteCenter) -> Receiver:
    """Return the row that stands for a remote centre, made if need be. Raises Conflict when another tenant has it."""
    row, _made = Receiver.objects.get_or_create(
        provider=provider.name,
        defaults={
            "tenant": tenant,
            "kind": Receiver.Kind.REMOTE_CENTER,
            "uri": provider.option("base_url"),
            "format": provider.format,
            "secret": encrypt(new_secret()),
        },
    )
    if row.tenant_id != tenant.pk:
        raise Conflict(_("The provider %(provider)s belongs to another contact centre."), provider=provider.name)
    return row
