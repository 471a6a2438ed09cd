"""Measure everything, or what is named, and print one table.

python -m benchmarks [NAME …]; the names are those of ALL
"""

import json
import os
import subprocess
import sys
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from .base import Row, table

ALL = (
    "deliveries",
    "backlog",
    "neighbours",
    "post_message",
    "callbacks_in",
    "attachments",
    "live",
    "search",
    "knowledge",
    "offers",
    "bots",
    "what_if",
    "prepared",
)


def main(names):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" + 40 * "x")
    server = os.environ.get("DATABASE_URL") or embedded()
    rows = []
    for name in names or ALL:
        print(f"{name} …", file=sys.stderr, flush=True)
        with own_database(server):
            rows += measured(name)
    print(table(rows))


def measured(name):
    """Return the rows of a module; a process of its own, since each sets Django up in its way."""
    command = [sys.executable, "-m", "benchmarks.one", name]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [Row(**row) for row in json.loads(said.splitlines()[-1])]


@contextmanager
def own_database(server):
    """Point ``DATABASE_URL`` at a new database on this server; drop it in the end."""
    server = urlsplit(server)
    name = f"contactcenter_benchmarks_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server.geturl(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    os.environ["DATABASE_URL"] = server._replace(path=f"/{name}").geturl()
    try:
        yield
    finally:
        with psycopg.connect(server.geturl(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def embedded():
    from example_project import embedded_postgresql

    return embedded_postgresql.start(Path(__file__).resolve().parent.parent / ".data" / "benchmarks-postgresql")


if __name__ == "__main__":
    main(sys.argv[1:])
