"""How many messages does a wake-up put into the broker, whoever wants it and however often?"""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from contactcenter_chat.models import Wakeup
from contactcenter_chat.workers import wakeup

DELIVER, ROUTE = (wakeup.DELIVER, ()), (wakeup.ROUTE, ("queue",))
pytestmark = pytest.mark.postgresql  # elsewhere each wake-up is sent


@pytest.fixture
def sent(monkeypatch, wakeups_with_rows):
    """What goes to the broker, with rows that say what waits there."""
    found = []
    monkeypatch.setattr(wakeup, "send", lambda task, arguments: found.append((task, tuple(arguments))) or True)
    return found


@pytest.fixture
def sender():
    made = wakeup.WakeupThread()
    yield made
    if made._thread:
        made._thread.join()


def wait(sender):
    while thread := sender._thread:
        thread.join()


def on():
    return set(Wakeup.objects.filter(asked_at__isnull=False).values_list("name", flat=True))


@pytest.mark.django_db(transaction=True)
def test_one_message_waits_until_its_task_begins(sent, monkeypatch):
    monkeypatch.setattr(wakeup, "IDLE_SECONDS", 0.05)
    for processes in range(1, 4):
        sender = wakeup.WakeupThread()
        sender.wake(wakeup.DELIVER)
        sender.wake(wakeup.ROUTE, "queue")
        wait(sender)
        assert sorted(sent) == [DELIVER, ROUTE], processes
        assert on() == {"deliver", "route:queue"}
    wakeup.begun(wakeup.DELIVER)
    assert on() == {"route:queue"}
    sender.wake(wakeup.DELIVER)
    wait(sender)
    assert sent.count(DELIVER) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_that_turn_it_on_at_once_one_succeeds():
    start, found = threading.Barrier(8), []

    def turn_on():
        start.wait()
        found.extend(Wakeup.objects.turn_on(["deliver"]))
        connections.close_all()

    for _round in range(5):
        threads = [threading.Thread(target=turn_on) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == ["deliver"]
        found.clear()
        wakeup.begun(wakeup.DELIVER)


@pytest.mark.django_db(transaction=True)
def test_what_is_on_is_only_read(django_assert_num_queries):
    Wakeup.objects.turn_on(["deliver", "route:queue"])
    with django_assert_num_queries(1) as asked:
        assert Wakeup.objects.turn_on(["deliver", "route:queue"]) == []
    assert asked[0]["sql"].startswith("SELECT")


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_sent_is_tried_by_the_next_who_wants_it(sent, sender, monkeypatch):
    monkeypatch.setattr(wakeup, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(wakeup, "send", lambda task, arguments: bool(sent.append(task)))
    sender.wake(wakeup.DELIVER)
    wait(sender)
    assert (sent, on()) == ([wakeup.DELIVER], set())


@pytest.mark.django_db
def test_without_the_database_each_is_sent(sent, monkeypatch, caplog):
    def fail():
        raise RuntimeError("gone")

    monkeypatch.setattr(wakeup, "_wakeups", fail)
    monkeypatch.setattr(connection, "close", lambda: None)
    assert wakeup.turned_on([DELIVER, ROUTE]) == [DELIVER, ROUTE]
    assert "Could not see which tasks wait, all are started: gone" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "last_sent", "is_sent"),
    [(2, 2, False), (8, 8, True), (30, 10, False), (30, 16, True), (300, 100, False), (300, 160, True)],
)
def test_what_the_broker_lost_is_sent_again_after_twice_the_time(sent, asked, last_sent, is_sent):
    """Both times are seconds ago."""
    now = timezone.now()
    times = {"asked_at": now - timedelta(seconds=asked), "sent_at": now - timedelta(seconds=last_sent)}
    Wakeup.objects.create(name="route:queue", **times)
    Wakeup.objects.create(name="deliver", **times | {"asked_at": None})
    wakeup.wake_again()
    wakeup.wake_again()
    assert sent == ([ROUTE] if is_sent else [])
