"""What is to be done regularly, and how often? For the project's settings: ``CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE``.

Imports nothing of the app, so that a settings module can import it.
"""

from typing import Any


def _every(seconds: float, task: str) -> dict[str, Any]:
    # A run that no worker took in time is not made up for: the next one does it all.
    options = {"expires": max(seconds, 1)}
    return {"task": f"contactcenter_chat.tasks.{task}", "schedule": seconds, "options": options}


BEAT_SCHEDULE = {
    "contactcenter-timers": _every(1.0, "timers"),
    "contactcenter-sweep": _every(5.0, "sweep"),
    "contactcenter-purge": _every(86_400.0, "purge"),
}
