"""What does a process keep for itself, and what becomes of it after a fork?

Threads and connections do not survive a fork, and a lock may have been held at that moment. So what a process
remembers, and what its threads work with, is made here, and made anew in a forked child. At the process's end what can
be closed is.
"""

import atexit
import os
from collections.abc import Callable
from typing import Any, TypeVar

Kept = TypeVar("Kept")

_kept: list[tuple[Any, tuple[Any, ...]]] = []


def kept(make: Callable[..., Kept], *args: Any) -> Kept:
    """Return ``make(*args)``, an object of this process. To make it anew, its ``__init__`` is called again.

    Before that its ``close`` is, if it has one, which must not wait for a lock.
    """
    made = make(*args)
    _kept.append((made, args))
    return made


def forget_all() -> None:
    """Make all of it anew, as after a fork; for tests."""
    close_all()
    for made, args in _kept:
        made.__init__(*args)


def close_all() -> None:
    """Close what can be closed; to be used again, it must be made anew."""
    for made, _args in _kept:
        if hasattr(made, "close"):
            made.close()


atexit.register(close_all)  # connections are not left to the garbage collection, which complains of them
if hasattr(os, "register_at_fork"):  # not where processes cannot fork
    os.register_at_fork(after_in_child=forget_all)
