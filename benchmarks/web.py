"""How is a web server started, and how much can be asked of it?"""

import http.client
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

WORKERS = 5  # what gunicorn recommends for two cores
PATIENCE = 60  # seconds until a server must answer


@contextmanager
def gunicorn():
    """Serve the benchmarks' project by WSGI; gives the port and the process, whose children are the web processes."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "example_project.wsgi", f"--bind=127.0.0.1:{port}"]
    with _served([*command, f"--workers={WORKERS}", "--log-level=warning"], port) as server:
        yield port, server


@contextmanager
def uvicorn():
    """Serve the benchmarks' project by ASGI; gives the port and the process, which is the only one."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "example_project.asgi:application", f"--port={port}"]
    with _served([*command, "--log-level=critical", "--timeout-graceful-shutdown=1"], port) as server:
        yield port, server


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _served(command, port):
    server = subprocess.Popen(command)
    try:
        _wait_for(port, server)
        yield server
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port, server):
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/vcc/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The server did not start.")


@dataclass
class Load:
    """What clients did, each as fast as it was answered."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)  # of each request, in seconds

    @property
    def per_second(self):
        return len(self.times) / self.seconds


def post_for(seconds, port, clients):
    """Let clients post for so many seconds; return the Load.

    A client is a function that returns the path, body and headers of its next request. Raises RuntimeError for any
    answer that is no 2xx.
    """
    stop_at = time.monotonic() + seconds
    return _post(port, clients, lambda: time.monotonic() < stop_at)


def post_times(requests, port, clients):
    """Let clients post so many times in all, as above."""
    numbers = count()  # one for each asking, which is atomic
    return _post(port, clients, lambda: next(numbers) < requests)


def _post(port, clients, goes_on):
    load, failures = Load(), []

    def run(next_request):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not failures and goes_on():
            started = time.monotonic()
            path, body, headers = next_request()
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            content = response.read()
            load.times.append(time.monotonic() - started)
            if not 200 <= response.status < 300:
                failures.append(f"{response.status} {content.decode()}")

    started = time.monotonic()
    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.monotonic() - started
    if failures:
        raise RuntimeError(f"Not accepted: {failures[0]}")
    return load
