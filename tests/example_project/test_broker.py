"""How each broker is spoken to."""

import pytest
from kombu import Connection, Queue

from example_project import broker


@pytest.mark.parametrize("url", ["amqp://guest:guest@127.0.0.1//", "amqps://h//", "pyamqp://h//"])
def test_rabbitmq_confirms_what_is_published(url, tmp_path):
    assert broker.is_rabbitmq(url)
    assert broker.transport_options(url, tmp_path) == {"confirm_publish": True}


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/0", "rediss://h/0"])
def test_redis_gives_back_what_a_dead_worker_held_after_two_minutes(url, tmp_path):
    assert not broker.is_rabbitmq(url)
    assert broker.transport_options(url, tmp_path) == {"visibility_timeout": 120}


def test_any_other_broker_is_left_as_it_is(tmp_path):
    assert broker.transport_options("memory://", tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_message_goes_through_files_and_leaves_none(tmp_path):
    queue = Queue("wakeups")
    options = broker.transport_options(broker.FILES, tmp_path)
    with Connection(broker.FILES, transport_options=options) as connection:
        for number in range(3):
            connection.Producer().publish({"n": number}, routing_key=queue.name, declare=[queue])
        bound = queue(connection.default_channel)
        taken = [bound.get(no_ack=True).payload["n"] for _ in range(3)]

        assert taken == [0, 1, 2]
        assert bound.get() is None
    assert list((tmp_path / "broker" / "messages").iterdir()) == []
