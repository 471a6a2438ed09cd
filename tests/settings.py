"""The example project's settings for tests; an embedded PostgreSQL unless ``DATABASE_URL`` names a database.

With pytest-xdist the first process starts the server; the workers inherit its address.
"""

import os
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + 40 * "x")
if not os.environ.get("DATABASE_URL"):
    from example_project import embedded_postgresql

    folder = Path(__file__).resolve().parent.parent / ".data" / "tests-postgresql"
    os.environ["DATABASE_URL"] = embedded_postgresql.start(folder, durable=False)
os.environ["DATABASE_POOL"] = "0"  # tests make and drop databases under the connections

from example_project.settings import *  # noqa: F403
from example_project.settings import CONTACTCENTER_CHAT, DATABASES

# Runs at the same time (another terminal, another tox environment) do not share a test database.
RUN = os.environ.setdefault("TEST_RUN", str(os.getpid()))
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}_{RUN}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0

# Nothing is written to disk; tests of the other kind of storage name a folder of their own.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for tests only
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}

# Threads that tell open desks would keep connections to a database that is to be dropped; tests of them say so.
CONTACTCENTER_CHAT["LIVE_HINTS"] = False
CONTACTCENTER_CHAT["EMBEDDER"] = {}  # tests of what is found by meaning name one
