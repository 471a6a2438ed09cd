"""Is what is due by the clock done by one process at a time, and again when that one died?"""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models import F

from contactcenter_chat.actions.upkeep import duties
from contactcenter_chat.models import Duty
from contactcenter_chat.models.clock import NOW

EVERY, LEASE = timedelta(seconds=5), timedelta(seconds=30)


@pytest.fixture
def due(db):
    assert duties.due_duties(["sweep"]) == ["sweep"]


def later(seconds):
    """As if so much time had passed."""
    past = timedelta(seconds=seconds)
    Duty.objects.update(due_at=F("due_at") - past, began_at=F("began_at") - past, lease_until=F("lease_until") - past)


def test_what_was_never_done_is_due(db):
    assert duties.due_duties(["timers", "sweep"]) == ["timers", "sweep"]
    assert set(Duty.objects.values_list("name", "lease_until")) == {("timers", None), ("sweep", None)}


def test_while_somebody_is_at_it_nobody_else_takes_it(due):
    assert duties.take_duty("sweep", LEASE)
    assert duties.due_duties(["sweep"]) == []
    assert duties.take_duty("sweep", LEASE) is None


def test_it_is_due_again_so_long_after_it_was_begun(due):
    duties.end_duty("sweep", duties.take_duty("sweep", LEASE), EVERY)
    later(4.9)
    assert duties.due_duties(["sweep"]) == []
    later(0.2)
    assert duties.due_duties(["sweep"]) == ["sweep"]


def test_who_dies_at_it_leaves_it_to_others_and_who_is_late_does_not_end_theirs(due):
    first = duties.take_duty("sweep", LEASE)
    later(29)
    assert duties.due_duties(["sweep"]) == []
    later(2)
    second = duties.take_duty("sweep", LEASE)
    assert second
    duties.end_duty("sweep", first, EVERY)
    assert Duty.objects.get().lease_token == second
    assert Duty.objects.get().lease_until is not None


def test_the_times_are_the_databases(due, django_assert_num_queries):
    with django_assert_num_queries(1):
        token = duties.take_duty("sweep", LEASE)
    assert token
    row = Duty.objects.annotate(left=F("lease_until") - NOW).get()
    assert timedelta(seconds=25) < row.left <= LEASE


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_it_at_once_one_gets_it():
    duties.due_duties(["sweep"])
    start, found = threading.Barrier(8), []

    def take():
        start.wait()
        found.append(duties.take_duty("sweep", LEASE))
        connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(token is not None for token in found) == 1
