"""What is due by the clock, in what order, whatever goes wrong with one of it."""

import pytest

from contactcenter_chat import schedule
from contactcenter_chat.actions.bots import turns
from contactcenter_chat.actions.remote import file_fetching, inbox
from contactcenter_chat.deliveries import draining, typing
from contactcenter_chat.models import Duty
from contactcenter_chat.workers import wakeup


@pytest.fixture
def done(monkeypatch, db):
    """What was done; ``sweep`` goes wrong."""
    found = []

    def fail():
        found.append("sweep")
        raise ValueError("not now")

    does = {"timers": lambda: found.append("timers"), "sweep": fail, "purge": lambda: found.append("purge")}
    does["sources"] = lambda: found.append("sources")
    regularly = {name: each._replace(do=does[name]) for name, each in schedule.REGULARLY.items()}
    monkeypatch.setattr(schedule, "REGULARLY", regularly)
    return found


def test_each_is_done_when_it_is_due_and_what_fails_keeps_no_other(done, caplog):
    schedule.look()
    assert done == ["timers", "sweep", "sources", "purge"]
    assert "What is due by the clock failed: sweep" in caplog.text
    schedule.look()
    assert done == ["timers", "sweep", "sources", "purge"]
    after = {row.name: row.due_at - row.began_at for row in Duty.objects.all()}
    assert after == {name: each.every for name, each in schedule.REGULARLY.items()}
    assert set(Duty.objects.values_list("lease_until", flat=True)) == {None}


def test_what_is_not_due_costs_one_query(done, django_assert_num_queries):
    schedule.look()
    with django_assert_num_queries(1):
        schedule.look()


def test_every_second_what_waits_for_its_time_is_looked_after(monkeypatch):
    called = []
    for module, name in (
        (schedule, "run_timers"),
        (draining, "wake_if_due"),
        (turns, "wake_if_due"),
        (inbox, "wake_if_due"),
        (file_fetching, "wake_if_due"),
        (typing, "wake_if_due"),
        (wakeup, "wake_again"),
    ):
        monkeypatch.setattr(module, name, lambda name=f"{module.__name__}.{name}": called.append(name))
    schedule.timers()
    assert [name.rpartition("contactcenter_chat.")[2] for name in called] == [
        "schedule.run_timers",
        "deliveries.draining.wake_if_due",
        "actions.bots.turns.wake_if_due",
        "actions.remote.inbox.wake_if_due",
        "actions.remote.file_fetching.wake_if_due",
        "deliveries.typing.wake_if_due",
        "workers.wakeup.wake_again",
    ]
