import pytest

from contactcenter_chat import tasks
from contactcenter_chat.actions.center import routing, timers
from contactcenter_chat.actions.remote import file_fetching, inbox
from contactcenter_chat.actions.upkeep import retention, sweep
from contactcenter_chat.deliveries import draining
from contactcenter_chat.schedule import BEAT_SCHEDULE
from contactcenter_chat.workers import wakeup

ALL = (tasks.deliver, tasks.route, tasks.fetch, tasks.timers, tasks.sweep, tasks.purge)


@pytest.mark.parametrize(
    ("task", "arguments", "verbs"),
    [
        (tasks.deliver, (), [(draining, "drain")]),
        (tasks.route, ("queue",), [(routing, "route_queue")]),
        (
            tasks.timers,
            (),
            [
                (timers, "run_timers"),
                (draining, "wake_if_due"),
                (inbox, "wake_if_due"),
                (file_fetching, "wake_if_due"),
            ],
        ),
        (tasks.fetch, (), [(file_fetching, "fetch_in_thread")]),
        (tasks.process_callbacks, (), [(inbox, "process_due")]),
        (tasks.sweep, (), [(sweep, "sweep")]),
        (tasks.purge, (), [(retention, "purge")]),
    ],
)
def test_a_task_calls_its_verbs(task, arguments, verbs, monkeypatch):
    called = []
    for module, name in verbs:
        monkeypatch.setattr(module, name, lambda *given, name=name: called.append((name, given)))
    assert task.apply(arguments).get() is None
    assert called == [(name, arguments) for _module, name in verbs]


@pytest.mark.parametrize("task", ALL)
def test_a_worker_that_dies_gives_its_task_back(task):
    assert (task.acks_late, task.reject_on_worker_lost, task.ignore_result) == (True, True, True)


def test_tasks_have_the_names_by_which_they_are_started():
    assert (tasks.deliver.name, tasks.route.name) == (wakeup.DELIVER, wakeup.ROUTE)
    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} == {
        task.name for task in (tasks.timers, tasks.sweep, tasks.purge)
    }
