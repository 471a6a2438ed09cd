"""Who wants no conversations that the business begins? Whoever said so, and who else has that address or id."""

import hashlib

from django.db.models import QuerySet

from ..models import Customer, CustomerIdentity, OptOut

Kind = CustomerIdentity.Kind


def is_out(customer: Customer) -> bool:
    """Whether this customer wants none."""
    return bool(customer.opted_out_at) or opt_outs_of(customer, digests_of(customer)).exists()


def opt_outs_of(customer: Customer, digests: list[str]) -> QuerySet[OptOut]:
    """Return what was noted of these addresses and ids."""
    return OptOut.objects.filter(tenant=customer.tenant_id, digest__in=digests)


def digests_of(customer: Customer, *, with_claimed: bool = True) -> list[str]:
    """Return the digests of the ids and addresses that a customer has, in order, so that two at once take turns.

    Without those that are ``claimed``, an address that somebody may have typed is not among them.
    """
    names = set(customer.identities.values_list("kind", "value"))
    if customer.email and with_claimed:
        names.add((Kind.EMAIL, customer.email))
    return sorted({_digest(customer.tenant_id, kind, value) for kind, value in names})


def _digest(tenant_id: str, kind: str, value: str) -> str:
    own = value.strip().lower() if kind == Kind.EMAIL else value
    return hashlib.sha256("\0".join([tenant_id, kind, own]).encode()).hexdigest()
