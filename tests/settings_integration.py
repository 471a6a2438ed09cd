"""The example project's settings for worker processes that tests start: nothing takes long."""

import os

from example_project.settings import *  # noqa: F403
from example_project.settings import CELERY_BROKER_TRANSPORT_OPTIONS, CONTACTCENTER_CHAT

CONTACTCENTER_CHAT = {
    **CONTACTCENTER_CHAT,
    "ALLOW_PRIVATE_WEBHOOKS": True,
    "CALLBACK_TIMEOUT": 1.5,
    "LEASE_SECONDS": 4,
    "RETRY_SCHEDULE": (0.2,) * 10,
    "RETRY_JITTER": 0,
    "BREAKER_PAUSES": (0.2,),
    "LIVE_HINTS": False,
}
CELERY_TASK_DEFAULT_QUEUE = os.environ["CELERY_TEST_QUEUE"]
if "visibility_timeout" in CELERY_BROKER_TRANSPORT_OPTIONS:
    CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "visibility_timeout": 5}
