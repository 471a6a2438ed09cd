"""How is a channel made, changed and taken away?"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ...conf import settings
from ...exceptions import Invalid, NotFound, StaleRevision
from ...models import Channel, Queue, Receiver, Tenant, Webhook
from ...models.base import max_length
from ...storable import check_text

Revised = TypeVar("Revised", Channel, Webhook)

NAME_MAX_LENGTH = max_length(Channel, "name")


def create_channel(*, tenant: Tenant, name: str, webhook: Webhook, queue: Queue, provider: str = "default") -> Channel:
    """Make a channel and return it. Raises Invalid."""
    _check(tenant, name=name, webhook=webhook, queue=queue, provider=provider)
    return Channel.objects.create(tenant=tenant, name=name, webhook=webhook, queue=queue, provider=provider)


def update_channel(*, channel: Channel, expected_revision: int | None = None, **changes: Any) -> Channel:
    """Change name, webhook, queue or provider of a channel and return it.

    Raises Invalid, and StaleRevision when ``expected_revision`` is given and is not the channel's.
    """
    _check(channel.tenant, **changes)
    if changes.get("provider", channel.provider) != channel.provider and channel.conversations.exists():
        raise Invalid(_("Its conversations stay with their provider. Make another channel."), field="provider")
    with transaction.atomic():
        return apply_changes(channel, expected_revision, changes)


def delete_channel(channel: Channel) -> None:
    """Take a channel away; its conversations stay, new ones cannot start."""
    Channel.objects.alive().filter(pk=channel.pk).update(deleted_at=timezone.now())


def apply_changes(row: Revised, expected_revision: int | None, changes: Mapping[str, Any]) -> Revised:
    """Write changes of a row that has a revision, and return the row as it is then. Expects a transaction.

    Raises NotFound when it was deleted meanwhile, StaleRevision.
    """
    found = type(row).objects.alive().select_for_update(no_key=True, of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise NotFound("WebHook" if isinstance(row, Webhook) else "Channel", row.pk)
    row = found
    if expected_revision not in (None, row.revision):
        raise StaleRevision()
    for name, value in changes.items():
        setattr(row, name, value)
    row.revision += 1
    row.updated_at = timezone.now()
    row.save()
    return row


def _check(
    tenant: Tenant,
    *,
    name: str | None = None,
    webhook: Webhook | None = None,
    queue: Queue | None = None,
    provider: str | None = None,
) -> None:
    check_text(name or "", "name")
    if name is not None and not name.strip():
        raise Invalid(_("May not be empty."), field="name", value=name)
    if name is not None and len(name) > NAME_MAX_LENGTH:
        raise Invalid(_("May not be longer than %(most)s characters."), most=NAME_MAX_LENGTH, field="name")
    if webhook is not None and (webhook.tenant_id != tenant.pk or webhook.deleted_at):
        raise Invalid(
            _("Webhook %(id)s is invalid."), id=webhook.pk, field="webhook", value=webhook.pk, code="invalid_webhook"
        )
    if queue is not None and queue.tenant_id != tenant.pk:
        raise Invalid(_("Queue %(id)s is invalid."), id=queue.pk, field="queue", value=queue.pk, code="invalid_queue")
    if provider is not None and provider not in settings.PROVIDERS:
        raise Invalid(_("There is no provider %(provider)s."), provider=provider, field="provider", value=provider)
    if provider is not None and Receiver.objects.filter(provider=provider).exclude(tenant=tenant).exists():
        raise Invalid(
            _("The provider %(provider)s belongs to another contact centre."),
            provider=provider,
            field="provider",
            value=provider,
        )
