"""The Celery app; its configuration is Django's settings that begin with ``CELERY_``.

``celery -A example_project worker`` finds it.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")

app = Celery("example_project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
