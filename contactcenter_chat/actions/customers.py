"""Which person is it? One person is one row."""

from django.db import IntegrityError, transaction

from ..models import Customer, CustomerIdentity
from ..models.base import max_length

NAME = "name"
CUSTOMER_ID = "customerId"
USER_ID = "userId"
EMAIL = "email"
EMAIL_VERIFIED = "emailVerified"
COMPANY = "company"
LANGUAGE = "language"
# Names that a wire has for itself; CUSTOMER_MAX_KEYS limits the others.
USUAL = {NAME, USER_ID, CUSTOMER_ID, EMAIL, "phone", COMPANY, "caseId", LANGUAGE, "ipaddress", "timezoneOffset"}

Kind = CustomerIdentity.Kind
VALUE_MAX = max_length(CustomerIdentity, "value")
PROFILE = {name: max_length(Customer, name) for name in (NAME, EMAIL, COMPANY, LANGUAGE)}


def find_or_create_customer(*, tenant, data):
    """Return the person these data are about, with name, e-mail, company and language brought up to date.

    A person is known by ``customerId`` or ``userId``, else by an ``email`` that ``emailVerified`` marks as verified;
    anybody else is a new row. Two calls at once for one person give one row.
    """
    identity = _identity(data)
    if identity is None:
        return Customer.objects.create(tenant=tenant, **_profile(data))
    customer = _known(tenant, *identity) or _create(tenant, identity, data)
    _update(customer, data)
    return customer


def _identity(data):
    """The kind and value by which these data name a person, or None."""
    if own_id := data.get(CUSTOMER_ID) or data.get(USER_ID):
        return Kind.CUSTOMER_ID, str(own_id)[:VALUE_MAX]
    if data.get(EMAIL) and str(data.get(EMAIL_VERIFIED, "")).lower() == "true":
        return Kind.EMAIL, str(data[EMAIL]).strip().lower()[:VALUE_MAX]
    return None


def _known(tenant, kind, value):
    identity = (
        CustomerIdentity.objects.select_related("customer").filter(tenant=tenant, kind=kind, value=value).first()
    )
    return identity and identity.customer


def _create(tenant, identity, data):
    kind, value = identity
    try:
        with transaction.atomic():
            customer = Customer.objects.create(tenant=tenant, **_profile(data))
            CustomerIdentity.objects.create(tenant=tenant, customer=customer, kind=kind, value=value)
    except IntegrityError:
        # Somebody else was first; the unique identity made us wait for that transaction, so its row is there now.
        return _known(tenant, kind, value)
    return customer


def _update(customer, data):
    changed = {name: value for name, value in _profile(data).items() if value and value != getattr(customer, name)}
    if changed:
        Customer.objects.filter(pk=customer.pk).update(**changed)
        for name, value in changed.items():
            setattr(customer, name, value)


def _profile(data):
    # A wire and the table have the same names for these.
    return {name: str(data.get(name) or "")[:longest] for name, longest in PROFILE.items()}
