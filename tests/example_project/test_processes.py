"""The demo's children: they start, are watched, and end with the demo."""

import os
import signal

import pytest

from example_project.demo.processes import Failed, Processes


@pytest.fixture(autouse=True)
def signals_as_before():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def environment():
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}


def test_children_are_stopped_when_the_block_is_left(environment):
    with Processes(environment) as processes:
        processes.start("server", "http.server", "--bind", "127.0.0.1", "0")
        processes.check()
        child = processes.children["server"]
    assert child.returncode is not None


def test_a_child_that_ends_is_a_failure_and_the_others_are_stopped(environment, capfd):
    with pytest.raises(Failed, match="broken ended with exit code 1"), Processes(environment) as processes:
        processes.start("server", "http.server", "--bind", "127.0.0.1", "0")
        processes.start("broken", "no.such.module")
        processes.watch()
    assert processes.children["server"].returncode is not None


def test_a_command_that_fails_is_told_with_its_name(environment):
    with Processes(environment) as processes, pytest.raises(Failed, match="no_such_command failed"):
        processes.run("no_such_command")


def test_what_a_command_prints_is_returned(environment):
    with Processes(environment) as processes:
        assert processes.run("version").strip().startswith(("5.", "6."))
