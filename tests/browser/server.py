"""The example project on an ASGI server, as a process that can be stopped and started again."""

import os
import socket
import subprocess
import sys
from urllib.error import URLError
from urllib.request import urlopen

from django.db import connection

from .portal import ENVIRONMENT as PORTAL

QUIET = "/quiet"  # the path where application.py answers when nothing is running
AT_WORK = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


class Server:
    """A server on the tests' database, on a port that stays the same when it starts again."""

    def __init__(self, folder):
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        self._manage("collectstatic", "--noinput", "--verbosity", "0")
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uvicorn", "tests.browser.application:application"),
                    *("--port", str(self.port), "--timeout-graceful-shutdown", "1", "--no-access-log"),
                ],
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers()

    def settle(self):
        """Wait until nothing that was asked is still at work in the database."""
        urlopen(self.url + QUIET, timeout=30).close()  # noqa: S310
        with connection.cursor() as cursor:
            while True:
                cursor.execute(AT_WORK)
                if cursor.fetchone() is None:
                    return
                self._pause()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def log(self):
        return (self.folder / "server.log").read_text()

    def _manage(self, *arguments):
        command = [sys.executable, "-m", "django", *arguments]
        subprocess.run(command, env=self._environment(), check=True, timeout=120)

    def _environment(self):
        there = connection.settings_dict
        address = f"{there['HOST']}:{there['PORT']}" if there["PORT"] else there["HOST"]
        return {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "DJANGO_SETTINGS_MODULE": "example_project.settings",
            "DATABASE_URL": f"postgres://{there['USER']}:{there['PASSWORD']}@{address}/{there['NAME']}",
            "DATABASE_POOL": "10",
            "CELERY_BROKER_URL": "memory://",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATA_DIR": str(self.folder),
            "DEBUG": "",
            "PORTAL_API_URL": self.url,
            "MODEL_URL": "http://127.0.0.1:9/v1",  # asked by workers alone, which the tests are themselves
            **PORTAL,
        }

    def _wait_until_it_answers(self):
        for _attempt in range(300):
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended:\n{self.log()}")
            try:
                with urlopen(f"{self.url}/accounts/login/", timeout=30):  # noqa: S310
                    return
            except (URLError, ConnectionError):
                self._pause()
        raise AssertionError(f"The server does not answer:\n{self.log()}")

    def _pause(self):
        try:
            self.process.wait(0.1)
        except subprocess.TimeoutExpired:
            return


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
