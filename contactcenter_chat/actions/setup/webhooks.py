"""How is a webhook made, checked, changed and taken away?"""

from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _

from ...database import atomic
from ...encryption import decrypt, encrypt
from ...exceptions import Conflict, Invalid, NotFound, StaleRevision
from ...models import Receiver, Tenant, Webhook, clock
from ...models.base import max_length
from ...outbound import requests
from ...signature import new_secret
from ...storable import checked_name
from ...wire.base import format_for, versions
from ...wire.limits import WEBHOOK_NAME_MAX
from ..receivers import change_receiver, note_repaired, post_once
from .channels import apply_changes

URI_MAX = max_length(Receiver, "uri")


@dataclass(frozen=True)
class Verified:
    """What ``verify_uri`` returns: a URL that answered as it should, the secret it was signed to with, and the answer.

    It stands for this one URL and ``version``; ``create_webhook`` and ``update_webhook`` take it as ``verified``.
    """

    uri: str
    version: str
    secret: str = field(repr=False)
    answer: requests.Response | None = None


class VerificationFailed(Invalid):
    """The URL did not pass the verification."""

    def __init__(self, uri: str, answer: requests.Response) -> None:
        message, said = (
            _("The URL did not pass the verification. It answered %(said)s."),
            answer.status or answer.error,
        )
        if answer.status is None:
            message, said = _("The URL did not pass the verification. %(said)s"), answer.error
        super().__init__(message, said=said, field="uri", value=uri, code="verification_failed")
        self.answer = answer


def verify_uri(*, tenant: Tenant, uri: str, version: str, secret: str | None = None) -> Verified:
    """Post the format's verification to a URL and return it as Verified when it answers with any 2xx.

    ``secret`` is the webhook's, a new one by default. It waits for the receiver: never call it in a transaction.
    Raises Invalid, of which VerificationFailed holds the answer.
    """
    _check_version(version)
    _check_uri(uri)
    asked = Verified(uri, version, secret or new_secret())
    body = format_for(version).verify_body(version)
    answer = post_once(tenant, uri=uri, secret=asked.secret, body=body, at=clock.now())
    if not answer.ok:
        raise VerificationFailed(uri, answer)
    return replace(asked, answer=answer)


def create_webhook(*, tenant: Tenant, name: str, uri: str, version: str, verified: Verified | None = None) -> Webhook:
    """Make a webhook and return it. Raises Invalid.

    The URL is verified first, unless ``verified`` is what ``verify_uri`` returned for it: whoever calls this in a
    transaction verifies before.
    """
    name = checked_name(name, WEBHOOK_NAME_MAX)
    verified = verified or verify_uri(tenant=tenant, uri=uri, version=version)
    with atomic():
        receiver = Receiver.objects.create(tenant=tenant, uri=verified.uri, secret=encrypt(verified.secret))
        return Webhook.objects.create(receiver=receiver, tenant=tenant, name=name, version=verified.version)


def update_webhook(
    *, webhook: Webhook, expected_revision: int | None = None, verified: Verified | None = None, **changes: Any
) -> Webhook:
    """Change name, uri, version or enabled of a webhook and return it.

    A new URL or format is verified as in ``create_webhook``. Raises Invalid, and StaleRevision when
    ``expected_revision`` is given and is not the webhook's.
    """
    if "name" in changes:
        changes["name"] = checked_name(changes["name"], WEBHOOK_NAME_MAX)
    if expected_revision not in (None, webhook.revision):
        raise StaleRevision()
    if needs_verification(webhook, **changes):
        verified = verified or verify_uri(
            tenant=webhook.tenant,
            uri=changes.get("uri", webhook.receiver.uri),
            version=changes.get("version", webhook.version),
            secret=decrypt(webhook.receiver.secret),
        )
    own: dict[str, Any] = {name: changes.pop(name) for name in ("name", "version") if name in changes}
    with atomic():
        webhook = apply_changes(webhook, expected_revision, own)
        change_receiver(webhook.receiver, forget_failures=bool(verified), **changes)
    return webhook


def needs_verification(
    webhook: Webhook, *, uri: str | None = None, version: str | None = None, **changes: Any
) -> bool:
    """Whether these changes lead to another URL or format than was verified."""
    known = (webhook.receiver.uri, webhook.version)
    return (uri or known[0], version or known[1]) != known


def verify_webhook(webhook: Webhook) -> requests.Response:
    """Verify a webhook's URL anew and return the answer; one that we switched off because it failed is on again.

    Raises VerificationFailed, which holds the answer, and Invalid.
    """
    receiver = webhook.receiver
    secret = decrypt(receiver.secret)
    verified = verify_uri(tenant=webhook.tenant, uri=receiver.uri, version=webhook.version, secret=secret)
    note_repaired(receiver)
    return cast(requests.Response, verified.answer)  # it was made just now


def delete_webhook(webhook: Webhook) -> None:
    """Take a webhook away; what it is still owed is not sent.

    Raises NotFound, and Conflict while a channel uses it.
    """
    with atomic():
        row = Webhook.objects.alive().select_for_update().filter(pk=webhook.pk).first()
        if row is None:
            raise NotFound("Webhook", webhook.pk)
        if row.channels.alive().exists():
            raise Conflict(_("A channel uses this webhook."))
        row.deleted_at = clock.now()
        row.save(update_fields=["deleted_at"])
        Receiver.objects.filter(pk=row.pk).update(enabled=False, disabled_reason="")


def _check_version(version: str) -> None:
    known = versions()
    if version not in known:
        raise Invalid(
            _("Unknown version %(version)s; known: %(known)s."),
            version=version,
            known=", ".join(known),
            field="version",
            value=version,
        )


def _check_uri(uri: str) -> None:
    if len(uri) > URI_MAX:
        raise Invalid(_("May not be longer than %(most)s characters."), most=URI_MAX, field="uri")
    if not _is_url(uri):
        raise Invalid(_("Must be an http or https URL without a user name."), field="uri", value=uri)


def _is_url(uri: str) -> bool:
    # Django's validator refuses names without a dot, which are usual inside a project's own network.
    try:
        parts = urlsplit(uri)
        is_complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    has_secret = "@" in parts.netloc  # would be shown to whoever sees the URL
    return is_complete and not has_secret and uri.isprintable() and " " not in uri
