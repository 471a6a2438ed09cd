"""What does the environment say? Switches, lists, the secret key and the database."""

import contextlib
import os
import secrets
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

# A transaction left open holds back vacuum for every table, and claiming work slows down.
POSTGRESQL_LIMITS = "-c idle_in_transaction_session_timeout=30s"


def flag(name: str) -> bool:
    """Whether the variable is switched on (``1``, ``true``, ``yes``, ``on``)."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """The variable as a whole number."""
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def words(name: str) -> list[str]:
    """The variable as a list; commas separate."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def secret_key(data_dir: Path, *, debug: bool) -> str:
    """``SECRET_KEY``; in debug mode one that is made once and kept in the data folder."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if not debug:
        raise ImproperlyConfigured("Set SECRET_KEY, or DEBUG=1 for a key made for development.")
    return kept_secret(data_dir / "secret_key")


def kept_secret(path: Path, size: int = 48) -> str:
    """The secret in this file, made of ``size`` random bytes on first use; only its owner can read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(size))
        # Unlike a rename, a link does not replace what another process may have made meanwhile.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


def database(data_dir: Path) -> dict:
    """Django's description of ``DATABASE_URL``; a SQLite file in the data folder without one.

    On PostgreSQL, ``DATABASE_POOL`` is the most connections a process keeps (0: no pool, each thread keeps
    its own connection).
    """
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'db.sqlite3'}"
    config = dj_database_url.parse(url)
    if config["ENGINE"] == "django.db.backends.postgresql":
        _tune_postgresql(config)
    elif config["ENGINE"] == "django.db.backends.sqlite3":
        _tune_sqlite(config)
    return config


def _tune_postgresql(config: dict) -> None:
    config["CONN_HEALTH_CHECKS"] = True
    options = config.setdefault("OPTIONS", {})
    options.setdefault("options", POSTGRESQL_LIMITS)
    if pool := number("DATABASE_POOL", 20):
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 30}
        options.setdefault("prepare_threshold", 5)  # a connection of our own: no pooler hands it to somebody else
    else:
        config["CONN_MAX_AGE"] = 60


def _tune_sqlite(config: dict) -> None:
    config.setdefault("OPTIONS", {}).update(
        # Take the write lock at the start of a transaction: upgrading a read lock later fails at once
        # instead of waiting when another writer was faster.
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    )
