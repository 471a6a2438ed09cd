"""Which person is it? One person is one row."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError

from ..database import atomic
from ..models import Customer, CustomerIdentity, Tenant
from ..models.base import max_length
from ..storable import shown_name
from ..wire.base import CustomerNames

Kind = CustomerIdentity.Kind
VALUE_MAX = max_length(CustomerIdentity, "value")
PROFILE = {name: max_length(Customer, name) for name in ("name", "email", "company", "language")}


def find_or_create_customer(*, tenant: Tenant, data: Mapping[str, Any], names: CustomerNames) -> Customer:
    """Return the person these data are about, with name, e-mail, company and language brought up to date.

    ``names`` (a ``wire.base.CustomerNames``) says what the data are called. A person is known by an id of the
    business's own, else by an e-mail address that is marked as verified; anybody else is a new row. Two calls at once
    for one person give one row.
    """
    identity, profile = _identity(data, names), _profile(data, names)
    if identity is None:
        return Customer.objects.create(tenant=tenant, **profile)
    customer = _known(tenant, *identity) or _create(tenant, identity, profile)
    _update(customer, profile)
    return customer


def is_known(data: Mapping[str, Any], names: CustomerNames) -> bool:
    """Whether these data name a person, and not just anybody."""
    return _identity(data, names) is not None


def language_of(data: Mapping[str, Any], names: CustomerNames) -> str:
    """Return the language that these data name; empty when they name none."""
    return _profile(data, names)["language"]


def _identity(data: Mapping[str, Any], names: CustomerNames) -> tuple[str, str] | None:
    """The kind and value by which these data name a person, or None."""
    if own_id := next((data[name] for name in names.own_ids if data.get(name)), None):
        return Kind.CUSTOMER_ID, str(own_id)[:VALUE_MAX]
    if data.get(names.email) and str(data.get(names.email_verified, "")).lower() == "true":
        return Kind.EMAIL, str(data[names.email]).strip().lower()[:VALUE_MAX]
    return None


def _known(tenant: Tenant, kind: str, value: str) -> Customer | None:
    identity = (
        CustomerIdentity.objects.select_related("customer").filter(tenant=tenant, kind=kind, value=value).first()
    )
    return identity.customer if identity else None


def _create(tenant: Tenant, identity: tuple[str, str], profile: dict[str, str]) -> Customer:
    kind, value = identity
    try:
        with atomic():
            customer = Customer.objects.create(tenant=tenant, **profile)
            CustomerIdentity.objects.create(tenant=tenant, customer=customer, kind=kind, value=value)
    except IntegrityError:
        # Somebody else was first; the unique identity made us wait for that transaction, so its row is there now.
        if known := _known(tenant, kind, value):
            return known
        raise
    return customer


def _update(customer: Customer, profile: dict[str, str]) -> None:
    changed = {name: value for name, value in profile.items() if value and value != getattr(customer, name)}
    if changed:
        # Nothing comes back of a person who was forgotten since we looked.
        Customer.objects.filter(pk=customer.pk, erasure=None).update(**changed)
        for name, value in changed.items():
            setattr(customer, name, value)


def _profile(data: Mapping[str, Any], names: CustomerNames) -> dict[str, str]:
    """What a customer's row keeps of them."""
    return {
        field: shown_name(str(data.get(getattr(names, field)) or ""))[:longest] for field, longest in PROFILE.items()
    }
