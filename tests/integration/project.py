"""A project that runs: its own database, workers, and a process that talks."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

PATIENCE = 120  # seconds until something must have happened
ROOT = Path(__file__).resolve().parent.parent.parent


class Project:
    """Use it in a ``with`` statement; what it started ends with it. The logs of its processes are in ``folder``."""

    def __init__(self, broker_url, folder, template=None):
        self.name = f"cc_integration_{uuid.uuid4().hex[:8]}"
        self.template = template  # the name of a database that has been migrated
        self.folder = folder
        server = urlsplit(os.environ["DATABASE_URL"])
        self.server_url = server._replace(path="/postgres").geturl()
        self.database_url = server._replace(path=f"/{self.name}").geturl()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings_integration",
            "DATABASE_URL": self.database_url,
            "DATABASE_POOL": "20",
            "CELERY_BROKER_URL": broker_url,
            "CELERY_TEST_QUEUE": self.name,
            "DATA_DIR": str(folder),
            "SECRET_KEY": "only-for-this-test",
            "PYTHONUNBUFFERED": "1",
        }
        self._processes = []
        self._talker = None

    def __enter__(self):
        with psycopg.connect(self.server_url, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template or "template1"}"')
        if not self.template:
            self.manage("migrate", "--verbosity=0")
        return self

    def __exit__(self, *exc_info):
        for process in self._processes:
            kill(process)
        with psycopg.connect(self.server_url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def manage(self, *arguments):
        """Run a management command; return what it said."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stderr}")
        return done.stdout

    def worker(self, processes=1):
        """Start a Celery worker with so many processes; wait until it is ready."""
        number = sum(1 for process in self._processes if process.args[-1].startswith("--hostname"))
        log = f"worker{number}"
        options = (f"--concurrency={processes}", "--loglevel=INFO", f"--hostname={log}.{self.name}@localhost")
        process = self._start(log, "-m", "celery", "-A", "example_project", "worker", "--without-mingle", *options)
        wait_until(lambda: "ready." in (self.folder / f"{log}.log").read_text(), f"{log} is ready")
        return process

    def server(self, port):
        """Start a web server; wait until it answers."""
        options = (f"--bind=127.0.0.1:{port}", "--workers=2", "--timeout=60")
        process = self._start(f"server{port}", "-m", "gunicorn", "example_project.wsgi", *options)
        wait_until(lambda: _listens(port), "the server answers")
        return process

    def talk(self, do, **arguments):
        """Have something done in the talking process; return its answer."""
        if self._talker is None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self._talker = self._start("talker", "-m", "tests.integration.talker", **pipes)
        self._talker.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        self._talker.stdin.flush()
        return json.loads(self._talker.stdout.readline())

    def query(self, sql, *values):
        """Return the rows of a query."""
        with psycopg.connect(self.database_url) as database:
            return database.execute(sql, values).fetchall()

    def count(self, state):
        """How many deliveries are in this state."""
        return self.query("SELECT count(*) FROM contactcenter_chat_delivery WHERE state = %s", state)[0][0]

    def wait_until_nothing_is_owed(self):
        """Wait until every lane is done."""
        owed = "SELECT count(*) FROM contactcenter_chat_lane WHERE due_at IS NOT NULL"
        wait_until(lambda: self.query(owed) == [(0,)], "nothing is owed")

    def _start(self, log, *arguments, **pipes):
        with (self.folder / f"{log}.log").open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                start_new_session=True,
                **{"stdout": file, "stderr": file, **pipes},
            )
        self._processes.append(process)
        return process


def _listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def kill(process):
    """End a process and its children as a crash does: they get no word."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)
    for pipe in filter(None, (process.stdin, process.stdout)):
        pipe.close()


def wait_until(is_so, what):
    """Look again and again; raise TimeoutError when it does not come about."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not within {PATIENCE} s: {what}.")
        time.sleep(0.05)
