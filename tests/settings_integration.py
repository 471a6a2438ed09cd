"""The example project's settings for worker processes that tests start: nothing takes long."""

import json
import os

from contactcenter_chat.conf import DEFAULT_PROVIDERS
from example_project.settings import *  # noqa: F403
from example_project.settings import CELERY_BROKER_TRANSPORT_OPTIONS, CONTACTCENTER_CHAT

CONTACTCENTER_CHAT = {
    **CONTACTCENTER_CHAT,
    "ALLOW_PRIVATE_WEBHOOKS": True,
    "CALLBACK_TIMEOUT": float(os.environ.get("TEST_TIMEOUT", "1.5")),
    "LEASE_SECONDS": float(os.environ.get("TEST_LEASE", "4")),
    "RETRY_SCHEDULE": (0.2,) * int(os.environ.get("TEST_RETRIES", "10")),
    "RETRY_JITTER": 0,
    "BREAKER_PAUSES": (0.2,),
    "LIVE_HINTS": False,
}
if bots := os.environ.get("TEST_BOTS"):
    CONTACTCENTER_CHAT["BOTS"] = json.loads(bots)
if providers := os.environ.get("TEST_PROVIDERS"):
    CONTACTCENTER_CHAT["PROVIDERS"] = {**DEFAULT_PROVIDERS, **json.loads(providers)}
CELERY_TASK_DEFAULT_QUEUE = os.environ["CELERY_TEST_QUEUE"]
if "visibility_timeout" in CELERY_BROKER_TRANSPORT_OPTIONS:
    CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "visibility_timeout": 5}
