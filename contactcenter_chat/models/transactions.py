"""When is a verb's transaction a part of its caller's, to stand or fall with it?"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_whole = ContextVar("whole", default=False)


@contextmanager
def whole() -> Iterator[None]:
    """A transaction that nobody goes on with after an error: verbs in it need no savepoints of their own."""
    token = _whole.set(True)
    try:
        with transaction.atomic():
            yield
    finally:
        _whole.reset(token)


def atomic() -> transaction.Atomic:
    """A verb's transaction; inside of another one a savepoint, unless that one is ``whole``."""
    return transaction.atomic(savepoint=not _whole.get())
