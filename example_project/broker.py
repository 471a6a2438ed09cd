"""How is each broker spoken to, so that no wake-up is lost needlessly?"""

from pathlib import Path


def is_rabbitmq(url: str) -> bool:
    """Whether this broker has quorum queues."""
    return url.startswith(("amqp:", "amqps:", "pyamqp:"))


def transport_options(url: str, data_dir: Path) -> dict:
    """Celery's ``broker_transport_options`` for this broker."""
    if is_rabbitmq(url):
        return {"confirm_publish": True}  # wait until the broker has the message
    if url.startswith(("redis:", "rediss:")):
        return {"visibility_timeout": 120}  # seconds until a dead worker's message comes back; default: an hour
    if url.startswith("filesystem:"):
        return _files(data_dir / "broker")
    return {}


def _files(folder: Path) -> dict:
    """One machine, nothing to install; for development."""
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.1,  # seconds
    }
