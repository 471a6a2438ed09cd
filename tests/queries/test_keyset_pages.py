"""Is a long table read newest first, every row once, with bounded steps?"""

from datetime import UTC, datetime, timedelta

import pytest

from contactcenter_chat.models import Customer, Delivery
from contactcenter_chat.queries import keyset_pages
from contactcenter_chat.queries.keyset_pages import Merged, Place, Table, every, page
from tests.factories import make_tenant

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def tenant():
    return make_tenant().tenant


def make_customers(tenant, count, *, apart=timedelta(minutes=1)):
    """Customers, the newest first."""
    rows = [Customer(tenant=tenant, name=f"{n}", created_at=NOON - n * apart) for n in range(count)]
    Customer.objects.bulk_create(rows)
    return rows


def pages(wanted, size):
    """The names on each page, until the end."""
    source, before, found = Table(Customer.objects.all(), "created_at"), None, []
    while True:
        one = page(source, wanted, before=before, size=size)
        found.append(one)
        if one.older is None:
            return found
        before = Place.parse(str(one.older))


def names(pages):
    by_pk = Customer.objects.in_bulk()
    return [[by_pk[pk].name for pk in one.pks] for one in pages]


def test_pages_follow_each_other_newest_first(tenant):
    make_customers(tenant, 7)
    assert names(pages(Customer.objects.all(), 3)) == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_a_full_last_page_is_the_last(tenant):
    make_customers(tenant, 6)
    assert names(pages(Customer.objects.all(), 3)) == [["0", "1", "2"], ["3", "4", "5"]]


def test_rows_of_one_moment_come_once_each(tenant):
    make_customers(tenant, 25, apart=timedelta(0))
    found = [pk for one in pages(Customer.objects.all(), 4) for pk in one.pks]
    assert len(found) == 25
    assert set(found) == set(Customer.objects.values_list("pk", flat=True))


def test_an_empty_table_has_one_empty_page(tenant):
    assert names(pages(Customer.objects.all(), 3)) == [[]]


def test_only_what_is_wanted_is_found(tenant, monkeypatch):
    monkeypatch.setattr(keyset_pages, "FIRST_STEP", 4)
    make_customers(tenant, 50)
    assert names(pages(Customer.objects.filter(name__endswith="9"), 2)) == [["9", "19"], ["29", "39"], ["49"]]


def test_a_page_that_cannot_be_filled_says_how_far_it_looked(tenant, monkeypatch):
    monkeypatch.setattr(keyset_pages, "FIRST_STEP", 10)
    monkeypatch.setattr(keyset_pages, "LARGEST_STEP", 10)
    monkeypatch.setattr(keyset_pages, "LOOK_AT_MOST", 20)
    make_customers(tenant, 50)
    first, second, third = pages(Customer.objects.filter(name__in=["3", "45"]), 5)
    assert names([first, second, third]) == [["3"], [], ["45"]]
    assert first.looked_to == NOON - timedelta(minutes=19)
    assert second.looked_to == NOON - timedelta(minutes=39)
    assert third.looked_to is None


def test_steps_grow(tenant, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(keyset_pages, "FIRST_STEP", 2)
    make_customers(tenant, 40)
    with django_assert_num_queries(6):  # 2, 8 and 32 rows, and what of them is wanted
        page(Table(Customer.objects.all(), "created_at"), Customer.objects.filter(name="39"), size=5)


def test_rows_of_several_sources_are_in_one_order(tenant):
    make_customers(tenant, 9)
    even = Table(Customer.objects.filter(name__in="02468"), "created_at", "id")
    odd = Table(Customer.objects.filter(name__in="1357"), "created_at", "id")
    small = Table(Customer.objects.filter(name__in="0123"), "created_at", "id")
    merged, before, found = Merged(even, odd, small), None, []
    while True:
        one = page(merged, Customer.objects.exclude(name="4"), before=before, size=3)
        found.append(one)
        if one.older is None:
            break
        before = one.older
    assert names(found) == [["0", "1", "2"], ["3", "5", "6"], ["7", "8"]]


def test_a_place_that_one_of_several_sources_does_not_know_is_none(tenant):
    deliveries = Table(Delivery.objects.all(), "created_at", "id")
    assert Merged(Table(Customer.objects.all(), "created_at")).knows(Place(NOON, "abc"))
    assert not Merged(Table(Customer.objects.all(), "created_at"), deliveries).knows(Place(NOON, "abc"))


def test_every_key_comes_once(tenant, monkeypatch):
    monkeypatch.setattr(keyset_pages, "FIRST_STEP", 3)
    customers = make_customers(tenant, 20)
    batches = list(every(Table(Customer.objects.all(), "created_at"), Customer.objects.all(), size=6))
    assert [pk for batch in batches for pk in batch] == [customer.pk for customer in customers]


@pytest.mark.parametrize("text", ["", "x", "-", "123", "123-", "-abc", "1e5-abc", "99999999999999999-abc", "²-a"])
def test_what_is_no_place_is_none(text):
    assert Place.parse(text) is None


def test_a_place_survives_its_text():
    place = Place(NOON + timedelta(microseconds=123456), "AaID-_x")
    assert Place.parse(str(place)) == place
