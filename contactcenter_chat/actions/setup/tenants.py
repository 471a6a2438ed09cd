"""How is a contact centre set up, and how do its keys come and go?"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext_noop as _

from ...database import atomic
from ...encryption import encrypt
from ...exceptions import Conflict, Invalid
from ...isolates import unturned
from ...masking import patterns
from ...models import ApiKey, Queue, SigningKey, Tenant, clock
from ...models.base import max_length, new_id
from ...models.tenants import LABEL
from ...signature import new_keys
from ...storable import check_text


def scope(subject: str, how: str) -> str:
    """Return the name of a scope, which keys of every format have: ``read`` or ``write`` of a subject."""
    return f"vcc-chat.{subject}.{how}"


SCOPES = (
    *(scope(what, how) for what in ("webhooks", "channels", "conversations") for how in ("read", "write")),
    scope("articles", "read"),
)
DEFAULT_QUEUE = "Default"
PREFIX_MAX = max_length(ApiKey, "prefix")
OVERLAP = timedelta(days=7)


@dataclass(frozen=True)
class NewKey:
    """An API key with what is shown this once and stored only as a hash."""

    api_key: ApiKey
    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class NewTenant(NewKey):
    """A tenant with its default queue and its first key."""

    tenant: Tenant
    queue: Queue


def create_tenant(*, label: str, name: str = "") -> NewTenant:
    """Set up a contact centre with a default queue, a signing key and an API key; return a NewTenant.

    Raises Invalid for a label that cannot stand in a path, Conflict when it is taken.
    """
    with atomic():
        tenant = create_empty_tenant(label=label, name=name)
        queue = Queue.objects.create(tenant=tenant, name=DEFAULT_QUEUE)
        new = create_api_key(tenant=tenant, name=DEFAULT_QUEUE)
    return NewTenant(api_key=new.api_key, key=new.key, secret=new.secret, tenant=tenant, queue=queue)


def create_empty_tenant(*, label: str, name: str = "") -> Tenant:
    """Set up a contact centre without a queue and without an API key, and return it; it can sign.

    Raises Invalid for a label that cannot stand in a path, Conflict when it is taken.
    """
    check_text(name, "name")
    try:
        LABEL(label)
    except ValidationError as error:
        raise Invalid(error.messages[0], field="label", value=label) from error
    with atomic():
        tenant = _create_tenant(label, unturned(name))
        rotate_signing_key(tenant)
    return tenant


def update_tenant(
    tenant: Tenant,
    *,
    name: str,
    administrators: Iterable[AbstractBaseUser] | None = None,
    masked_patterns: str | None = None,
    reference_patterns: str | None = None,
) -> None:
    """Rename a contact centre, choose the staff who administer it, say what is masked; what is None stays as it is.

    Raises Invalid for patterns that are none, as in ``masking.patterns``.
    """
    check_text(name, "name")
    said = {"masked_patterns": masked_patterns, "reference_patterns": reference_patterns}
    changed = {name_of: lines for name_of, lines in said.items() if lines is not None}
    for name_of, lines in changed.items():
        _check_patterns(lines, name_of)
    with atomic():
        tenant.name = unturned(name)
        for name_of, lines in changed.items():
            setattr(tenant, name_of, lines)
        tenant.save(update_fields=["name", *changed])
        if administrators is not None:
            tenant.administrators.set(administrators)  # type: ignore[arg-type]  # the project's users


def _check_patterns(lines: str, field: str) -> None:
    check_text(lines, field)
    try:
        patterns.check(lines)
    except ValidationError as error:
        raise Invalid(error.messages[0], field=field) from None


def create_api_key(*, tenant: Tenant, name: str, scopes: Iterable[str] = SCOPES) -> NewKey:
    """Make a key for a client application; return a NewKey. Raises Invalid for an unknown scope."""
    check_text(name, "name")
    if unknown := set(scopes) - set(SCOPES):
        raise Invalid(_("Unknown scope %(scope)s."), scope=min(unknown), field="scopes", value=min(unknown))
    key, secret = f"cck_{secrets.token_urlsafe(32)}", secrets.token_urlsafe(32)
    api_key = ApiKey.objects.create(
        tenant=tenant,
        name=unturned(name),
        prefix=key[:PREFIX_MAX],
        key_hash=hash_secret(key),
        secret_hash=hash_secret(secret),
        scopes=list(scopes),
    )
    return NewKey(api_key=api_key, key=key, secret=secret)


def revoke_api_key(api_key: ApiKey) -> None:
    """Stop a key and all tokens given for it, at once."""
    ApiKey.objects.filter(pk=api_key.pk, revoked_at=None).update(revoked_at=clock.now())


def hash_secret(text: str) -> str:
    """Return the SHA-256 of a random secret, as hex: 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def rotate_signing_key(tenant: Tenant, *, overlap: timedelta = OVERLAP) -> SigningKey:
    """Make a new signing key and return it; those before retire and stay published for the overlap."""
    kid = new_id()
    rsa_private, ed25519_private, public_jwk = new_keys(kid)
    now = clock.now()
    with atomic():
        tenant.signing_keys.filter(retired_at=None).update(retired_at=now, published_until=now + overlap)
        return SigningKey.objects.create(
            pk=kid,
            tenant=tenant,
            rsa_private=encrypt(rsa_private),
            ed25519_private=encrypt(ed25519_private),
            public_jwk=public_jwk,
        )


def _create_tenant(label: str, name: str) -> Tenant:
    try:
        with atomic():
            return Tenant.objects.create(label=label, name=name)
    except IntegrityError as error:
        raise Conflict(_("There is a tenant %(label)s already."), label=label) from error
