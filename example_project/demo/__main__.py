"""Run the demo: in which order do things start, and what is printed?

``PORT`` (default 8000), ``DATABASE_URL``, ``CELERY_BROKER_URL`` and ``DATA_DIR`` (default ``.data/demo``) may be set.
"""

import json
import os
import socket
import sys
import time
from pathlib import Path

import requests

from example_project import embedded_postgresql
from example_project.environment import kept_secret

from .processes import Failed, Processes, Stopped

DATA_DIR = Path(os.environ.get("DATA_DIR") or ".data/demo").resolve()
START_SECONDS = 60  # until the web server must answer

PAGES = """
Riverside College is open; Ctrl-C closes it.

  Customer's page  {url}/portal/
  Desk             {url}/desk/     log in as {agents}; password {password}
  Admin            {url}/admin/    log in as admin; password {password}
  Chat API v2      {url}/vcc/us/chat/v2/tenant/{tenant}/
                   key {api_key}
                   secret {api_secret}

“{simulated}” is answered by simulated agents as well, “{human}” at the desk alone;
about “{asked}” a bot answers first.
The data are kept in {data_dir}.
"""


def main():
    """Run until somebody stops it; return the exit code."""
    try:
        port = _port()
        with Processes(_environment(port)) as processes:
            _run(processes, f"http://127.0.0.1:{port}", port)
    except Stopped:
        print("\nClosed.")
        return 0
    except Failed as error:
        print(error, file=sys.stderr)
        return 1


def _run(processes, url, port):
    print("Preparing the database …", flush=True)
    processes.environment["DATABASE_URL"] = os.environ.get("DATABASE_URL") or embedded_postgresql.start(
        DATA_DIR / "postgresql"
    )
    processes.run("migrate", "--verbosity=0")
    processes.run("collectstatic", "--no-input", "--verbosity=0")
    college = json.loads(processes.run("seed_demo").splitlines()[-1])
    processes.environment |= {
        "PORTAL_TENANT": college["tenant"],
        "PORTAL_API_KEY": college["api_key"],
        "PORTAL_API_SECRET": college["api_secret"],
    }
    _start_web(processes, url, port)
    channels = [part for name, queue in college["channels"].items() for part in ("--channel", name, queue)]
    processes.run("connect_portal", f"--callback-url={url}/portal/callback/", *channels)
    _start_others(processes, url, college["tenant"])
    topics = dict(zip(("simulated", "human", "asked"), college["channels"], strict=True))
    print(PAGES.format(url=url, data_dir=DATA_DIR, **topics, **college), flush=True)
    processes.watch()


def _start_web(processes, url, port):
    server = ("uvicorn", "example_project.asgi:application", f"--port={port}", "--log-level=warning")
    processes.start("web", *server, "--timeout-graceful-shutdown=3")
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        processes.check()
        if time.monotonic() > deadline:
            raise Failed("The web server does not answer.")
        time.sleep(0.2)


def _start_others(processes, url, tenant):
    celery = ("celery", "-A", "example_project", "--quiet")
    # One worker alone has nobody to gossip with.
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    processes.start("worker", *celery, "worker", "--concurrency=2", "--loglevel=WARNING", *alone)
    simulate = ("django", "simulate_agents", f"--tenant={tenant}")
    processes.start("agents", *simulate, "--agents=2", "--capacity=3")
    simulate = ("django", "simulate_customers", f"--tenant={tenant}")
    processes.start("customers", *simulate, "--rate=0.08", f"--base-url={url}")


def _environment(port):
    """What all processes are told."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "DATA_DIR": str(DATA_DIR),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key"),
        "ALLOWED_HOSTS": os.environ.get("ALLOWED_HOSTS") or "127.0.0.1,localhost",
        "ALLOW_PRIVATE_WEBHOOKS": "1",  # the client application of the demo is on this machine
        "PORTAL_API_URL": f"http://127.0.0.1:{port}",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
        # Celery's advice to a worker that is run by root is right, and not for a demo.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


def _port():
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Failed(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise Failed(f"Port {text} is not free ({error.strerror}); choose another: PORT=8001 make demo") from error
    return int(text)


def _answers(url):
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


if __name__ == "__main__":
    sys.exit(main())
