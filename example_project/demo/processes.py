"""Child processes: start them, print what they say, stop them all together."""

import os
import signal
import subprocess
import sys
import time
from threading import Thread

GRACE = 10  # seconds from the request to stop until the end by force
WATCH_SECONDS = 0.2


class Stopped(BaseException):
    """Somebody asked the demo to stop."""


class Failed(Exception):
    """The demo cannot go on; the text says why."""


class Processes:
    """The demo's child processes; leaving the block stops them."""

    def __init__(self, environment):
        self.environment = environment
        self.children = {}
        self.printers = []

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        return self

    def __exit__(self, *exception):
        # Once is enough: a second Ctrl-C must not leave children behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._stop_all()

    def run(self, *arguments):
        """Run a command of Django's to its end and return what it printed. Raises Failed."""
        command = [sys.executable, "-m", "django", *arguments]
        done = subprocess.run(command, env=self.environment, text=True, stdout=subprocess.PIPE)  # noqa: S603
        if done.returncode:
            raise Failed(f"{arguments[0]} failed:\n{done.stdout}")
        return done.stdout

    def start(self, name, *arguments):
        """Start a Python module and go on; what it says is printed with its name in front."""
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", *arguments],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl-C in a terminal goes to a whole group; these are stopped by us, in order.
            start_new_session=True,
        )
        self.children[name] = child
        printer = Thread(target=_repeat, args=(name, child.stdout), daemon=True)
        printer.start()
        self.printers.append(printer)

    def check(self):
        """Raise Failed when a child has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise Failed(f"{name} ended with exit code {child.returncode}.")

    def watch(self):
        """Wait until a child ends, which is a failure, or somebody asks to stop."""
        while True:
            self.check()
            time.sleep(WATCH_SECONDS)

    def _stop_all(self):
        """Stop the newest first: those started later use those started earlier."""
        deadline = time.monotonic() + GRACE
        for child in reversed(self.children.values()):
            if child.poll() is None:
                _end(child, deadline)
        for printer in self.printers:
            printer.join(GRACE)


def _end(child, deadline):
    child.terminate()
    try:
        child.wait(max(1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _stop(*_signal):
    raise Stopped


def _repeat(name, lines):
    with lines:
        for line in lines:
            print(f"{name:>9} | {line}", end="", flush=True)
