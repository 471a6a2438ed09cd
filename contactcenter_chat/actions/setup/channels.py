"""How is a channel made, changed and taken away?"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext_noop as _

from ...bots.base import is_bot
from ...conf import settings
from ...database import atomic
from ...exceptions import Invalid, NotFound, StaleRevision, invalid_id
from ...models import Channel, Queue, Receiver, Tenant, Webhook, clock
from ...models.base import max_length
from ...models.channels import BOT_SECONDS, STICKY_SECONDS, BotFencing, ChannelIdentity, Pace, ReopenTo
from ...storable import checked_name

Revised = TypeVar("Revised", Channel, Webhook)

NAME_MAX = max_length(Channel, "name")
REOPEN_HOURS_MOST = 2**31 - 1  # which the column holds: for ever
AFTER_THE_END = ("reopen_hours", "sticky_seconds", "reopen_to", "keeps_thanks")  # what becomes of what is written then
POLICY = (*AFTER_THE_END, "tells_own_words", "has_presence", "bot", "bot_fencing", "bot_seconds", "identity")


def create_channel(
    *,
    tenant: Tenant,
    name: str,
    webhook: Webhook,
    queue: Queue,
    provider: str = "default",
    pace: str = Pace.LIVE,
    **policy: Any,
) -> Channel:
    """Make a channel and return it.

    ``pace`` is one of ``models.channels.Pace``, ``policy`` what of POLICY is not as usual. Raises Invalid.
    """
    checked = _checked(tenant, name=name, webhook=webhook, queue=queue, provider=provider, pace=pace)
    return Channel.objects.create(tenant=tenant, **checked, **_checked_policy(policy))


def update_channel(*, channel: Channel, expected_revision: int | None = None, **changes: Any) -> Channel:
    """Change name, webhook, queue, provider, pace or what is of POLICY of a channel, and return it.

    Another pace holds for what is queued from then on. Raises Invalid, and StaleRevision when ``expected_revision`` is
    given and is not the channel's.
    """
    policy = _checked_policy({name: changes.pop(name) for name in POLICY if name in changes})
    changes = {**_checked(channel.tenant, **changes), **policy}
    if changes.get("provider", channel.provider) != channel.provider and channel.conversations.exists():
        raise Invalid(_("Its conversations stay with their provider. Make another channel."), field="provider")
    with atomic():
        return apply_changes(channel, expected_revision, changes)


def delete_channel(channel: Channel) -> None:
    """Take a channel away; its conversations stay, new ones cannot start."""
    Channel.objects.alive().filter(pk=channel.pk).update(deleted_at=clock.now())


def apply_changes(row: Revised, expected_revision: int | None, changes: Mapping[str, Any]) -> Revised:
    """Write changes of a row that has a revision, and return the row as it is then. Expects a transaction.

    Raises NotFound when it was deleted meanwhile, StaleRevision.
    """
    found = type(row).objects.alive().select_for_update(no_key=True, of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise NotFound(type(row).__name__, row.pk)
    row = found
    if expected_revision not in (None, row.revision):
        raise StaleRevision()
    for name, value in changes.items():
        setattr(row, name, value)
    row.revision += 1
    row.updated_at = clock.now()
    row.save()
    return row


def _checked(
    tenant: Tenant,
    *,
    name: str | None = None,
    webhook: Webhook | None = None,
    queue: Queue | None = None,
    provider: str | None = None,
    pace: str | None = None,
) -> dict[str, Any]:
    """Return what of this is given, as it is kept. Raises Invalid."""
    if webhook is not None and (webhook.tenant_id != tenant.pk or webhook.deleted_at):
        raise invalid_id("webhook", webhook.pk)
    if queue is not None and queue.tenant_id != tenant.pk:
        raise invalid_id("queue", queue.pk)
    if provider is not None and provider not in settings.PROVIDERS:
        raise Invalid(_("There is no provider %(provider)s."), provider=provider, field="provider", value=provider)
    if provider is not None and Receiver.objects.filter(provider=provider).exclude(tenant=tenant).exists():
        raise Invalid(
            _("The provider %(provider)s belongs to another contact centre."),
            provider=provider,
            field="provider",
            value=provider,
        )
    if pace is not None and pace not in Pace.values:
        raise Invalid(_("There is no pace %(pace)s."), pace=pace, field="pace", value=pace)
    name = name if name is None else checked_name(name, NAME_MAX)
    given = {"name": name, "webhook": webhook, "queue": queue, "provider": provider, "pace": pace}
    return {field: value for field, value in given.items() if value is not None}


def _check_seconds(given: Mapping[str, Any]) -> None:
    for name, (least, most) in (("sticky_seconds", STICKY_SECONDS), ("bot_seconds", BOT_SECONDS)):
        if given.get(name) is not None and not least <= given[name] <= most:
            raise Invalid(_("From %(least)s to %(most)s seconds."), least=least, most=most, field=name)


def _checked_policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return this as it is kept; None for what the settings say. Raises Invalid."""
    given = dict(policy)
    _check_seconds(given)
    if given.get("reopen_hours") is not None and not 0 <= given["reopen_hours"] <= REOPEN_HOURS_MOST:
        raise Invalid(_("From %(least)s to %(most)s hours."), least=0, most=REOPEN_HOURS_MOST, field="reopen_hours")
    if "reopen_to" in given:
        given["reopen_to"] = given["reopen_to"] or ""
        if given["reopen_to"] not in ("", *ReopenTo.values):
            raise Invalid(_("This is none of the choices."), field="reopen_to", value=given["reopen_to"])
    for name, choices in (("bot_fencing", BotFencing), ("identity", ChannelIdentity)):
        if name in given and given[name] not in choices.values:
            raise Invalid(_("This is none of the choices."), field=name, value=given[name])
    if "bot" in given:
        given["bot"] = given["bot"] or ""
    if given.get("bot") and not is_bot(given["bot"]):
        raise Invalid(_("There is no bot %(bot)s."), bot=given["bot"], field="bot", value=given["bot"])
    if given.get("reopen_to") == ReopenTo.BOT and not (settings.BOTS or given.get("bot")):
        raise Invalid(_("There is no bot: the setting BOTS names none."), field="reopen_to", value=ReopenTo.BOT)
    return given
