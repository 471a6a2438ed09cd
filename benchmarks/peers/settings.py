"""A project with django-reliable-outbox and django-webhook, on the database of ``DATABASE_URL``."""

import os

from example_project import broker, environment
from example_project.settings import DATA_DIR

SECRET_KEY = "only-for-benchmarks"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "reliable_outbox", "django_webhook"]
DATABASES = {"default": environment.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

WEBHOOK = "reliable_outbox.destinations.webhook.WebhookDestination"
OPTIONS = {"url": os.environ.get("BENCHMARK_URL", "http://127.0.0.1:9/"), "secret": "only-for-benchmarks"}
RELIABLE_OUTBOX = {"DESTINATIONS": {"default": {"BACKEND": WEBHOOK, "OPTIONS": OPTIONS}}}
DJANGO_WEBHOOK = {"MODELS": []}

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or broker.FILES
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL, DATA_DIR)
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("CELERY_TEST_QUEUE", "benchmarks")
CELERY_TASK_IGNORE_RESULT = True
