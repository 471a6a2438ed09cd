"""Do the servers that are measured start without a warning, where nothing has been made ready for them?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_a_measured_server_starts_without_a_warning(server, tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": "sqlite:///:memory:",
    }
    command = [sys.executable, "-W", "error", "-c", f"import example_project.{server}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
