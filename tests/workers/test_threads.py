"""Has a thread its database connection, whatever the tasks beside it do?"""

import threading

import pytest
from django.db import connections

from contactcenter_chat import database
from contactcenter_chat.workers import threads

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pooled(monkeypatch):
    """A connection from a pool, as ``connect`` finds it."""
    settings = connections["default"].settings_dict
    options = settings["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 4, "timeout": 30}}
    made = type(connections["default"])(settings | {"OPTIONS": options, "CONN_MAX_AGE": 0}, "pooled")
    for module in (threads, database):
        monkeypatch.setattr(module, "connection", lambda: made)
    monkeypatch.setattr(threads, "_own_connections", threading.Event())
    yield made
    made.close()
    assert "pooled" not in made._connection_pools


def test_a_thread_beside_tasks_needs_no_pool(pooled):
    threads.leave_pools()
    for _ in range(2):
        threads.connect()
        with pooled.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        assert pooled.pool is None
        pooled.close()


def test_elsewhere_its_connection_is_one_of_the_pool(pooled):
    threads.connect()
    assert pooled.connection._pool is pooled.pool
    threads.leave_pools()
    threads.connect()  # what it has is given back to where it came from
    assert pooled.pool is not None
    pooled.close()
    pooled.close_pool()
