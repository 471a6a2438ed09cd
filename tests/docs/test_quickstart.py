"""Does the quick start work? Its own words are followed, in a project that ``startproject`` has just made."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path

import pytest
import requests

from .pages import ROOT, blocks, section

BEGIN = "<!-- quick start begins; the documentation shows this section too, and a test follows it word by word -->"
END = "<!-- quick start ends -->"
QUICK_START = section((ROOT / "README.md").read_text(encoding="utf-8"), BEGIN, END)
INSTALL, SET_UP, SERVE, CALL, SIMULATE = [block.text for block in blocks(QUICK_START, "bash")]

PATIENCE = 60  # seconds until a server must answer
ANSWERS_DELIVERED = """
    SELECT count(*) FROM contactcenter_chat_delivery WHERE event_type = 'TEXT' AND state = 'delivered'
"""
BROKER = os.environ.get("CELERY_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def test_what_is_installed_is_what_setup_cfg_names():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    name, extras = re.search(r'"([a-z-]+)\[([a-z,]+)\]"', INSTALL).groups()
    assert name == config["metadata"]["name"]
    assert {*extras.split(",")} <= {*config["options.extras_require"]}


@pytest.mark.integration
def test_its_words_lead_to_a_contact_centre_that_answers(tmp_path):
    project = Project(tmp_path / "site")
    project.run("django-admin startproject mysite .")
    project.write(blocks(QUICK_START, "python"))
    project.run("python -W error manage.py check --fail-level WARNING --database default")
    made = project.run(SET_UP)
    project.run("python -W error manage.py makemigrations --check --dry-run")
    with project.serving():
        assert project.call(made) == json.loads(blocks(QUICK_START, "json")[0].text)
        for path, status in (("/desk/", 200), ("/admin/", 200), ("/api/docs/", 200), ("/api/schema/", 200)):
            assert requests.get(project.url + path, timeout=30).status_code == status, path
        project.run(
            project.here(SIMULATE).replace("--seconds 30", "--seconds 15").replace("--seconds 60", "--seconds 30")
        )
        assert json.loads(project.run("python manage.py contactcenter_health --json"))["problems"] == []
    assert project.answers_delivered() > 0


class Project:
    """A project in a folder of its own, where nothing of this repository's example can be imported by accident."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.url = f"http://{self.address}"
        own = ("DJANGO_", "DATABASE_", "CELERY_", "SECRET_KEY", "PYTHON")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(own)},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            # A database that no other worker of this machine listens to.
            "CELERY_BROKER_URL": re.sub(r"/\d*$", "/15", BROKER),
        }

    def here(self, text):
        """The same commands for this project's server."""
        return text.replace("127.0.0.1:8000", self.address).replace(
            "simulate_customers", f"simulate_customers --base-url {self.url}"
        )

    def write(self, python_blocks):
        """Append each block to the file that its first line names."""
        for block in python_blocks:
            first, _, rest = block.text.partition("\n")
            path = self.folder / re.fullmatch(r"# (mysite/\w+\.py)", first)[1]
            with path.open("a", encoding="utf-8") as file:
                file.write(rest)

    def run(self, commands):
        """Run commands of the shell; return what they printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, (commands, done.stdout)
        return done.stdout

    def call(self, made):
        """Run the first call with the key and the secret that the command printed; return the answer."""
        text = self.here(CALL)
        for name in ("api_key", "api_secret"):
            value = re.search(rf"{name}\s+(\S+)", made)[1]
            text, count = re.subn(rf"^{name.upper()}=.*$", f"{name.upper()}={value}", text, flags=re.MULTILINE)
            assert count == 1
        return json.loads(self.run(text))

    def answers_delivered(self):
        """How many of the agents' messages have reached the simulated customers."""
        with closing(sqlite3.connect(self.folder / "db.sqlite3")) as database:
            return database.execute(ANSWERS_DELIVERED).fetchone()[0]

    def serving(self):
        return Servers(self)


class Servers:
    """The commands that the quick start starts, each in a terminal of its own; leaving the block stops them."""

    def __init__(self, project):
        self.project = project
        self.started = []

    def __enter__(self):
        for command in SERVE.splitlines():
            command = command.replace("runserver", f"runserver --noreload {self.project.address}")
            self.started.append(
                subprocess.Popen(
                    ["bash", "-c", f"exec {command}"],
                    cwd=self.project.folder,
                    env=self.project.environment,
                    start_new_session=True,
                )
            )
        self._wait()

    def __exit__(self, *exc_info):
        for process in self.started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.started:
            process.wait(60)

    def _wait(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return requests.get(self.project.url, timeout=5)
            except requests.ConnectionError:
                assert all(process.poll() is None for process in self.started), "A server ended."
                assert time.monotonic() < deadline, "The server does not answer."
                time.sleep(0.2)
