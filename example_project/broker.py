"""How is each broker spoken to, so that no wake-up is lost needlessly?"""

import json
import time
import uuid
from pathlib import Path

from kombu.transport import TRANSPORT_ALIASES, filesystem

FILES = "files://localhost/"  # one machine, nothing to install; for development


def is_rabbitmq(url: str) -> bool:
    """Whether this broker has quorum queues."""
    return url.startswith(("amqp:", "amqps:", "pyamqp:"))


def transport_options(url: str, data_dir: Path) -> dict:
    """Celery's ``broker_transport_options`` for this broker."""
    if is_rabbitmq(url):
        return {"confirm_publish": True}  # wait until the broker has the message
    if url.startswith(("redis:", "rediss:")):
        return {"visibility_timeout": 120}  # seconds until a dead worker's message comes back; default: an hour
    if url == FILES:
        return _folders(data_dir / "broker")
    return {}


def _folders(folder: Path) -> dict:
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.1,  # seconds
    }


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **kwargs):
        """Let a message appear as a whole: kombu's own way shows it to a reader before it is written."""
        name = f"{time.time_ns():020}_{uuid.uuid4()}"
        part = Path(self.data_folder_out) / f"{name}.part"
        part.write_text(json.dumps(payload))
        part.rename(part.with_name(f"{name}.{queue}.msg"))


class Transport(filesystem.Transport):
    Channel = Channel


TRANSPORT_ALIASES["files"] = "example_project.broker:Transport"
