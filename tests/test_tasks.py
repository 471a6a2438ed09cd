import pytest
from celery.concurrency import prefork, solo
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready, worker_shutdown

from contactcenter_chat import schedule, tasks
from contactcenter_chat.actions import attachments
from contactcenter_chat.actions.center import routing
from contactcenter_chat.actions.remote import file_fetching, inbox
from contactcenter_chat.actions.upkeep import retention
from contactcenter_chat.deliveries import draining
from contactcenter_chat.models import Wakeup
from contactcenter_chat.workers import wakeup

WOKEN = [
    (tasks.deliver, (), draining, "drain", "deliver"),
    (tasks.route, ("queue",), routing, "route_woken", "route:queue"),
    (tasks.fetch, (), file_fetching, "fetch_in_thread", "fetch"),
    (tasks.process_callbacks, (), inbox, "process_due", "process_callbacks"),
    (tasks.scan, (), attachments, "scan_due", "scan"),
    (tasks.purge, (), retention, "purge", "purge"),
]
ALL = [task for task, *_about in WOKEN]


@pytest.mark.django_db
@pytest.mark.parametrize(("task", "arguments", "module", "verb", "name"), WOKEN)
def test_a_task_calls_its_verb_once_its_wakeup_is_off(task, arguments, module, verb, name, monkeypatch):
    called = []

    def do(*given):
        called.append((given, set(Wakeup.objects.filter(asked_at__isnull=False).values_list("name", flat=True))))

    monkeypatch.setattr(module, verb, do)
    Wakeup.objects.turn_on([name, "other"])
    assert task.apply(arguments).get() is None
    assert called == [(arguments, {"other"})]


@pytest.mark.parametrize("task", ALL)
def test_a_worker_that_dies_gives_its_task_back(task):
    assert (task.acks_late, task.reject_on_worker_lost, task.ignore_result) == (True, True, True)


def test_tasks_have_the_names_by_which_they_are_started():
    names = (wakeup.DELIVER, wakeup.ROUTE, wakeup.FETCH, wakeup.PROCESS, wakeup.SCAN, wakeup.PURGE)
    assert tuple(task.name for task in ALL) == names


class Worker:
    def __init__(self, pool):
        self.pool = object.__new__(pool)


@pytest.mark.parametrize(
    ("send", "starts"),
    [
        (lambda: worker_process_init.send(None), [schedule.look]),
        (lambda: worker_ready.send(Worker(solo.TaskPool)), [schedule.look]),
        (lambda: worker_ready.send(Worker(prefork.TaskPool)), []),
    ],
)
def test_each_process_that_does_tasks_keeps_time(send, starts, monkeypatch):
    started = []
    monkeypatch.setattr(tasks.clock, "start", started.append)
    send()
    assert started == starts


@pytest.mark.parametrize("signal", [worker_process_shutdown, worker_shutdown])
def test_a_worker_that_is_to_stop_finishes_what_it_is_at(signal, monkeypatch):
    stopped = []
    monkeypatch.setattr(tasks.clock, "stop", lambda: stopped.append("clock"))
    monkeypatch.setattr(draining, "finish", lambda: stopped.append("posts"))
    signal.send(None)
    assert stopped == ["clock", "posts"]
