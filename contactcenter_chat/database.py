"""Which database are our tables in, and how are its transactions made?

The project's routers say it (``DATABASE_ROUTERS``), whenever it is asked. A queryset asks them by itself; a
connection, a transaction and what follows its commit are had here, since Django's own mean the database ``default``.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

from django.apps import apps
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

logger = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

_whole = ContextVar("whole", default=False)


def alias() -> str:
    """Return the alias of the database that our tables are written in: all in one, as a system check demands."""
    return alias_of(apps.get_model("contactcenter_chat", "Conversation"))


def alias_of(model: type[Model]) -> str:
    """Return the alias of the database that the rows of a model, ours or the project's, are written in."""
    return router.db_for_write(model)


def alias_for_reading(model: type[Model]) -> str:
    """Return the alias of the database that they are read in, which must be the same one."""
    return router.db_for_read(model)


def connection() -> BaseDatabaseWrapper:
    """Return this thread's connection to it."""
    return connections[alias()]


OWN_SECONDS = 60  # a connection of one's own may be kept


def leave_pool() -> BaseDatabaseWrapper:
    """Return the same, which is made anew when it is not open: not one of Django's pool, which others may close."""
    own = connection()
    if own.connection is None:
        options = {name: value for name, value in own.settings_dict["OPTIONS"].items() if name != "pool"}
        kept = {"CONN_MAX_AGE": OWN_SECONDS, "CONN_HEALTH_CHECKS": True}
        own.settings_dict = {**own.settings_dict, "OPTIONS": options, **kept}
    return own


def atomic(*, joins: bool = False, durable: bool = False) -> transaction.Atomic:
    """A transaction of it; inside of another one a savepoint, which one that ``joins`` a ``whole`` one needs not.

    One that is ``durable`` refuses to be inside of another one: at its end it is committed.
    """
    return transaction.atomic(using=alias(), savepoint=not (joins and _whole.get()), durable=durable)


@contextmanager
def whole() -> Iterator[None]:
    """A transaction that nobody goes on with after an error: what joins it stands or falls with it."""
    token = _whole.set(True)
    try:
        with atomic():
            yield
    finally:
        _whole.reset(token)


def after_commit(follow: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Have this done after the commit. When it fails, the log says so: what is committed has succeeded.

    Django's own ``robust`` wants a name of what it calls, which a ``partial`` does not have, and raises when it is to
    report that one has failed.
    """
    transaction.on_commit(partial(_follow, partial(follow, *args, **kwargs)), using=alias())


def _follow(follow: partial[object]) -> None:
    try:
        follow()
    except Exception:  # of whatever hangs off a fact
        logger.exception("What follows a commit failed: %s", follow)


def without_transaction(view: View) -> View:
    """Have a view run in no transaction of the request, in whichever database the project asks for one."""
    for each in connections:
        view = transaction.non_atomic_requests(each)(view)
    return view
