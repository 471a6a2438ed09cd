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


def used_by(pool, times=1):
    """The ids of the server's processes that a thread has worked with, each time it was asked to."""

    def asked():
        with database.connection().cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    return [pool.submit(asked).result() for _ in range(times)]


@pytest.fixture
def beside_tasks(monkeypatch):
    """Threads as a process has them that does tasks."""
    monkeypatch.setattr(threads, "_own_connections", threading.Event())
    monkeypatch.setattr(threads, "_keepers", threads.Keepers())
    threads.leave_pools()
    pools = []

    def made():
        pools.append(threads.Threads("test", lambda: 1))
        return pools[-1]

    yield made
    for pool in pools:
        pool.submit(lambda: database.connection().close()).result()
        pool._pool.shutdown()


def test_a_few_threads_keep_their_connections(beside_tasks, monkeypatch):
    monkeypatch.setattr(threads, "KEPT_MOST", 1)
    first, second = used_by(beside_tasks(), 3), used_by(beside_tasks(), 3)
    assert (len(set(first)), len(set(second))) == (1, 3)


def test_one_that_the_server_has_closed_meanwhile_is_not_used_again(beside_tasks):
    pool = beside_tasks()
    [pid] = used_by(pool)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    [another] = used_by(pool)
    assert another != pid


def test_all_that_is_there_is_done(beside_tasks):
    waiting, done = [3, 2, 1], []
    pool = beside_tasks()
    pool.take_all(lambda: waiting.pop() if waiting else None, done.append)
    pool.finish()
    assert (waiting, done) == ([], [1, 2, 3])


def test_what_takes_long_goes_on_by_itself(beside_tasks, monkeypatch):
    monkeypatch.setattr(threads, "TASK_SECONDS", 0.1)
    waiting, done, may_end = ["slow"], [], threading.Event()

    def work(item):
        may_end.wait()
        done.append(item)

    pool = beside_tasks()
    pool.take_all(lambda: waiting.pop() if waiting else None, work)
    assert (pool.free(), done) == (0, [])
    may_end.set()
    pool.finish()
    assert (pool.free(), done) == (1, ["slow"])
