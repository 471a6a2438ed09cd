"""Which person is it? One person is one row."""

import pytest

from contactcenter_chat.actions.customers import find_or_create_customer
from contactcenter_chat.models import Customer, CustomerIdentity
from contactcenter_chat.wire.chat_api_v2.names import CUSTOMER
from tests import factories
from tests.facts import fresh, nothing_written

PROFILE = ("tenant_id", "name", "email", "company", "language")
VERIFIED = {"email": "g@example.org", "emailVerified": "true"}


@pytest.fixture
def tenant(center):
    return center.tenant


def find(tenant, **data):
    return find_or_create_customer(tenant=tenant, data=data, names=CUSTOMER)


def identities(customer):
    return list(customer.identities.values_list("tenant", "kind", "value"))


def test_a_new_person(tenant):
    who = {"name": "Grace", "email": "g@example.org", "company": "Navy", "language": "en"}
    customer = find(tenant, customerId="s-1", topic="Fees", **who)
    assert fresh(customer, *PROFILE) == (tenant.pk, "Grace", "g@example.org", "Navy", "en")
    assert identities(customer) == [(tenant.pk, "customer_id", "s-1")]


def test_a_name_turns_nothing_that_stands_beside_it(tenant):
    customer = find(tenant, name="Grace\u202e Hopper", email="g@example.org\u2066", company="\u200f\u2060")
    assert fresh(customer, *PROFILE) == (tenant.pk, "Grace Hopper", "g@example.org", "", "")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"customerId": "s-1"}, {"customerId": "s-1", "email": "other@example.org"}),
        ({"customerId": "s-1"}, {"userId": "s-1"}),
        ({"customerId": 7}, {"customerId": "7"}),
        ({"customerId": "s-1", "userId": "u-1"}, {"customerId": "s-1", "userId": "u-2"}),
        (VERIFIED, {"email": " G@example.org ", "emailVerified": True}),
        ({"customerId": "x" * 400}, {"customerId": "x" * 320}),
    ],
)
def test_the_same_person(tenant, first, second):
    assert find(tenant, **first) == find(tenant, **second)
    assert Customer.objects.count() == CustomerIdentity.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"customerId": "s-1"}, {"customerId": "s-2"}),
        ({"customerId": "g@example.org"}, VERIFIED),
        (VERIFIED, {"email": "g@example.org"}),
        (VERIFIED, {**VERIFIED, "emailVerified": "false"}),
        ({"email": "g@example.org"}, {"email": "g@example.org"}),
        ({"name": "Grace"}, {"name": "Grace"}),
        ({}, {}),
    ],
)
def test_somebody_else(tenant, first, second):
    assert find(tenant, **first) != find(tenant, **second)


def test_who_is_known_to_another_tenant_is_somebody_else(tenant):
    other = factories.make_tenant().tenant
    assert find(tenant, customerId="s-1") != find(other, customerId="s-1")
    assert set(CustomerIdentity.objects.values_list("tenant", "value")) == {(tenant.pk, "s-1"), (other.pk, "s-1")}


def test_what_is_new_of_a_person_is_kept_and_what_is_missing_stays(tenant):
    find(tenant, customerId="s-1", name="Grace", company="Navy")
    customer = find(tenant, customerId="s-1", name="Grace Hopper", email="g@example.org", company="")
    expected = (tenant.pk, "Grace Hopper", "g@example.org", "Navy", "")
    assert fresh(customer, *PROFILE) == expected
    assert tuple(getattr(customer, name) for name in PROFILE) == expected


def test_what_is_known_changes_nothing(tenant):
    find(tenant, customerId="s-1", name="Grace")
    with nothing_written():
        find(tenant, customerId="s-1", name="Grace")


def test_what_is_too_long_is_cut(tenant):
    customer = find(tenant, name="n" * 300, email="e" * 400, company="c" * 300, language="l" * 40)
    assert fresh(customer, *PROFILE) == (tenant.pk, "n" * 255, "e" * 320, "c" * 255, "l" * 35)
