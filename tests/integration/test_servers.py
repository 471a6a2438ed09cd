"""The example project under the servers that a project would use: pages, static files, the API."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest
import requests

pytestmark = pytest.mark.integration

PATIENCE = 60  # seconds until a server must answer
SERVERS = {
    "gunicorn": ("gunicorn", "example_project.wsgi", "--workers=2", "--bind=127.0.0.1:{port}"),
    "uvicorn": ("uvicorn", "example_project.asgi:application", "--host=127.0.0.1", "--port={port}"),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "only-for-this-test",
        "ALLOWED_HOSTS": "127.0.0.1",
    }


@pytest.fixture(params=SERVERS)
def url(request, environment):
    for command in (("migrate", "--verbosity=0"), ("collectstatic", "--no-input", "--verbosity=0")):
        subprocess.run([sys.executable, "-m", "django", *command], env=environment, check=True)
    port = free_port()
    command = [part.format(port=port) for part in SERVERS[request.param]]
    server = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    try:
        yield answering(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(30)


def answering(url, server):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            assert server.poll() is None, "The server ended."
            assert time.monotonic() < deadline, "The server does not answer."
            time.sleep(0.2)
        else:
            return url


def test_pages_static_files_and_the_api(url):
    page = requests.get(url, timeout=30)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")

    style = requests.get(f"{url}/static/portal/portal.css", timeout=30)
    assert style.status_code == 200
    assert style.headers["Content-Type"].startswith("text/css")

    refused = requests.get(f"{url}/vcc/us/chat/v2/tenant/college/channels", timeout=30)
    assert refused.status_code == 401
    assert "fault" in refused.json()
    wrong_host = requests.get(url, headers={"Host": "evil.example"}, timeout=30)
    assert wrong_host.status_code == 400


def test_bodies_and_paths_that_servers_treat_differently(url, environment):
    made = subprocess.run(
        [sys.executable, "-m", "django", "contactcenter_create_tenant", "college", "--json"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    new = json.loads(made.stdout.splitlines()[-1])
    credentials = (new["api_key"], new["api_secret"])

    def in_pieces():
        yield b"grant_type="
        yield b"client_credentials"

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    token = requests.post(f"{url}/oauth/v2/token", in_pieces(), auth=credentials, headers=form, timeout=30)
    assert token.status_code == 200
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    root = f"{url}/vcc/us/chat/v2/tenant/college"

    for body in (b"[" * 3_000_000, (b"[" * 100_000 for _ in range(30))):
        too_large = requests.post(f"{root}/channels", body, headers=headers, timeout=30)
        assert (too_large.status_code, too_large.headers["Content-Type"]) == (413, "application/problem+json")
    for path in ("//vcc/us/chat/v2/tenant/college/conversations/undefined", "//chat-gateway/v1/nothing"):
        unknown = requests.get(url + path, headers=headers, timeout=30)
        assert (unknown.status_code, unknown.headers["Content-Type"]) == (404, "application/problem+json")
    assert requests.get(f"{url}//vcc/us/chat/v2/tenant/college/channels", headers=headers, timeout=30).ok


def test_a_worker_starts_and_stops_when_asked(environment):
    celery = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "example_project", "worker", "--loglevel=INFO"],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said = iter(celery.stdout.readline, "")
        assert any("ready." in line for line in said), "It ended before it was ready."
        celery.terminate()
        rest = celery.communicate(timeout=30)[0]
    finally:
        celery.kill()
        celery.wait()
    assert celery.returncode == 0, rest
    assert "Traceback" not in rest
