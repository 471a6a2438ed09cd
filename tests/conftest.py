"""What all tests share: which tests fit the database, and that nothing is skipped where that was asked for."""

import importlib.util
import os
import sys
import threading
import time

import django
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone, translation

from contactcenter_chat.actions.knowledge import vectors
from contactcenter_chat.models import clock
from contactcenter_chat.tools import registry
from contactcenter_chat.workers import wakeup


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="A skipped test fails the run.")


def pytest_collection_modifyitems(config, items):
    """Leave out what needs PostgreSQL on another database, a folder that nobody named, or a model that is away."""
    missing = set()
    if connection.vendor != "postgresql":
        missing.add("postgresql")
    if importlib.util.find_spec("xllamacpp") is None:
        missing.add("model")
    if not os.environ.get("CONTACTCENTER_SPEC_DIR"):
        missing.add("spec")
    unfit = [item for item in items if any(item.get_closest_marker(name) for name in missing)]
    config.hook.pytest_deselected(items=unfit)
    items[:] = [item for item in items if item not in unfit]


@pytest.fixture(autouse=True, scope="session")
def _connections_of_threads_are_closed():
    """Django keeps a connection to SQLite in memory when it is to be closed, lest all be gone with the last one.

    The tests' own thread has the last one: those of other threads would be left behind open.
    """
    if connection.vendor != "sqlite":
        yield
        return
    kind = type(connections["default"])
    close_as_django = kind.close

    def close(self):
        is_the_tests = threading.current_thread() is threading.main_thread() or self.allow_thread_sharing
        close_as_django(self) if is_the_tests else BaseDatabaseWrapper.close(self)

    kind.close = close
    yield
    kind.close = close_as_django


@pytest.fixture(autouse=True, scope="session")
def _only_tables_with_rows_are_emptied():
    """After a test that commits Django truncates every table there is, which takes longer than most such tests."""
    kind = type(connection.ops)
    flush_as_django = kind.sql_flush

    def sql_flush(self, style, tables, **options):
        if self.connection.vendor != "postgresql":
            return flush_as_django(self, style, tables, **options)
        return [f"DELETE FROM {self.quote_name(table)};" for table in _with_rows(self.connection, tables)]  # noqa: S608

    kind.sql_flush = sql_flush
    yield
    kind.sql_flush = flush_as_django


@pytest.fixture(autouse=True, scope="session")
def _no_process_is_at_the_database_when_it_is_dropped():
    """The server notices late that a process has been killed, above all on a busy machine."""
    kind = type(connection.creation)
    destroy_as_django = kind._destroy_test_db

    def _destroy_test_db(self, name, verbosity):
        if self.connection.vendor == "postgresql":
            _wait_until_nobody_is_at(self.connection, name)
        destroy_as_django(self, name, verbosity)

    kind._destroy_test_db = _destroy_test_db


def _wait_until_nobody_is_at(connection, name):
    with connection._nodb_cursor() as cursor:
        for _attempt in range(100):
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                return
            time.sleep(0.1)


def _with_rows(connection, tables):
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        asked = (f"(SELECT '{table}' FROM {quote(table)} LIMIT 1)" for table in tables)  # noqa: S608
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


@pytest.fixture(autouse=True)
def _no_language_is_left():
    """A request leaves its language behind in the thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _all_vectors_at_once(monkeypatch):
    """However slow the machine, what a test has made is made in one go."""
    monkeypatch.setattr(vectors, "TASK_SECONDS", 300)


TURNED_ON = wakeup.turned_on


@pytest.fixture(autouse=True, scope="session")
def _wakeups_without_rows():
    """The thread that sends wake-ups outlives a test, and would connect to a database that is to be emptied."""
    wakeup.turned_on = list


@pytest.fixture(autouse=True)
def _time_is_known(monkeypatch):
    """The database is asked what time it is in no test that counts its queries; it runs on this machine."""
    monkeypatch.setattr(clock, "_asked", _asked_now())


def _asked_now():
    """As if it had just answered; asked again where this process was interrupted meanwhile, and would lag behind."""
    while True:
        before, now, watch = time.monotonic(), timezone.now(), time.monotonic()
        if watch - before < 0.001:
            return clock.Asked(now, watch, now)


@pytest.fixture
def wakeups_with_rows(monkeypatch):
    """As in production, for tests that wait until the thread has ended."""
    monkeypatch.setattr(wakeup, "turned_on", TURNED_ON)


@pytest.fixture
def own_tools(monkeypatch):
    """The functions of tests.contact_tools are those that may be called, and no others."""
    monkeypatch.setattr(registry, "_tools", {})
    sys.modules.pop("tests.contact_tools", None)
    return importlib.import_module("tests.contact_tools")


@pytest.fixture
def no_mail_server(settings):
    """Mail goes to a port that nobody listens at."""
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": {"host": "127.0.0.1", "port": 9}}}
    else:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = smtp, "127.0.0.1", 9


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not (reporter and session.config.getoption("--no-skips")):
        return
    for report in reporter.stats.get("skipped", ()):
        reporter.write_line(f"skipped: {report.nodeid}: {report.longreprtext}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
