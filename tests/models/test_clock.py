"""The time that counts for all processes is the database's, whatever this one's says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat.models import SweepRun, clock
from contactcenter_chat.models.clock import NOW, DatabaseSeconds, database_now, seconds_ahead

pytestmark = pytest.mark.django_db
OFF = [timedelta(hours=-1), timedelta(0), timedelta(hours=1)]


@pytest.fixture(params=OFF, ids=str)
def off(request, monkeypatch):
    """By how much the clock of this process is ahead."""
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + request.param)
    return request.param


def is_near(moment, off):
    return abs(timezone.now() - off - moment) < timedelta(seconds=5)


def test_it_is_asked_for(off):
    assert is_near(database_now(), off)


def test_verbs_know_it(off):
    assert is_near(clock.now(), off)


@pytest.mark.postgresql
def test_it_is_asked_for_once_a_minute_and_after_a_jump(monkeypatch, django_assert_num_queries):
    watch, wall = [1000.0], [timezone.now()]
    monkeypatch.setattr(clock.time, "monotonic", lambda: watch[0])
    monkeypatch.setattr(timezone, "now", lambda: wall[0])
    monkeypatch.setattr(clock, "_asked", None)

    def asks(count, *, seconds=0, jumps=0):
        watch[0] += seconds
        wall[0] += timedelta(seconds=seconds + jumps)
        with django_assert_num_queries(count):
            return clock.now()

    first = asks(1)
    assert asks(0, seconds=30) == first + timedelta(seconds=30)
    asks(1, seconds=30)
    asks(0, seconds=1, jumps=0.9)
    asks(1, jumps=3600)  # it was set
    asks(0)
    asks(1, jumps=-3600)
    asks(0)
    asks(1, jumps=600)  # the machine was asleep: its stop-watch stood still


@pytest.mark.postgresql
def test_it_is_never_ahead(monkeypatch):
    monkeypatch.setattr(clock, "_asked", None)
    for _ in range(20):
        assert clock.now() <= database_now()


def test_it_is_written_and_compared_in_statements(off):
    run = SweepRun.objects.create(ran_at=NOW)
    run.refresh_from_db()
    assert is_near(run.ran_at, off)
    assert SweepRun.objects.filter(ran_at__lte=NOW).exists()
    assert not SweepRun.objects.filter(ran_at__gt=NOW).exists()
    SweepRun.objects.update(ran_at=NOW + timedelta(minutes=1))
    assert not SweepRun.objects.filter(ran_at__lte=NOW + timedelta(seconds=59)).exists()
    assert SweepRun.objects.filter(ran_at__lte=NOW + timedelta(seconds=60)).exists()


def test_it_is_counted_in_seconds(off):
    SweepRun.objects.create()
    counted = SweepRun.objects.values_list(DatabaseSeconds(), flat=True).get()
    assert abs(counted - database_now().timestamp()) < 5


def test_how_far_this_process_is_off(off):
    assert abs(seconds_ahead() - off.total_seconds()) < 5
