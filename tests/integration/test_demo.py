"""The demo: it opens, something moves in it, it closes cleanly, and it keeps its data."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import psutil
import pytest
import requests

pytestmark = pytest.mark.integration

PATIENCE = 120  # seconds until something must have happened


@contextmanager
def demo(data_dir, port):
    """A demo that is open; gives the process and what it said."""
    unset = ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DATABASE_POOL")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"PORT": str(port), "DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}
    output = data_dir.with_suffix(".log")
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "example_project.demo"], env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: "is open" in output.read_text() or process.poll() is not None)
        assert process.poll() is None, output.read_text()
        yield process, output.read_text()
    finally:
        process.terminate()  # a second time for one that was closed, which does no harm
        process.wait(30)


def until(condition):
    """Wait for the condition, and return what it gives."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.2)
    return value


def close(process, number):
    """Ask the demo to stop; return its exit code once none of its processes is left."""
    family = [process.pid, *(child.pid for child in psutil.Process(process.pid).children(recursive=True))]
    process.send_signal(number)
    code = process.wait(30)
    until(lambda: not any(is_running(pid) for pid in family))
    return code


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ask(url):
    """Start a chat on the customer's page, as a browser would; return its session and the page of the chat."""
    browser = requests.Session()
    page = browser.get(f"{url}/portal/", timeout=30).text
    topic = re.search(r'<option value="([^"]+)"[^>]*>Courses', page)[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    answer = browser.post(
        f"{url}/portal/",
        {"name": "Rosa", "topic": topic, "text": "Is there a place left?", "csrfmiddlewaretoken": token},
        timeout=30,
    )
    assert answer.url == f"{url}/portal/chat/"
    return browser, answer.text


def test_it_opens_moves_closes_and_keeps_its_data(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, data_dir = f"http://127.0.0.1:{port}", tmp_path / "demo"

    with demo(data_dir, port) as (process, said):
        password = re.search(r"password (\S+)", said)[1]
        for path in ("/", "/portal/", "/desk/", "/admin/"):
            assert requests.get(url + path, timeout=30).status_code == 200
        browser, page = ask(url)
        assert "Is there a place left?" in page
        # A simulated agent takes it; the answer comes by a signed callback.
        until(lambda: 'class="line agent"' in browser.get(f"{url}/portal/chat/", timeout=30).text)
        assert close(process, signal.SIGINT) == 0

    with demo(data_dir, port) as (process, said_again):
        assert re.search(r"password (\S+)", said_again)[1] == password
        assert re.search(r"secret (\S+)", said_again)[1] == re.search(r"secret (\S+)", said)[1]
        assert "Is there a place left?" in browser.get(f"{url}/portal/chat/", timeout=30).text
        assert close(process, signal.SIGTERM) == 0


def test_a_port_that_is_taken_is_told(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {**os.environ, "PORT": str(taken.getsockname()[1]), "DATA_DIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-m", "example_project.demo"], env=environment, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert "is not free" in done.stderr
    assert "Traceback" not in done.stderr
