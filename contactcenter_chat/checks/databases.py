"""Is our database one that this app works on, and is all of it there?"""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import connections

from ..conf import settings
from ..database import alias, alias_for_reading, alias_of, connection
from .bots import unknown_bots
from .formats import unknown_versions
from .messages import a_warning, an_error

DUMMY = "django.db.backends.dummy"  # what Django puts in for a database of which nothing is said


@checks.register(checks.Tags.database)
def check_database(app_configs, databases, **kwargs):
    """Whether our database is one that this app works on, set up as it needs it; a project's others may be any."""
    if alias() not in (databases or ()):
        return []
    return [*_wrong_database(connection())] or [*unknown_versions(), *unknown_bots()]


def _wrong_database(connection):
    if connection.vendor not in ("postgresql", "sqlite"):
        yield an_error(11, f"{connection.display_name} is not supported.", hint="Use PostgreSQL.")
    options = connection.settings_dict.get("OPTIONS", {})
    if connection.vendor == "sqlite" and options.get("transaction_mode") != "IMMEDIATE":
        yield a_warning(
            12,
            f"On SQLite, transactions of the database {connection.alias!r} can fail with 'database is locked'.",
            hint='Set OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}.',
        )
    pool = options.get("pool")
    needed = 2 * settings.DELIVERY_THREADS + 1
    if isinstance(pool, dict) and pool.get("max_size", needed) < needed:
        yield a_warning(
            13,
            f"The connection pool of the database {connection.alias!r} is smaller than a delivering worker needs.",
            hint=f"Set its max_size to {needed} or more (twice DELIVERY_THREADS, and 1).",
        )


@checks.register
def check_routers(app_configs, **kwargs):
    """Whether all of it is in one database: so is a transaction, and what a foreign key points to, as to a user."""
    ours = apps.get_app_config("contactcenter_chat").get_models(include_auto_created=True)
    models = sorted((get_user_model(), *ours), key=lambda model: model._meta.label)
    return [*_no_database(), *_apart(models)]


def _no_database():
    """Whether there is such a database as routers say; without any, that is ``default``."""
    if alias() not in connections:
        yield an_error(
            25,
            f"Conversations are to be in the database {alias()!r}, which DATABASES does not have.",
            hint=f"Let db_for_write of DATABASE_ROUTERS name one of {', '.join(connections)}.",
        )
    elif not _is_set_up(alias()):
        others = [name for name in connections if _is_set_up(name)]
        yield an_error(
            25,
            f"Conversations are to be in the database {alias()!r}, of which DATABASES says nothing.",
            hint=f"Let db_for_write of DATABASE_ROUTERS name {' or '.join(others) or 'one that is set up'}.",
        )


def _is_set_up(name):
    return connections.settings[name].get("ENGINE", DUMMY) not in ("", DUMMY)


def _apart(models):
    """Which models are not where the conversations are, to be written or to be read."""
    apart = [model._meta.label for model in models if alias_of(model) != alias()]
    if apart:
        yield an_error(
            24,
            f"Conversations are in the database {alias()!r}, and these are in another one: {', '.join(apart)}.",
            hint="Let db_for_write of DATABASE_ROUTERS name one database for AUTH_USER_MODEL and all of our models.",
        )
        return
    elsewhere = [model for model in models if alias_for_reading(model) != alias()]
    if elsewhere:
        found = alias_for_reading(elsewhere[0])
        labels = ", ".join(model._meta.label for model in elsewhere)
        shown = "all of our models and AUTH_USER_MODEL" if elsewhere == models else labels
        yield an_error(
            26,
            f"They are written in the database {alias()!r}, and read in {found!r}: {shown}.",
            hint="Let db_for_read and db_for_write of DATABASE_ROUTERS name the same database.",
        )
