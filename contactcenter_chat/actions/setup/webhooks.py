"""How is a webhook made, checked, changed and taken away, and what does it mean that it answers or fails?"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from ... import signals
from ...conf import settings
from ...encryption import decrypt, encrypt
from ...exceptions import Conflict, Invalid, StaleRevision
from ...models import Lane, Webhook
from ...models.base import max_length, new_id
from ...models.channels import WireVersion
from ...outbound import requests
from ...outbound.retry import breaker_pause
from ...queries.signing_keys import signer_for
from ...signature import Transmission, new_secret
from ...wire.base import encode, format_for, milliseconds
from ...workers import wakeup
from .channels import apply_changes

NAME_MAX_LENGTH = max_length(Webhook, "name")
URI_MAX_LENGTH = max_length(Webhook, "uri")
GONE, FAILING = "gone", "failing"  # why a webhook was switched off


@dataclass(frozen=True)
class Verified:
    """A URL that answered as it should, the secret it was signed to with, and the answer."""

    uri: str
    version: str
    secret: str
    answer: requests.Response | None = None


class VerificationFailed(Invalid):
    """The URL did not pass the verification."""

    def __init__(self, uri, answer):
        said = answer.error if answer.status is None else f"It answered {answer.status}."
        super().__init__(f"{self.__doc__} {said}", field="uri", value=uri, code="verification_failed")
        self.answer = answer


def verify_uri(*, tenant, uri, version, secret=None):
    """Post the format's verification to a URL and return it as Verified when it answers with any 2xx.

    ``secret`` is the webhook's, a new one by default. It waits for the receiver: never call it in a transaction.
    Raises Invalid.
    """
    _check_version(version)
    _check_uri(uri)
    asked = Verified(uri, version, secret or new_secret())
    answer = _post_verification(tenant, asked)
    if answer.status is None or not 200 <= answer.status < 300:
        raise VerificationFailed(uri, answer)
    return replace(asked, answer=answer)


def create_webhook(*, tenant, name, uri, version, verified=None):
    """Make a webhook and return it. Raises Invalid.

    The URL is verified first, unless ``verified`` is what ``verify_uri`` returned for it: whoever calls this in a
    transaction verifies before.
    """
    _check_name(name)
    verified = verified or verify_uri(tenant=tenant, uri=uri, version=version)
    return Webhook.objects.create(
        tenant=tenant, name=name, uri=verified.uri, version=verified.version, secret=encrypt(verified.secret)
    )


def update_webhook(*, webhook, expected_revision=None, verified=None, **changes):
    """Change name, uri, version or enabled of a webhook and return it.

    A new URL or format is verified as in ``create_webhook``. Raises Invalid, and StaleRevision when
    ``expected_revision`` is given and is not the webhook's.
    """
    if "name" in changes:
        _check_name(changes["name"])
    if expected_revision not in (None, webhook.revision):
        raise StaleRevision()
    if needs_verification(webhook, **changes):
        verified = verified or verify_uri(
            tenant=webhook.tenant,
            uri=changes.get("uri", webhook.uri),
            version=changes.get("version", webhook.version),
            secret=decrypt(webhook.secret),
        )
    if verified or changes.get("enabled"):
        changes = _in_good_health(webhook) | changes
    with transaction.atomic():
        webhook = apply_changes(webhook, expected_revision, changes)
        transaction.on_commit(wakeup.wake_delivery)
    return webhook


def needs_verification(webhook, *, uri=None, version=None, **changes):
    """Whether these changes lead to another URL or format than was verified."""
    return (uri or webhook.uri, version or webhook.version) != (webhook.uri, webhook.version)


def verify_webhook(webhook):
    """Verify a webhook's URL anew and return the answer; one that we switched off because it failed is on again.

    Raises VerificationFailed, which holds the answer, and Invalid.
    """
    verified = verify_uri(
        tenant=webhook.tenant, uri=webhook.uri, version=webhook.version, secret=decrypt(webhook.secret)
    )
    if webhook.disabled_reason:
        Webhook.objects.filter(pk=webhook.pk).update(**_in_good_health(webhook))
        wakeup.wake_delivery()
    return verified.answer


def delete_webhook(webhook):
    """Take a webhook away; what it is still owed is not sent. Raises Conflict while a channel uses it."""
    with transaction.atomic():
        row = Webhook.objects.alive().select_for_update().get(pk=webhook.pk)
        if row.provider:
            raise Conflict("It stands for a remote centre. Take that out of the settings.")
        if row.channels.alive().exists():
            raise Conflict("A channel uses this webhook.")
        row.deleted_at = timezone.now()
        row.save(update_fields=["deleted_at"])


def note_success(webhook):
    """It answered with 2xx. When its circuit was open, everything that waits for it is due now."""
    if not webhook.failures and not webhook.failing_since:
        return
    was_open = webhook.failures >= settings.BREAKER_FAILURES
    webhook.failures, webhook.failing_since = 0, None
    Webhook.objects.filter(pk=webhook.pk).update(failures=0, failing_since=None)
    if was_open:
        now = timezone.now()
        Lane.objects.filter(webhook=webhook, due_at__gt=now).update(due_at=now)
        wakeup.wake_delivery()


def note_failure(webhook, *, gone=False, pause=0.0):
    """It did not answer with 2xx: pause it, or switch it off. Returns whether it may be posted to now.

    ``gone``: it wants no callbacks any more; ``pause``: for how many seconds it asked to be left alone.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
        row.failing_since = row.failing_since or now
        if not _is_paused(row, now):  # else this attempt was under way when the circuit opened
            row.failures += 1
            pause = max(pause, breaker_pause(row.failures))
        if pause:
            row.paused_until = max(row.paused_until or now, now + timedelta(seconds=pause))
        _switch_off(row, GONE if gone else FAILING if _fails_for_long(row, now) else "")
        row.save(update_fields=["failing_since", "failures", "paused_until", "enabled", "disabled_reason"])
    webhook.failures, webhook.failing_since = row.failures, row.failing_since
    return row.enabled and not _is_paused(row, now)


def _in_good_health(webhook):
    changes = {"failures": 0, "failing_since": None, "paused_until": None, "disabled_reason": ""}
    return changes | {"enabled": True} if webhook.disabled_reason else changes


def _is_paused(webhook, now):
    return webhook.paused_until is not None and webhook.paused_until > now


def _fails_for_long(webhook, now):
    # A single failure long ago, and one today, say little.
    often = webhook.failures >= settings.BREAKER_FAILURES
    return often and now - webhook.failing_since >= timedelta(days=settings.WEBHOOK_FAILING_DAYS)


def _switch_off(webhook, reason):
    if reason and webhook.enabled:
        webhook.enabled, webhook.disabled_reason = False, reason
        transaction.on_commit(
            partial(signals.webhook_disabled.send_robust, sender=Webhook, webhook=webhook, reason=reason)
        )


def _post_verification(tenant, verified):
    body = format_for(verified.version).verify_body(verified.version)
    transmission = Transmission(
        tenant=tenant.label,
        event_id=new_id(),
        sent_at=milliseconds(timezone.now()),
        retry=0,
        body=encode(body).encode(),
    )
    headers = signer_for(tenant.pk).headers(transmission, verified.secret)
    return requests.post(verified.uri, transmission.body, headers)


def _check_name(name):
    if not name.strip():
        raise Invalid("May not be empty.", field="name", value=name)
    if len(name) > NAME_MAX_LENGTH:
        raise Invalid(f"May not be longer than {NAME_MAX_LENGTH} characters.", field="name")


def _check_version(version):
    if version not in WireVersion.values:
        known = ", ".join(WireVersion.values)
        raise Invalid(f"Unknown version {version}; known: {known}.", field="version", value=version)


def _check_uri(uri):
    if len(uri) > URI_MAX_LENGTH:
        raise Invalid(f"May not be longer than {URI_MAX_LENGTH} characters.", field="uri")
    if not _is_url(uri):
        raise Invalid("Must be an http or https URL without a user name.", field="uri", value=uri)


def _is_url(uri):
    # Django's validator refuses names without a dot, which are usual inside a project's own network.
    try:
        parts = urlsplit(uri)
        is_complete = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    has_secret = "@" in parts.netloc  # would be shown to whoever sees the URL
    return is_complete and not has_secret and uri.isprintable() and " " not in uri
