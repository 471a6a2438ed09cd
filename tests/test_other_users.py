"""Does the app work in projects whose users are not Django's own, whatever their fields are called?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import contactcenter_chat

PACKAGE = Path(contactcenter_chat.__file__).parent
ROOT = Path(__file__).resolve().parent.parent
# A field of Django's own users, called by its name: the project's users may have none such.
NAMED = re.compile(
    r"user(?:\.|__)(?:username|first_name|last_name|get_full_name|is_superuser)\b"
    r"|user__is_\w+|\bcreate_(?:super)?user\(|auth\.models import .*\bUser\b"
)


@pytest.mark.parametrize("users", ["mail", "plain"])
def test_everything_that_shows_people_works(users):
    environment = {**os.environ, "DATABASE_URL": "sqlite:///:memory:"}
    arguments = [f"--ds=tests.other_users.{users}_settings", "-p", "no:cacheprovider", "-p", "no:xdist", "-q"]
    command = [sys.executable, "-m", "pytest", *arguments, "tests/other_users/journeys.py"]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr


def test_no_field_of_users_is_called_by_its_name():
    files = [path for kind in ("*.py", "*.html") for path in PACKAGE.rglob(kind) if "migrations" not in path.parts]
    found = {
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        if NAMED.search(line)
    }
    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "agent.user.username",
        'search_fields = ("=user__username",)',
        'order_by("agent__user__first_name")',
        "filter(user__is_active=True)",
        "agent.user.get_full_name()",
        "{{ agent.user.last_name }}",
        "get_user_model().objects.create_user(name)",
        "from django.contrib.auth.models import User",
    ],
)
def test_such_a_name_would_be_found(line):
    assert NAMED.search(line)
