"""Does the wheel hold all it needs? Install it beside a new project, and use it there. The sdist holds everything.

The project is unlike ours: see ``foreign/project/deployed.py``. Its database is a new one beside DATABASE_URL if that
is PostgreSQL's, else a SQLite file.

python tests/wheel/try_wheel.py DIST_FOLDER SCRATCH_FOLDER
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from in_browser import SECURE, drive

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PATIENCE = 60  # seconds until a server must answer

# Each must be in the installed package, wherever that lies.
PROBE = """
import pathlib, contactcenter_chat
root = pathlib.Path(contactcenter_chat.__file__).parent
assert "site-packages" in root.parts, root
patterns = "templates/**/*.html static/**/*.css static/**/*.js migrations/0001_*.py locale/*/*/*.mo py.typed"
for pattern in patterns.split():
    assert list(root.glob(pattern)), f"no {pattern} in the wheel"
"""
REQUESTS = """
from django.test import Client
client = Client(headers={"host": "127.0.0.1", "x-forwarded-proto": "https"})
for path in ("/desk/", "/admin/", "/api/docs/", "/api/schema/"):
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
answer = client.post("/oauth/v2/token")
assert answer.status_code in (400, 401), answer.status_code
"""
ON_SERVER = """
import psycopg, sys
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    connection.execute(sys.argv[2])
"""


def check_sdist(dist: Path) -> None:
    """Every file of the repository must be in it."""
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout
    missing = set(tracked.splitlines()) - packed
    assert not missing, missing


class Project:
    """A new project, in whose folder nothing of this repository can be imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.origin = f"http://{self.address}"
        own = ("PYTHON", "DJANGO", "DATABASE", "CELERY")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(own)},
            "SECRET_KEY": "only-for-this-run-" + "".join(map(str, range(40))),
            "ORIGIN": self.origin,
        }

    def make(self, wheel: Path, extras: str) -> None:
        subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
        needed = [f"{wheel}{extras}", "uvicorn>=0.34,<1"]
        subprocess.run([self.python, "-m", "pip", "install", "--quiet", *needed], env=self.environment, check=True)
        self.run("-m", "django", "startproject", "project", ".")
        shutil.copytree(HERE / "foreign", self.folder, dirs_exist_ok=True)
        self.environment["DJANGO_SETTINGS_MODULE"] = "project.deployed"

    def run(self, *arguments: str) -> str:
        command = [self.python, "-W", "error", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, check=True, text=True, stdout=subprocess.PIPE
        )
        return done.stdout

    @contextmanager
    def database(self, url: str):
        """A new database on the server of this address, which is gone afterwards."""
        name, there = f"wheel_{os.getpid()}", urlsplit(url)
        url = there._replace(path="/postgres").geturl()
        self.run("-c", ON_SERVER, url, f"CREATE DATABASE {name}")
        self.environment["DATABASE"] = json.dumps(
            {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "HOST": there.hostname,
                "PORT": there.port or "",
                "USER": there.username or "",
                "PASSWORD": there.password or "",
            }
        )
        try:
            yield
        finally:
            self.run("-c", ON_SERVER, url, f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def process(self, name: str, *arguments: str):
        """A module that runs meanwhile; its log must tell of no error."""
        path = self.folder / f"{name}.log"
        with path.open("w") as log:
            command = [self.python, "-m", *arguments]
            process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        try:
            yield process
        except BaseException:
            print(path.read_text())
            raise
        finally:
            process.terminate()
            process.wait(PATIENCE)
        told = path.read_text()
        assert not {"Traceback", "ERROR"} & {*re.findall(r"\w+", told)}, told

    def wait_until_it_answers(self) -> None:
        page = Request(f"{self.origin}/accounts/login/", headers=SECURE)  # noqa: S310
        for _attempt in range(PATIENCE * 10):
            try:
                urlopen(page, timeout=30).close()  # noqa: S310
                return
            except (URLError, ConnectionError):
                time.sleep(0.1)
        raise AssertionError("The server does not answer.")


def try_out(project: Project) -> None:
    """Set the project up, and use it."""
    project.run("-c", PROBE)
    project.run("manage.py", "makemigrations", "accounts", "--verbosity", "0")
    project.run("manage.py", "check", "--deploy", "--fail-level", "WARNING", "--database", "default")
    project.run("manage.py", "migrate", "--verbosity", "0")
    project.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    made = json.loads(project.run("manage.py", "contactcenter_create_tenant", "college", "--json").splitlines()[-1])
    assert set(made) >= {"tenant", "api_key", "api_secret", "queue_id"}, made
    project.run("manage.py", "makemigrations", "--check", "--dry-run")
    project.run("manage.py", "shell", "--command", REQUESTS)
    made |= json.loads(project.run("set_up.py").splitlines()[-1])
    server = ("uvicorn", "project.asgi:application", "--port", project.address.rpartition(":")[2])
    with (
        project.process("server", *server, "--timeout-graceful-shutdown", "1"),
        project.process("worker", "celery", "-A", "project", "worker", "--pool", "threads", "--concurrency", "2"),
    ):
        project.wait_until_it_answers()
        drive(project.origin, made)


def main(dist: Path, scratch: Path) -> None:
    check_sdist(dist)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    (wheel,) = dist.glob("*.whl")
    project = Project(scratch)
    url = os.environ.get("DATABASE_URL", "")
    on_postgresql = url.startswith("postgres")
    project.make(wheel, "[postgresql]" if on_postgresql else "")
    with ExitStack() as cleared:
        if on_postgresql:
            cleared.enter_context(project.database(url))
        try_out(project)
    print(f"1 passed, 0 failed: {wheel.name} works in a project of its own")


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:]))
