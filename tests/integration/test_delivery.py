"""Real workers, brokers and receivers, and what can happen to them.

In each: every event arrives, in order per conversation, and none twice but what was under way when a worker died.
"""

import os
import threading
import time
from collections import Counter

import pytest

from tests.receiver import Receiver, Say, SayRaw

from .brokers import RabbitMQ, Redis
from .project import PATIENCE, Project, kill, wait_until

pytestmark = pytest.mark.integration

MACHINES = {
    "rabbitmq": os.environ.get("CELERY_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": os.environ.get("CELERY_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
}
OWN = {"rabbitmq": RabbitMQ, "redis": Redis}
JOINED = ["QUEUED", "AGENT_JOINED"]


@pytest.fixture(params=MACHINES)
def project(request, tmp_path, template):
    """A project on the machine's broker; nothing runs yet."""
    with Project(MACHINES[request.param], tmp_path, template) as project:
        yield project


@pytest.fixture(scope="module")
def running(tmp_path_factory, template):
    """A project with a worker."""
    with Project(MACHINES["redis"], tmp_path_factory.mktemp("running"), template) as project:
        project.worker(processes=2)
        yield project


def first_arrivals(receiver):
    """What arrived, by conversation, each event where it came first."""
    seen, found = set(), {}
    for got in list(receiver.got):
        if got.event_id not in seen:
            seen.add(got.event_id)
            event = got.event
            found.setdefault(event["conversationId"], []).append(event.get("message", event["eventType"]))
    return found


def twice(receiver):
    """The ids of the events that came more than once."""
    return {event_id for event_id, count in Counter(got.event_id for got in receiver.got).items() if count > 1}


def talk(project, receiver, conversations=4, texts=("one", "two", "three")):
    """Have some conversations with this receiver; return what must arrive."""
    channel = project.talk("center", url=receiver.url)
    ids = project.talk("start", channel=channel, count=conversations)
    project.talk("say", conversations=ids, texts=texts)
    return {pk: [*JOINED, *texts] for pk in ids}


def is_quiet(receiver):
    """Whether nothing has come for a moment."""
    before = len(receiver.got)
    time.sleep(0.3)
    return len(receiver.got) == before


def test_a_worker_is_killed_in_mid_delivery(project):
    project.environment |= {"TEST_TIMEOUT": "6", "TEST_LEASE": "10"}  # longer than it takes to look and to kill
    held, go_on = [], threading.Event()

    def answer(got):
        if len(receiver.got) > 8 and not go_on.is_set():
            held.append(got.event_id)
            go_on.wait(PATIENCE)
        return Say()

    with Receiver(answer) as receiver:
        worker = project.worker()
        expected = talk(project, receiver)
        # All answers that were given are written down, and it waits for more.
        wait_until(lambda: project.count("delivered") == 8 and held, "the worker is in mid-delivery")
        kill(worker)
        wait_until(lambda: is_quiet(receiver), "all that it has sent is there")
        go_on.set()
        project.worker()
        project.wait_until_nothing_is_owed()
        assert first_arrivals(receiver) == expected
        assert twice(receiver) == set(held)
        assert max(Counter(got.event_id for got in receiver.got).values()) == 2


@pytest.mark.parametrize("name", OWN)
def test_the_broker_stops_and_starts(name, tmp_path, template):
    folder = tmp_path / name
    folder.mkdir()
    with OWN[name](folder) as broker, Project(broker.url, tmp_path, template) as project, Receiver() as receiver:
        project.worker()
        channel = project.talk("center", url=receiver.url)
        conversations = project.talk("start", channel=channel, count=3)
        project.talk("say", conversations=conversations, texts=["before"])
        receiver.wait_for(9, PATIENCE)
        broker.stop()
        # The worker may still be at what it was woken for before, and take some of these along; the rest waits.
        project.talk("say", conversations=conversations, texts=["during"])
        broker.start()
        project.talk("say", conversations=conversations, texts=["after"])
        receiver.wait_for(15, PATIENCE)
        project.wait_until_nothing_is_owed()
        assert first_arrivals(receiver) == {pk: [*JOINED, "before", "during", "after"] for pk in conversations}
        assert twice(receiver) == set()


def test_a_worker_outlives_a_redis_that_is_killed_while_it_is_at_work(tmp_path, template):
    with Redis(tmp_path) as broker, Project(broker.url, tmp_path, template) as project, Receiver(slowly) as receiver:
        worker = project.worker(processes=2)
        channel = project.talk("center", url=receiver.url)
        conversations = project.talk("start", channel=channel, count=20)
        for text in ("first", "second", "third"):
            project.talk("say", conversations=conversations, texts=[text])
            wait_until(lambda: project.query(AT_WORK)[0][0] > 0, "a task is not acknowledged")
            broker.stop()
            broker.start()
            project.wait_until_nothing_is_owed()
        assert worker.poll() is None
        assert first_arrivals(receiver) == {pk: [*JOINED, "first", "second", "third"] for pk in conversations}


AT_WORK = "SELECT count(*) FROM contactcenter_chat_lane WHERE lease_until > now()"


def slowly(got):
    time.sleep(0.05)
    return Say()


def test_two_workers_on_one_lane(project):
    with Receiver() as receiver:
        project.worker(processes=2)
        project.worker(processes=2)
        texts = [str(number) for number in range(100)]
        expected = talk(project, receiver, conversations=1, texts=texts)
        project.wait_until_nothing_is_owed()
        assert first_arrivals(receiver) == expected
        assert twice(receiver) == set()


def fails(answer, times):
    """Answer so to the first requests, and well from then on; what was answered well is noted."""
    well, lock = [], threading.Lock()
    left = [times]

    def reply(got):
        with lock:
            left[0] -= 1
            if left[0] >= 0:
                return answer
            well.append(got.event_id)
        return Say()

    reply.well = well
    return reply


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Say(500), id="answers 500"),
        pytest.param(Say(429, {"Retry-After": "1"}), id="answers 429 with Retry-After"),
        pytest.param(Say(seconds=3), id="hangs"),
        pytest.param(SayRaw(), id="closes the connection"),
        pytest.param(SayRaw(b"HTTP/1.1 200 O"), id="closes the connection in its answer"),
    ],
)
def test_a_receiver_fails_for_a_while(answer, running):
    reply = fails(answer, times=6)
    with Receiver(reply) as receiver:
        expected = talk(running, receiver)
        running.wait_until_nothing_is_owed()
        assert first_arrivals(receiver) == expected
        assert len(reply.well) == len(set(reply.well)) == 20
        assert len(receiver.got) == 26


def test_a_receiver_answers_slowly(running):
    with Receiver(Say(seconds=0.5)) as receiver:
        expected = talk(running, receiver, conversations=6, texts=["one"])
        running.wait_until_nothing_is_owed()
        assert first_arrivals(receiver) == expected
        assert twice(receiver) == set()


def test_a_receiver_redirects(running):
    reply = fails(Say(302, {"Location": "/elsewhere"}), times=3)
    with Receiver(reply) as receiver:
        expected = talk(running, receiver)
        running.wait_until_nothing_is_owed()
        assert first_arrivals(receiver) == expected
        assert {got.path for got in receiver.got} == {"/callbacks"}
        assert len(receiver.got) == len(reply.well) + 3  # each was tried again, as while a deployment is under way
        assert len(reply.well) == len(set(reply.well)) == 20
        assert running.count("dead") == 0


def test_a_receiver_answers_410(running):
    reply = fails(Say(410), times=1)
    with Receiver(reply) as receiver:
        channel = running.talk("center", url=receiver.url)
        conversations = running.talk("start", channel=channel, count=1)
        wait_until(lambda: running.query(OFF, channel) == [(False, "gone")], "the webhook is off")
        running.talk("say", conversations=conversations, texts=["missed"])
        assert len(receiver.got) == 1
        running.talk("enable", channel=channel)
        running.wait_until_nothing_is_owed()
        assert first_arrivals(receiver) == {conversations[0]: [*JOINED, "missed"]}
        assert len(reply.well) == len(set(reply.well)) == 3


OFF = """
SELECT enabled, disabled_reason FROM contactcenter_chat_receiver
WHERE id = (SELECT webhook_id FROM contactcenter_chat_channel WHERE id = %s)
"""
