"""How is something posted to a receiver, what does its answer or failure mean, and when is it told again?"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop as _

from .. import signals
from ..conf import settings
from ..database import after_commit, atomic
from ..encryption import encrypt
from ..exceptions import Conflict
from ..models import Lane, Receiver, Tenant, Webhook
from ..models.base import new_id
from ..models.clock import NOW, DatabaseTime
from ..outbound import requests
from ..outbound.retry import breaker_pause
from ..providers.remote import RemoteCenter
from ..queries.signing_keys import signer_for
from ..signature import Transmission, new_secret
from ..wire.base import encode, milliseconds
from ..workers import wakeup

SLOW_SHARE = 1 / 3  # of CALLBACK_TIMEOUT: who takes longer for a 2xx is slow
GONE, FAILING = "gone", "failing"  # why a receiver was switched off
GOOD_HEALTH = {"failures": 0, "slow_answers": 0, "failing_since": None, "paused_until": None, "disabled_reason": ""}


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


def post_once(tenant: Tenant, *, uri: str, secret: str, body: dict[str, Any], at: datetime) -> requests.Response:
    """Post something signed to an address outside of any lane: one attempt, of which nothing is written down.

    It waits for the receiver: never call it in a transaction.
    """
    transmission = Transmission(
        tenant=tenant.label, event_id=new_id(), sent_at=milliseconds(at), retry=0, body=encode(body).encode()
    )
    return requests.post_signed(signer_for(tenant.pk), transmission, uri=uri, secret=secret)


def note_success(receiver: Receiver, seconds: float = 0.0) -> None:
    """It answered with 2xx, after so long. When its circuit was open, everything that waits for it is due now."""
    is_slow = seconds > settings.CALLBACK_TIMEOUT * SLOW_SHARE
    if not (is_slow or receiver.slow_answers or receiver.failures or receiver.failing_since):
        return
    was_open = receiver.failures >= settings.BREAKER_FAILURES
    receiver.failures, receiver.failing_since = 0, None
    receiver.slow_answers = receiver.slow_answers + 1 if is_slow else 0
    slow_answers = F("slow_answers") + 1 if is_slow else 0  # others may count as well
    Receiver.objects.filter(pk=receiver.pk).update(failures=0, failing_since=None, slow_answers=slow_answers)
    if was_open:
        Lane.objects.filter(receiver=receiver, due_at__gt=NOW).update(due_at=NOW)
        wakeup.wake_delivery()


def note_failure(receiver: Receiver, *, gone: bool = False, pause: float = 0.0) -> bool:
    """It did not answer with 2xx: pause it, or switch it off. Returns whether it may be posted to now.

    ``gone``: it wants no callbacks any more; ``pause``: for how many seconds it asked to be left alone.
    """
    with atomic():
        rows = Receiver.objects.select_for_update(no_key=True)
        row = rows.annotate(read_at=DatabaseTime()).get(pk=receiver.pk)
        now = row.read_at
        row.failing_since = row.failing_since or now
        if not _is_paused(row, now):  # else this attempt was under way when the circuit opened
            row.failures += 1
            pause = max(pause, breaker_pause(row.failures))
        if pause:
            row.paused_until = max(row.paused_until or now, now + timedelta(seconds=pause))
        _switch_off(row, GONE if gone else FAILING if _fails_for_long(row, now) else "")
        row.save(update_fields=["failing_since", "failures", "paused_until", "enabled", "disabled_reason"])
    receiver.failures, receiver.failing_since = row.failures, row.failing_since
    return row.enabled and not _is_paused(row, now)


def note_repaired(receiver: Receiver) -> None:
    """It was tried and answers: on again is one that was switched off because it failed."""
    failed = Receiver.objects.filter(pk=receiver.pk).exclude(disabled_reason="")  # a deleted webhook's has no reason
    if failed.update(**GOOD_HEALTH, enabled=True):
        wakeup.wake_delivery()


def change_receiver(receiver: Receiver, *, forget_failures: bool = False, **changes: Any) -> None:
    """Change where a receiver is, or whether it is told; what it was not told goes out once it is.

    To ``forget_failures``, as for one that is switched on, switches on one that was switched off because of them.
    """
    with atomic():
        row = Receiver.objects.select_for_update(no_key=True).get(pk=receiver.pk)  # it may have failed meanwhile
        if forget_failures or changes.get("enabled"):
            was_on = {"enabled": True} if row.disabled_reason else {}
            changes = {**GOOD_HEALTH, **was_on, **changes}
        for name, value in changes.items():
            setattr(row, name, value)
            setattr(receiver, name, value)
        row.save(update_fields=[*changes])
        after_commit(wakeup.wake_delivery)


def _is_paused(receiver: Receiver, now: datetime) -> bool:
    return receiver.paused_until is not None and receiver.paused_until > now


def _fails_for_long(receiver: Receiver, now: datetime) -> bool:
    # A single failure long ago, and one today, say little.
    often, since = receiver.failures >= settings.BREAKER_FAILURES, receiver.failing_since or now
    return often and now - since >= timedelta(days=settings.WEBHOOK_FAILING_DAYS)


def _switch_off(receiver: Receiver, reason: str) -> None:
    if reason and receiver.enabled:
        receiver.enabled, receiver.disabled_reason = False, reason
        after_commit(_announce, receiver, reason)


def _announce(receiver: Receiver, reason: str) -> None:
    signals.receiver_disabled.send_robust(sender=Receiver, receiver=receiver, reason=reason)
    if receiver.kind == Receiver.Kind.WEBHOOK:
        webhook = Webhook.objects.select_related("receiver").get(pk=receiver.pk)
        signals.webhook_disabled.send_robust(sender=Webhook, webhook=webhook, reason=reason)
