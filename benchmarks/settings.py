"""The example project's settings, with the bare view beside the app: both go through the same middleware.

Receivers are on this machine; brokers may be shared, so each measurement names a queue of its own.
"""

import logging
import os

from example_project.settings import *  # noqa: F403
from example_project.settings import CONTACTCENTER_CHAT, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework.authtoken", "benchmarks.bare"]
ROOT_URLCONF = "benchmarks.urls"
CONTACTCENTER_CHAT = {**CONTACTCENTER_CHAT, "API_RATE_LIMIT": 10_000_000, "ALLOW_PRIVATE_WEBHOOKS": True}
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("CELERY_TEST_QUEUE", "benchmarks")
logging.disable(logging.WARNING)
