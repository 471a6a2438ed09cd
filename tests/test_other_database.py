"""Does the app work in a project that keeps our tables elsewhere than in the database ``default``?"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import contactcenter_chat

PACKAGE = Path(contactcenter_chat.__file__).parent
ROOT = Path(__file__).resolve().parent.parent
# These mean the database ``default``, or leave it to whoever calls; ``connections`` wants to be told which.
MEANS_DEFAULT = {"connection", "transaction", "router", "DEFAULT_DB_ALIAS"}


def test_all_of_it_works_there():
    arguments = ["--ds=tests.other_database.settings", "-p", "no:cacheprovider", "-p", "no:xdist", "-q"]
    command = [sys.executable, "-m", "pytest", *arguments, "tests/other_database/journeys.py"]
    environment = {**os.environ, "TEST_RUN": f"{os.getpid()}_other"}
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr


def asks_for_default(text):
    """Which names that mean the database ``default`` a module imports."""
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    names = {(node.module or "", alias.name) for node in imports for alias in node.names}
    return {name for module, name in names if module.startswith("django.db") and name in MEANS_DEFAULT} | {
        name for module, name in names if module in {"django.db.transaction", "django.db.utils"} and name != "Error"
    }


def test_one_module_alone_asks_django_for_its_connections_and_transactions():
    files = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    found = {str(path.relative_to(PACKAGE)) for path in files if asks_for_default(path.read_text())}
    assert found == {"database.py"}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("from django.db import IntegrityError, transaction", {"transaction"}),
        ("from django.db import connection, router", {"connection", "router"}),
        ("from django.db.transaction import atomic", {"atomic"}),
        ("from django.db import close_old_connections, connections, models", set()),
        ("from .outbound import connections", set()),
    ],
)
def test_such_an_import_would_be_found(line, names):
    assert asks_for_default(line) == names
