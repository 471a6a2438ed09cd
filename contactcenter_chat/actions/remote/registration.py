"""What must a remote centre have before it can answer our customers? A webhook that leads to us, and a channel."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as _

from ...exceptions import Invalid, NotFound
from ...models import Receiver, Tenant
from ...providers.remote import RemoteCenter, load_center
from ..receivers import ensure_receiver


@dataclass
class SetUp:
    """What was done, or with ``dry_run`` would be, in sentences."""

    dry_run: bool
    done: list[str] = field(default_factory=list)

    def tell(self, told: str, would: str = "") -> None:
        self.done.append(would if self.dry_run and would else told)


def set_up(*, name: str, tenant_label: str = "", dry_run: bool = False) -> list[str]:
    """See that the remote centre of this name tells us what happens there; return what was done, in sentences.

    A second time changes nothing. It calls the centre, which calls us: never in a transaction. Raises Invalid,
    NotFound, and what the centre's refusals stand for.
    """
    provider = _remote_provider(name)
    tenant = _tenant(name, tenant_label)
    steps = SetUp(dry_run)
    receiver = _receiver(provider, tenant, steps)
    webhook_id = _webhook(provider, tenant, steps)
    if not dry_run:
        provider.verify(provider.option("callback_url"))
        steps.tell("The centre posted its verification to us, and we answered it.")
    channel_id = _channel(provider, tenant, webhook_id, steps)
    if receiver and not dry_run and receiver.remote_channel != channel_id:
        Receiver.objects.filter(pk=receiver.pk).update(remote_channel=channel_id)
    return steps.done


def _remote_provider(name: str) -> RemoteCenter:
    try:
        provider = load_center(name)
    except KeyError as error:
        raise Invalid(_("PROVIDERS has no %(name)s."), name=repr(name)) from error
    if not provider.is_remote:
        raise Invalid(_("%(name)s is not a remote centre."), name=repr(name))
    for option in ("callback_url",) if provider.option("channel") else ("callback_url", "queue"):
        if not provider.option(option):
            raise Invalid(
                _("The option %(option)s of %(name)s is needed for this."), option=repr(option), name=repr(name)
            )
    return provider


def _tenant(name: str, label: str) -> Tenant:
    """Whose remote centre it is: the one named, the one that has it, or the only one there is."""
    if label:
        found = list(Tenant.objects.filter(label=label))
        if not found:
            raise Invalid(_("There is no tenant %(label)s."), label=label)
    else:
        found = list(Tenant.objects.filter(receivers__provider=name)) or list(Tenant.objects.all()[:2])
    if len(found) != 1:
        raise Invalid(_("Say for which contact centre, with --tenant."))
    return found[0]


def _receiver(provider: RemoteCenter, tenant: Tenant, steps: SetUp) -> Receiver | None:
    known = Receiver.objects.filter(provider=provider.name).first()
    if known is None:
        steps.tell(
            f"{provider.name} now belongs to {tenant.label}.", f"{provider.name} would belong to {tenant.label}."
        )
        return None if steps.dry_run else ensure_receiver(tenant, provider)
    ensure_receiver(tenant, provider)  # refuses another contact centre's
    if known.uri != provider.option("base_url") and not steps.dry_run:
        Receiver.objects.filter(pk=known.pk).update(uri=provider.option("base_url"))
    return known


def _webhook(provider: RemoteCenter, tenant: Tenant, steps: SetUp) -> str:
    body = provider.shapes.webhook(name=_name(provider, tenant), uri=provider.option("callback_url"))
    found = next((row for row in provider.webhooks() if row.get("name") == body["name"]), None)
    return _save(provider, steps, kind="webhook", path=provider.webhooks_path, body=body, found=found)


def _channel(provider: RemoteCenter, tenant: Tenant, webhook_id: str, steps: SetUp) -> str:
    if channel_id := provider.option("channel"):
        found = next((row for row in provider.channels() if str(row.get("id")) == channel_id), None)
        if found is None:
            raise NotFound("Channel", channel_id)
        body = provider.shapes.channel(
            name=found.get("name"), webhook_id=webhook_id, queue_id=provider.shapes.queue_of(found)
        )
    else:
        body = provider.shapes.channel(
            name=_name(provider, tenant), webhook_id=webhook_id, queue_id=provider.option("queue")
        )
        found = next((row for row in provider.channels() if row.get("name") == body["name"]), None)
    return _save(provider, steps, kind="channel", path=provider.channels_path, body=body, found=found)


def _save(
    provider: RemoteCenter, steps: SetUp, *, kind: str, path: str, body: dict[str, Any], found: dict[str, Any] | None
) -> str:
    """Make a row there, or change it where it is not as it should be; return its id."""
    if found is None:
        row_id = "" if steps.dry_run else provider.save(path, body)
        steps.tell(f"Made the {kind} {body['name']} ({row_id}).", f"Would make the {kind} {body['name']}.")
        return row_id
    row_id = str(found.get("id"))
    if all(found.get(name) == value for name, value in body.items() if name in found):
        steps.tell(f"The {kind} {body['name']} ({row_id}) is as it should be.")
        return row_id
    if not steps.dry_run:
        provider.save(path, body, row_id)
    steps.tell(f"Changed the {kind} {body['name']} ({row_id}).", f"Would change the {kind} {body['name']} ({row_id}).")
    return row_id


def _name(provider: RemoteCenter, tenant: Tenant) -> str:
    return f"{tenant.label} ({provider.name})"
