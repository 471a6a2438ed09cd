"""Files between this project and a Chat Gateway v1 elsewhere, over lines that are slow or dead."""

import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from contactcenter_chat import models
from contactcenter_chat.actions import messages
from contactcenter_chat.actions.remote import file_fetching
from contactcenter_chat.deliveries import draining, leases
from contactcenter_chat.events import CUSTOMER
from contactcenter_chat.models import Attachment, Delivery, DeliveryAttempt, DeliverySlot, Lane
from contactcenter_chat.outbound import requests
from tests.factories import make_attachment
from tests.receiver import Receiver, Say

from .test_file_fetching import answer, make_due, state_of, stored, talk, wire  # noqa: F401  (fixtures)

REQUEST = requests.request  # the network's own, before a test replaces it
LARGE = bytes(range(250)) * 800  # 200 kB
QUICK, SLOW = 0.5, 100_000  # seconds that a command may take; bytes per second that a file must make
pytestmark = pytest.mark.django_db


def says(got):
    return Say(body=b'{"id":"file-there"}' if got.path.endswith("/attachments") else b"{}")


@pytest.fixture
def line(talk, here, configure, monkeypatch):  # noqa: F811
    """A real line to the centre, from the moment on when the conversation has begun there."""
    monkeypatch.setattr(requests, "request", REQUEST)
    configure(CALLBACK_TIMEOUT=QUICK, LEASE_SECONDS=2, FILE_MIN_BYTES_PER_SECOND=SLOW, RETRY_SCHEDULE=(60,) * 5)
    with Receiver(says) as receiver:
        here.options["base_url"] = receiver.url.removesuffix("/callbacks")
        yield receiver


def send(conversation, content=LARGE):
    row = make_attachment(conversation, content)
    return messages.add_message(
        conversation_id=conversation.pk, author_type=CUSTOMER, text="Here it is.", attachments=[row.pk]
    )


def came(receiver):
    return [got.path.partition("?")[0].rpartition("/")[2] for got in receiver.got]


def attempts_at(message):
    return list(DeliveryAttempt.objects.filter(delivery__entry__message=message).order_by("pk"))


def lane_of(conversation):
    return Lane.objects.get(conversation=conversation, receiver__provider="vendor")


def run_out():
    for model in (Lane, DeliverySlot):
        model.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


# To the centre


def test_a_file_that_takes_longer_than_a_command_may_arrives_once(talk, line):  # noqa: F811
    line.rate = 2 * SLOW
    message = send(talk)
    draining.drain()
    assert came(line) == ["attachments", "messages"]
    assert LARGE in line.got[0].body
    assert line.got[1].at - line.got[0].at < QUICK  # both were noted when all of them had come
    assert json.loads(line.got[1].body)["attachments"] == [{"id": "file-there"}]
    assert state_of(message) == ("sent", "")
    assert len(attempts_at(message)) == 1
    assert lane_of(talk).due_at is None


def test_while_it_is_on_its_way_no_other_worker_takes_it(talk, line, monkeypatch):  # noqa: F811
    usual, seen = requests.request, []

    def request(method, url, *arguments, **options):
        lane = lane_of(talk)
        slot = DeliverySlot.objects.get(lease_until__gt=timezone.now())
        seen.append([round((row.lease_until - timezone.now()).total_seconds()) for row in (lane, slot)])
        return usual(method, url, *arguments, **options)

    monkeypatch.setattr(requests, "request", request)
    send(talk)
    draining.drain()
    assert seen == [[4, 4], [2, 2]]  # the lease, and 2 seconds for the file


def test_a_centre_that_hangs_is_given_up(talk, line):  # noqa: F811
    line.answer = Say(seconds=20)
    message = send(talk, bytes(10_000))
    draining.drain()
    assert came(line) == ["attachments"]
    (attempt,) = attempts_at(message)
    assert attempt.error == "TimeoutError: timed out"
    assert 590 < attempt.duration_ms < 5_000  # the command's time, and 0.1 s for the file
    assert state_of(message) == ("queued", "")
    line.answer = says
    make_due(talk)
    models.Receiver.objects.update(paused_until=None)
    draining.drain()
    assert came(line) == ["attachments", "attachments", "messages", "messages"]  # it looks first whether it is there
    assert state_of(message) == ("sent", "")


def test_a_centre_that_takes_nothing_is_not_waited_for_as_long_as_the_file_may_take(talk, line, configure):  # noqa: F811
    configure(FILE_MIN_BYTES_PER_SECOND=100_000, ATTACHMENT_MAX_BYTES=50_000_000)
    line.rate = 1  # more than fits into the buffers on the way: sending comes to a stop
    message = send(talk, bytes(16_000_000))
    draining.drain()
    (attempt,) = attempts_at(message)
    assert attempt.error == "TimeoutError: timed out"
    assert attempt.duration_ms < 60_000  # the file may take 160 s


def test_a_worker_that_is_killed_in_mid_upload(talk, line, monkeypatch):  # noqa: F811
    class Killed(BaseException):
        pass

    def killed(method, url, body, *arguments, **options):
        next(iter(body.pieces))
        raise Killed

    message = send(talk)
    with monkeypatch.context() as patch:
        patch.setattr(requests, "request", killed)
        with pytest.raises(Killed):
            draining.drain()
    later = timezone.now() + timedelta(seconds=3)  # more than LEASE_SECONDS
    assert lane_of(talk).lease_until > later
    assert leases.take_work() is None
    run_out()
    draining.drain()
    assert came(line) == ["attachments", "messages"]
    assert state_of(message) == ("sent", "")
    assert Delivery.objects.get(entry__message=message).attempts_made == 1


def test_a_worker_whose_lease_was_lost_at_an_upload_says_nothing(talk, line, monkeypatch):  # noqa: F811
    usual = requests.request

    def request(method, url, *arguments, **options):
        answer = usual(method, url, *arguments, **options)
        Lane.objects.filter(receiver__provider="vendor").update(lease_token=5)  # as another worker does that takes it
        return answer

    monkeypatch.setattr(requests, "request", request)
    message = send(talk)
    draining.drain()
    assert came(line) == ["attachments"]
    assert attempts_at(message) == []
    assert state_of(message) == ("queued", "")


# From the centre


@pytest.fixture
def expected(talk, run, monkeypatch, configure):  # noqa: F811
    """A file that the agent there has sent and that is to be fetched."""
    answer(talk)
    run()
    monkeypatch.setattr(requests, "request", REQUEST)
    configure(CALLBACK_TIMEOUT=QUICK, ALLOW_PRIVATE_WEBHOOKS=True, ATTACHMENT_MAX_BYTES=500_000)
    return Attachment.objects.filter(conversation=talk)


def test_a_file_that_comes_slowly_is_fetched(expected, configure):
    configure(FILE_MIN_BYTES_PER_SECOND=100_000)
    with Receiver(Say(body=b"0123456789" * 2, pace=0.1)) as receiver:
        expected.update(source=receiver.url)
        assert file_fetching.fetch_due() == 1
        assert len(receiver.got) == 1
    row = expected.get()
    assert (row.state, stored(row)) == ("clean", b"0123456789" * 2)


@pytest.mark.parametrize("told", [Say(seconds=20), Say(body=b"0123456789", pace=20)])
def test_one_that_does_not_move_is_given_up_long_before(told, expected, configure):
    configure(FILE_MIN_BYTES_PER_SECOND=100)
    with Receiver(told) as receiver:
        expected.update(source=receiver.url)
        begun = timezone.now()
        assert file_fetching.fetch_due() == 0
        assert timezone.now() - begun < timedelta(seconds=10)
        assert len(receiver.got) == 1
    assert expected.get().state == "receiving"


def test_one_that_drips_is_given_up_in_the_end(expected, configure):
    configure(FILE_MIN_BYTES_PER_SECOND=1_000_000)
    with Receiver(Say(body=bytes(100), pace=0.2)) as receiver:
        expected.update(source=receiver.url)
        assert file_fetching.fetch_due() == 0
    assert expected.get().state == "receiving"


def test_nobody_else_fetches_it_meanwhile(expected, configure):
    configure(FILE_MIN_BYTES_PER_SECOND=1_000)
    claimed = file_fetching._claim(file_fetching._due())
    left = (expected.get(pk=claimed.pk).fetch_at - timezone.now()).total_seconds()
    assert 550 < left < 561  # 500 s for the largest file, and the time to store it


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_task_does_not_wait_for_it_and_begins_no_more_than_there_are_threads(expected, configure, monkeypatch):
    configure(CALLBACK_TIMEOUT=20)
    monkeypatch.setattr("contactcenter_chat.workers.threads.SLOW_SECONDS", 0)
    monkeypatch.setattr(file_fetching, "FILES_AT_ONCE", 1)
    may_answer = threading.Event()

    def hang(got):
        assert may_answer.wait(20)
        return Say(body=b"at last")

    with Receiver(hang) as receiver:
        expected.update(source=receiver.url)
        file_fetching.fetch_in_thread()
        receiver.wait_for(1)
        first = expected.get()
        assert first.state == "receiving"
        second = expected.get()
        second.pk, second.position, second.fetches, second.fetch_at = None, 1, 0, timezone.now()
        second.save(force_insert=True)
        file_fetching.fetch_in_thread()
        assert expected.get(pk=second.pk).fetches == 0
        may_answer.set()
        file_fetching._threads.finish()
        file_fetching.fetch_in_thread()
        file_fetching._threads.finish()
    assert [(row.state, row.fetches, stored(row)) for row in expected] == [("clean", 1, b"at last")] * 2
