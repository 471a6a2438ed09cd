"""Is every refused callback counted, however many come and whenever the process stops?"""

import subprocess
import sys
import threading

import pytest
from django.db import DatabaseError

from contactcenter_chat.actions.remote import rejections
from contactcenter_chat.models import CallbackRejection
from tests.factories import make_tenant


@pytest.fixture
def timers(monkeypatch):
    """The timers that were started, instead of starting them."""
    started = []

    class Timer:
        def __init__(self, seconds, function):
            self.seconds, self.function = seconds, function

        def start(self):
            started.append(self)

    monkeypatch.setattr(rejections.threading, "Timer", Timer)
    monkeypatch.setattr(rejections, "COUNT_SECONDS", 3600)
    return started


def refuse(tenant, reason="bad_signature", times=1):
    for _ in range(times):
        rejections.count_rejection(tenant_id=tenant.pk, provider="vendor", reason=reason)


def counted():
    return dict(CallbackRejection.objects.values_list("reason", "count"))


@pytest.mark.django_db
def test_the_first_is_written_at_once_and_the_rest_by_the_timer(timers, django_assert_num_queries):
    tenant = make_tenant().tenant
    refuse(tenant)
    assert (counted(), timers) == ({"bad_signature": 1}, [])
    with django_assert_num_queries(0):
        refuse(tenant, times=99)
    refuse(tenant, "outside_window", times=2)
    (timer,) = timers
    assert (timer.seconds, timer.daemon) == (3600, True)
    assert counted() == {"bad_signature": 1, "outside_window": 1}
    rejections.write_rest()
    assert counted() == {"bad_signature": 100, "outside_window": 2}
    with django_assert_num_queries(0):
        rejections.write_rest()
        refuse(tenant)
    assert len(timers) == 2
    rejections.write_rest()
    assert counted() == {"bad_signature": 101, "outside_window": 2}


@pytest.mark.django_db
def test_a_count_that_cannot_be_written_is_logged_and_the_others_are_written(timers, monkeypatch, caplog):
    tenant, usual = make_tenant().tenant, rejections._write
    refuse(tenant, times=3)
    refuse(tenant, "outside_window", times=3)

    def write(tenant_id, provider, reason, count):
        if reason == "bad_signature":
            raise DatabaseError("gone")
        usual(tenant_id, provider, reason, count)

    monkeypatch.setattr(rejections, "_write", write)
    rejections.write_rest()
    assert counted() == {"bad_signature": 1, "outside_window": 3}
    assert "2 refused callbacks could not be counted" in caplog.text


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_threads_at_once_lose_none(timers):
    tenant = make_tenant().tenant
    start = threading.Barrier(4)

    def flood():
        start.wait(20)
        refuse(tenant, times=50)
        rejections._write_in_thread()

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted() == {"bad_signature": 200}


STOPPING = """
import django
django.setup()
from contactcenter_chat.actions.remote import rejections
rejections._write = lambda *key: print(*key)
for _ in range(5):
    rejections.count_rejection(tenant_id="t", provider="vendor", reason="bad_signature")
"""


def test_a_process_that_stops_writes_the_rest():
    """Its timer, which would have done so, is given up."""
    done = subprocess.run([sys.executable, "-c", STOPPING], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["t vendor bad_signature 1", "t vendor bad_signature 4"]
