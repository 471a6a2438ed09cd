"""Does the wheel hold all it needs? Install it beside a new project, and use it there. The sdist holds everything.

python tests/wheel/try_wheel.py DIST_FOLDER SCRATCH_FOLDER
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Each must be in the installed package, wherever that lies.
PROBE = """
import pathlib, contactcenter_chat
root = pathlib.Path(contactcenter_chat.__file__).parent
assert "site-packages" in root.parts, root
patterns = "templates/**/*.html static/**/*.css static/**/*.js migrations/0001_*.py locale/*/*/*.mo py.typed"
for pattern in patterns.split():
    assert list(root.glob(pattern)), f"no {pattern} in the wheel"
"""
APPS = """
INSTALLED_APPS += [
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "contactcenter_chat",
]
MIDDLEWARE += ["django_htmx.middleware.HtmxMiddleware"]
"""
URLS = """
from django.contrib.auth.views import LoginView
from django.urls import include
urlpatterns.append(path("accounts/login/", LoginView.as_view(template_name="admin/login.html")))
urlpatterns.append(path("", include("contactcenter_chat.urls")))
"""
REQUESTS = """
from django.test import Client
client = Client(headers={"host": "localhost"})
for path in ("/desk/", "/admin/", "/api/docs/", "/api/schema/"):
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
answer = client.post("/oauth/v2/token")
assert answer.status_code in (400, 401), answer.status_code
"""


def check_sdist(dist: Path) -> None:
    """Every file of the repository must be in it."""
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout
    missing = set(tracked.splitlines()) - packed
    assert not missing, missing


def main(dist: Path, scratch: Path) -> None:
    check_sdist(dist)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    (wheel,) = dist.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", scratch / "venv"], check=True)
    python = scratch / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)

    def run(*arguments):
        """Run it in the new project, where nothing of this repository can be imported."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DJANGO", "DATABASE"))}
        command = [python, "-W", "error", *arguments]
        return subprocess.run(
            command, cwd=scratch, env=environment, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    run("-m", "django", "startproject", "project", ".")
    with (scratch / "project" / "settings.py").open("a") as settings:
        settings.write(APPS)
    with (scratch / "project" / "urls.py").open("a") as urls:
        urls.write(URLS)
    run("-c", PROBE)
    run("manage.py", "check", "--fail-level", "WARNING")
    run("manage.py", "migrate", "--verbosity", "0")
    made = json.loads(run("manage.py", "create_tenant", "college", "--json").splitlines()[-1])
    assert set(made) >= {"tenant", "api_key", "api_secret", "queue_id"}, made
    run("manage.py", "makemigrations", "--check", "--dry-run")
    run("manage.py", "shell", "--command", REQUESTS)
    print(f"1 passed, 0 failed: {wheel.name} works in a project of its own")


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:]))
