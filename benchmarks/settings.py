"""The example project's settings, with the bare view beside the app: both go through the same middleware.

Receivers are on this machine; brokers may be shared, so each measurement names a queue of its own.
"""

import logging
import os

from contactcenter_chat.conf import DEFAULT_PROVIDERS
from example_project.settings import *  # noqa: F403
from example_project.settings import CONTACTCENTER_CHAT, INSTALLED_APPS, STATIC_ROOT

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework.authtoken", "benchmarks.bare"]
ALLOWED_HOSTS = ["127.0.0.1"]
STATIC_ROOT.mkdir(exist_ok=True)  # nobody asks for a static file, but the servers warn when there is no folder
ROOT_URLCONF = "benchmarks.urls"
REMOTE = {
    "BACKEND": "contactcenter_chat.providers.chat_api_v2.ChatApi",
    "OPTIONS": {"base_url": "http://127.0.0.1:9", "tenant": "bench", "api_key": "key", "api_secret": "secret"},
}
CONTACTCENTER_CHAT = {
    **CONTACTCENTER_CHAT,
    "API_RATE_LIMIT": 10_000_000,
    "BOTS": {"echo": {"BACKEND": "benchmarks.automatons.Echo"}, "hang": {"BACKEND": "benchmarks.automatons.Hang"}},
    "BOT_TURNS_MOST": 1000,
    "STALE_SECONDS": 86_400,  # the agents have no desk open, and are not to be lost
    "ALLOW_PRIVATE_WEBHOOKS": True,
    "PROVIDERS": {**DEFAULT_PROVIDERS, "bench": REMOTE},
}
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("CELERY_TEST_QUEUE", "benchmarks")
logging.disable(logging.WARNING)
