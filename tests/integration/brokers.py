"""Brokers that tests may stop and start: processes of their own, beside those of the machine."""

import os
import shutil
import socket
import subprocess
import uuid

from .project import kill, wait_until


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """Use it in a ``with`` statement; it runs until it is stopped, or left."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def start(self):
        with (self.folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env={**os.environ, **self.environment()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_until(self.listens, "the broker listens")
        except TimeoutError:
            self.stop()
            raise

    def stop(self):
        """Stop it as a crash does."""
        kill(self._process)

    def listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def environment(self):
        return {}


class Redis(Broker):
    """Keeps nothing on disk: what was queued is lost when it stops."""

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self):
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]


class RabbitMQ(Broker):
    @property
    def url(self):
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self):
        # Not the script on PATH, which changes the user.
        server = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        return [server if os.path.exists(server) else shutil.which("rabbitmq-server")]

    def environment(self):
        files = {
            "RABBITMQ_MNESIA_BASE": "data",
            "RABBITMQ_LOG_BASE": "log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": "plugins",
            "RABBITMQ_CONFIG_FILE": "config",
            "RABBITMQ_PID_FILE": "pid",
            "HOME": "",
        }
        self.node = getattr(self, "node", f"cc{uuid.uuid4().hex[:8]}@localhost")
        paths = {name: str(self.folder / path) for name, path in files.items()}
        ports = {
            "RABBITMQ_NODE_PORT": str(self.port),
            # By default 20000 above the other, which may be no port at all.
            "RABBITMQ_DIST_PORT": str(free_port()),
        }
        return {**paths, **ports, "RABBITMQ_NODENAME": self.node}
