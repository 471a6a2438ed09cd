"""What tests rely on when they say that nothing was written."""

import pytest
from django.db import transaction
from django.db.models import F

from contactcenter_chat.models import Agent, Customer, Queue
from tests import factories
from tests.facts import nothing_written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def center():
    center = factories.make_center()
    factories.make_agent(center.tenant, center.queue)
    factories.start_conversation(center.channel)
    return center


WRITE = {
    "a row is there": lambda center: factories.make_queue(center.tenant),
    "a row is gone": lambda center: Agent.objects.get().memberships.all().delete(),
    "a value is another": lambda center: Queue.objects.update(priority=F("priority") + 1),
    "a value is there": lambda center: Agent.objects.update(rested_at="2026-01-01T00:00Z"),
    "JSON is another": lambda center: Queue.objects.update(texts={"closed": {"en": "Closed."}}),
    "a table of two others": lambda center: factories.make_agent(center.tenant).memberships.create(queue=center.queue),
    "one row for another": lambda center: Customer.objects.update(tenant=factories.make_tenant().tenant),
}


@pytest.mark.parametrize("what", WRITE)
def test_whatever_is_written_is_found(what, center):
    with pytest.raises(AssertionError), nothing_written():
        WRITE[what](center)


def test_what_is_taken_back_or_only_read_is_not():
    with nothing_written():
        assert Agent.objects.get()
        with transaction.atomic():
            Queue.objects.update(priority=5)
            transaction.set_rollback(True)


@pytest.mark.postgresql
def test_it_costs_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2), nothing_written():
        pass
