"""Requests made from the API's own description, proper ones and bad ones, against the running server."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from contactcenter_chat.client import ChatApiClient
from tests.receiver import Receiver

from .project import Project, kill, wait_until

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).resolve().parent
EXAMPLES = "30"  # of each operation, besides those that cover the description's limits


@pytest.fixture(scope="module")
def project(tmp_path_factory, template):
    with Project("memory://", tmp_path_factory.mktemp("schemathesis"), template) as project:
        yield project


@pytest.fixture(scope="module")
def url(project):
    """The address of the project's API under gunicorn."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "example_project.wsgi", f"--bind={address}", "--workers=2"]
    environment = {**project.environment, "ALLOWED_HOSTS": "127.0.0.1", "API_RATE_LIMIT": "0"}
    with (project.folder / "web.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_until(lambda: answers(f"http://{address}/api/schema/"), "the server answers")
        yield f"http://{address}"
    finally:
        kill(server)


def answers(url):
    try:
        return requests.get(url, timeout=10).ok
    except requests.ConnectionError:
        return False


def token(url, new):
    form = {"grant_type": "client_credentials"}
    response = requests.post(f"{url}/oauth/v2/token", form, auth=(new["api_key"], new["api_secret"]), timeout=10)
    return response.json()["access_token"]


@pytest.mark.parametrize(
    ("label", "path", "count", "config"),
    [
        ("college", "/api/schema/", 29, "schemathesis.toml"),
        ("museum", "/api/gateway/schema/", 46, "schemathesis_gateway.toml"),
    ],
)
def test_no_request_made_from_the_description_fails(project, url, tmp_path, label, path, count, config):
    new = json.loads(project.manage("contactcenter_create_tenant", label, "--json").splitlines()[-1])
    with Receiver() as receiver:
        api = ChatApiClient(url, new["tenant"], new["api_key"], new["api_secret"])
        channel = api.ensure_channel("Website", api.ensure_webhook("Portal", receiver.url), new["queue_id"])
        api.start_conversation(channel, {"name": "Ada"}, [("bot", "Which course?")])
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.integration.schemathesis_hooks",
            "RECEIVER_URL": receiver.url,
            "TENANT": new["tenant"],
            "TOKEN": token(url, new),
            "API_KEY": new["api_key"],
            "API_SECRET": new["api_secret"],
            "PYTHONPATH": str(FOLDER.parent.parent),
        }
        command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={FOLDER / config}"]
        command += ["run", f"{url}{path}", f"--max-examples={EXAMPLES}", "--continue-on-failure", "--no-color"]
        command += ["--seed=1"]  # so that a failure comes again
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} selected / {count} total" in done.stdout
    assert "Unexpected error" not in (project.folder / "web.log").read_text()
