"""Does a process keep time beside its tasks?"""

import threading

import pytest
from django.db import OperationalError

from contactcenter_chat.workers import clock


@pytest.fixture
def thread(monkeypatch):
    monkeypatch.setattr(clock, "LOOK_SECONDS", 0.001)
    made = clock.ClockThread()
    yield made
    made.stop()


def test_it_looks_again_and_again_whatever_goes_wrong(thread, caplog):
    looks, enough = [], threading.Event()

    def look():
        looks.append(threading.current_thread().name)
        if len(looks) == 3:
            enough.set()
        raise ValueError("not now")

    thread.start(look)
    assert enough.wait(10)
    thread.stop()
    count = len(looks)
    assert set(looks) == {"contactcenter-clock"}
    assert "The clock could not look" in caplog.text
    assert len(looks) == count


def test_a_database_that_is_away_is_a_line_in_the_log(thread, caplog):
    enough = threading.Event()

    def look():
        enough.set()
        raise OperationalError("It is away.")

    thread.start(look)
    assert enough.wait(10)
    thread.stop()
    assert {record.getMessage() for record in caplog.records} == {"The clock could not look: It is away."}
    assert all(record.exc_info is None for record in caplog.records)


def test_a_process_has_one(thread):
    looking = threading.Event()
    thread.start(looking.set)
    before = threading.active_count()
    thread.start(looking.set)
    assert threading.active_count() == before
    assert looking.wait(10)


def test_it_ends_when_what_it_is_at_is_done(thread):
    began, go_on, done = threading.Event(), threading.Event(), []

    def look():
        began.set()
        go_on.wait(10)
        done.append(True)

    thread.start(look)
    began.wait(10)
    threading.Timer(0.01, go_on.set).start()
    thread.stop()
    assert done == [True]
