"""What all tests share: which tests fit the database, and that nothing is skipped where that was asked for."""

import os

import pytest
from django.db import connection


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="A skipped test fails the run.")


def pytest_collection_modifyitems(config, items):
    """Leave out what needs PostgreSQL on another database, and what needs a folder that nobody named."""
    missing = set()
    if connection.vendor != "postgresql":
        missing.add("postgresql")
    if not os.environ.get("CONTACTCENTER_SPEC_DIR"):
        missing.add("spec")
    unfit = [item for item in items if any(item.get_closest_marker(name) for name in missing)]
    config.hook.pytest_deselected(items=unfit)
    items[:] = [item for item in items if item not in unfit]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not (reporter and session.config.getoption("--no-skips")):
        return
    for report in reporter.stats.get("skipped", ()):
        reporter.write_line(f"skipped: {report.nodeid}: {report.longreprtext}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
