"""The regular tasks are there under the names that the schedule gives."""

from celery import current_app

from contactcenter_chat import tasks
from contactcenter_chat.schedule import BEAT_SCHEDULE


def test_each_name_is_a_task():
    scheduled = {entry["task"]: entry["schedule"] for entry in BEAT_SCHEDULE.values()}
    assert scheduled == {tasks.timers.name: 1.0, tasks.sweep.name: 5.0, tasks.purge.name: 86_400.0}
    assert set(scheduled) <= set(current_app.tasks)


def test_a_run_that_nobody_took_in_time_is_dropped():
    for entry in BEAT_SCHEDULE.values():
        assert entry["options"]["expires"] == entry["schedule"]
