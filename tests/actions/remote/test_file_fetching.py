"""Files between this project and a Chat Gateway v1 elsewhere: once each, checked, and of no private address."""

import hashlib
from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from contactcenter_chat import models
from contactcenter_chat.actions import attachments, conversations, messages
from contactcenter_chat.actions.remote import file_fetching, inbox, telling
from contactcenter_chat.attachments.downloads import check_open
from contactcenter_chat.deliveries import draining
from contactcenter_chat.events import AGENT, CUSTOMER
from contactcenter_chat.exceptions import Conflict, NotFound
from contactcenter_chat.models import (
    Attachment,
    Conversation,
    Delivery,
    InboundCallback,
    Lane,
    Message,
    Participant,
)
from contactcenter_chat.outbound import requests
from contactcenter_chat.providers.base import load_provider
from contactcenter_chat.workers import wakeup
from tests.actions.test_attachments import PNG, Found
from tests.factories import accepted, make_attachment, start_conversation
from tests.receiver import Receiver, Say

from ...remote_center import THERE

SCANNER = f"{Found.__module__}.Found"
pytestmark = pytest.mark.django_db


@pytest.fixture
def wire():
    return "Chat Gateway v1.0"


@pytest.fixture
def talk(here, there, run, configure):
    """A conversation that has begun there, where an agent has it."""
    configure(PUBLIC_URL=THERE)
    conversation = start_conversation(here.channel)
    run()
    conversation.refresh_from_db()
    conversation.interaction = accepted(remote_of(conversation))
    run()
    return conversation


def remote_of(conversation):
    return Conversation.objects.get(pk=conversation.remote_id)


def send(conversation, *rows, text=""):
    """The customer sends these files."""
    return messages.add_message(
        conversation_id=conversation.pk, author_type=CUSTOMER, text=text, attachments=[row.pk for row in rows]
    )


def answer(conversation, content=PNG, name="map.png", text="Look:"):
    """The agent there sends a file; return its row there."""
    agent = conversation.interaction.agent
    row = make_attachment(remote_of(conversation), content, name, AGENT, agent=agent)
    messages.add_message(
        conversation_id=conversation.remote_id, author_type=AGENT, agent=agent, text=text, attachments=[row.pk]
    )
    return row


def arrived(conversation):
    """What the customer said there: text, and name and content of each file."""
    said = Message.objects.filter(conversation=conversation.remote_id, author_type=CUSTOMER).order_by("number")
    return [(message.text, [(row.name, stored(row)) for row in message.attachments.all()]) for message in said]


def stored(row):
    with default_storage.open(row.path) as file:
        return file.read()


def state_of(message):
    message.refresh_from_db()
    return message.delivery_state, message.delivery_reason


def uploads(network):
    return [path for method, path in network.asked if method == "POST" and path.endswith("/attachments")]


def make_due(conversation):
    Lane.objects.filter(conversation=conversation, due_at__isnull=False).update(due_at=timezone.now())


# To the centre


def test_files_arrive_before_their_message(talk, run, network):
    one = make_attachment(talk, PNG, 'my "photo" 👋.png')
    two = make_attachment(talk, b"Hello", "letter.txt")
    network.sent.clear()
    message = send(talk, one, two, text="Here they are.")
    run()
    names = ["my %22photo%22 👋.png", "letter.txt"]
    assert arrived(talk) == [("Here they are.", list(zip(names, [PNG, b"Hello"], strict=True)))]
    assert state_of(message) == ("sent", "")
    there = list(Attachment.objects.filter(conversation=talk.remote_id).order_by("position"))
    one.refresh_from_db()
    two.refresh_from_db()
    assert [one.remote_id, two.remote_id] == [row.pk for row in there]
    assert [row.content_type for row in there] == ["image/png", "text/plain"]

    place = f"/chat-gateway/v1/conversations/{talk.remote_id}"
    posted = [sent for sent in network.sent if sent[0].startswith(place)]
    assert [path for path, _type, _body in posted] == [f"{place}/attachments"] * 2 + [f"{place}/messages"]
    boundary = f"contactcenter-{two.pk}"
    assert posted[1][1:] == (
        f"multipart/form-data; boundary={boundary}",
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="authorType"\r\n\r\nuser\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="letter.txt"\r\n'
            f"Content-Type: text/plain\r\n\r\nHello\r\n--{boundary}--\r\n"
        ).encode(),
    )
    ids = f'[{{"id":"{one.remote_id}"}},{{"id":"{two.remote_id}"}}]'
    assert posted[2][2] == f'{{"authorType":"user","text":"Here they are.","attachments":{ids}}}'.encode()


def test_an_upload_whose_answer_is_lost_is_made_once_more(talk, run, network):
    lost = []
    network.lose = lambda method, path: path.endswith("/attachments") and not lost and not lost.append(path)
    message = send(talk, make_attachment(talk), make_attachment(talk, b"Two"))
    run()
    assert arrived(talk) == [("", [("hello.txt", b"Hello"), ("hello.txt", b"Two")])]
    assert state_of(message) == ("sent", "")
    assert len(uploads(network)) == 3


@pytest.mark.parametrize("keys", [False, True])
def test_a_message_whose_answer_is_lost_uploads_nothing_again(keys, talk, here, run, network):
    here.options["idempotency_keys"] = keys
    lost = []
    network.lose = lambda method, path: (
        method == "POST" and path.endswith("/messages") and not lost and not lost.append(path)
    )
    send(talk, make_attachment(talk), text="Here it is.")
    run()
    assert lost
    assert arrived(talk) == [("Here it is.", [("hello.txt", b"Hello")])]
    assert len(uploads(network)) == 1


def test_a_worker_that_dies_after_an_upload(talk, run, network, monkeypatch):
    class Killed(BaseException):
        pass

    row = make_attachment(talk)
    send(talk, row)
    usual = network.request

    def request(method, url, *arguments, **options):
        if url.endswith("/messages"):
            raise Killed
        return usual(method, url, *arguments, **options)

    monkeypatch.setattr(requests, "request", request)
    with pytest.raises(Killed):
        draining.drain()
    row.refresh_from_db()
    assert row.remote_id
    monkeypatch.setattr(requests, "request", usual)
    Lane.objects.update(lease_until=None)
    run()
    assert len(arrived(talk)) == 1
    assert len(uploads(network)) == 1


def test_a_file_that_is_being_checked_is_waited_for(talk, run, network, configure):
    configure(ATTACHMENT_SCANNER=SCANNER, RETRY_SCHEDULE=(60,) * 5)
    message = send(talk, make_attachment(talk))
    draining.drain()
    owed = Delivery.objects.get(entry__message=message)
    assert (owed.state, owed.attempts.get().error) == ("pending", "hello.txt is still being checked.")
    assert uploads(network) == []
    assert models.Receiver.objects.get(provider="vendor").failures == 0
    attachments.scan_due()
    make_due(talk)
    run()
    assert arrived(talk) == [("", [("hello.txt", b"Hello")])]


def test_what_cannot_be_sent_is_told(talk, run, network, configure):
    configure(ATTACHMENT_SCANNER=SCANNER)
    rows = [make_attachment(talk, content) for content in (b"bad", b"good", b"gone")]
    send(talk, *rows, text="Three files.")
    attachments.scan_due()
    Attachment.objects.filter(pk=rows[2].pk).update(state="removed")
    run()
    told = (
        "Three files.\n\nhello.txt: this file is not safe and was not sent.\n\n"
        "A file was removed before it could be sent."
    )
    assert arrived(talk) == [(told, [("hello.txt", b"good")])]
    only = send(talk, make_attachment(talk, b"lost"))
    attachments.scan_due()
    Attachment.objects.filter(message=only).delete()
    run()
    assert arrived(talk)[1] == ("A file was removed before it could be sent.", [])


def test_a_file_that_is_refused_fails_its_message_which_can_be_sent_again(talk, run, network, configure, monkeypatch):
    configure(RETRY_SCHEDULE=())
    rows = [make_attachment(talk), make_attachment(talk, b"Two")]
    message = send(talk, *rows)
    usual, taken = network.request, []

    def request(method, url, *arguments, **options):
        if url.endswith("/attachments"):
            taken.append(url)
            if len(taken) == 2:
                return requests.Response(1, 413, text="Too large.", content=b"Too large.")
        return usual(method, url, *arguments, **options)

    monkeypatch.setattr(requests, "request", request)
    run()
    assert state_of(message) == ("failed", "Too large.")
    # By the time it is sent again, what was uploaded may have been deleted there.
    assert set(Attachment.objects.filter(message=message).values_list("remote_id", flat=True)) == {""}
    telling.send_again(message_id=message.pk)
    run()
    assert arrived(talk) == [("", [("hello.txt", b"Hello"), ("hello.txt", b"Two")])]


def test_a_file_that_is_not_there_does_not_stop_the_worker(talk, run):
    row = make_attachment(talk)
    default_storage.delete(row.path)
    message = send(talk, row)
    later = send(talk, make_attachment(talk))
    run()
    assert state_of(message) == ("failed", f"The file {row.pk} could not be read.")
    assert state_of(later) == ("sent", "")


def test_a_receipt_that_came_during_an_upload_is_about_what_was_said_before(talk, run):
    later = timezone.now() + timedelta(minutes=1)
    assert Participant.objects.filter(conversation=talk, type=AGENT).update(read_at=later) == 1
    with_file, without = send(talk, make_attachment(talk)), send(talk, text="Hello")
    run()
    assert [state_of(with_file)[0], state_of(without)[0]] == ["sent", "read"]


# From the centre


def test_a_file_comes_after_its_message(talk, run, network, django_capture_on_commit_callbacks):
    sent = answer(talk)
    with mock.patch.object(wakeup, "wake_fetching") as wake, django_capture_on_commit_callbacks(execute=True):
        run()
    wake.assert_called_with()
    message = Message.objects.get(conversation=talk, author_type=AGENT)
    row = message.attachments.get()
    assert (message.text, row.name, row.state, row.remote_id) == ("Look:", "map.png", "receiving", sent.pk)
    with pytest.raises(Conflict):
        check_open(row)
    assert not Attachment.objects.received().filter(pk=row.pk).exists()

    assert file_fetching.fetch_due() == 1
    row.refresh_from_db()
    assert (row.state, row.content_type, row.size, row.source, row.fetch_at) == ("clean", "image/png", 48, "", None)
    assert (row.sha256, row.kind, stored(row)) == (hashlib.sha256(PNG).hexdigest(), "image", PNG)
    assert file_fetching.fetch_due() == 0
    assert len([url for url in network.trusted if "signature=" in url]) == 1


def test_a_repeated_callback_makes_one_attachment(talk, run):
    answer(talk)
    run()
    InboundCallback.objects.filter(event_type="MESSAGE").update(state="received", due_at=timezone.now())
    assert inbox.process_due() > 0
    assert Attachment.objects.filter(conversation=talk).count() == 1
    assert file_fetching.fetch_due() == 1


def test_it_is_scanned_like_any_other(talk, run, configure):
    answer(talk, b"bad", "notes.txt")
    attachments.scan_due()
    run()
    configure(ATTACHMENT_SCANNER=SCANNER)
    file_fetching.fetch_due()
    row = Attachment.objects.get(conversation=talk)
    assert row.state == "quarantined"
    attachments.scan_due()
    row.refresh_from_db()
    assert (row.state, row.found) == ("infected", "Eicar-Test")


def test_it_is_tried_again_and_then_given_up(talk, run, network):
    answer(talk)
    run()
    network.down.add("there.test")
    waits = []
    for _ in range(len(file_fetching.WAITS) + 1):
        assert file_fetching.fetch_due() == 0
        row = Attachment.objects.get(conversation=talk)
        waits.append(row.fetch_at and round((row.fetch_at - timezone.now()).total_seconds()))
        Attachment.objects.filter(pk=row.pk, state="receiving").update(fetch_at=timezone.now())
    assert waits == [*file_fetching.WAITS, None]
    assert (row.state, row.get_state_display(), row.source) == ("missing", "could not be fetched", "")
    with pytest.raises(NotFound):
        check_open(row)
    network.down.clear()
    assert file_fetching.fetch_due() == 0


def test_one_that_is_too_large_is_given_up_while_it_is_read(talk, run, configure):
    answer(talk)
    run()
    configure(ATTACHMENT_MAX_BYTES=20)
    assert file_fetching.fetch_due() == 0
    row = Attachment.objects.get(conversation=talk)
    assert (row.state, row.size, row.fetches) == ("missing", 0, 1)
    assert not default_storage.exists(row.path)


def test_a_private_address_is_refused(talk, run, monkeypatch, configure):
    answer(talk)
    run()
    monkeypatch.undo()
    configure(ALLOW_PRIVATE_WEBHOOKS=False)
    with Receiver(Say(body=b"secret")) as receiver:
        Attachment.objects.filter(conversation=talk).update(source=receiver.url)
        assert file_fetching.fetch_due() == 0
        assert receiver.got == []
    row = Attachment.objects.get(conversation=talk)
    assert (row.state, row.fetches) == ("missing", 1)


@pytest.mark.parametrize(
    ("url", "is_at"),
    [
        ("http://there.test/a?b", True),
        ("http://THERE.test:80/a", True),
        ("https://there.test/a", False),
        ("http://there.test:81/a", False),
        ("http://there.test@127.0.0.1/a", False),
        ("http://127.0.0.1/there.test", False),
        ("http://there.test:x/", False),
        ("//there.test/", False),
        ("", False),
    ],
)
def test_which_addresses_are_the_centres_own(url, is_at, here):
    assert load_provider("vendor").is_at(url) is is_at


def test_a_file_without_an_address_is_told_by_its_name(talk):
    body = {
        "eventType": "MESSAGE",
        "conversationId": talk.remote_id,
        "data": {"sender": {"type": "agent", "id": "x"}, "attachments": [{"id": "a", "fileName": "../b.pdf"}]},
    }
    from contactcenter_chat.wire.base import encode

    inbox.store(
        tenant_id=talk.tenant_id, provider="vendor", event_id="e", body=encode(body).encode(), parsed=body, headers={}
    )
    inbox.process_due()
    row = Attachment.objects.get(conversation=talk)
    assert (row.name, row.state, row.content_type, row.fetch_at) == ("b.pdf", "missing", "application/pdf", None)


def test_of_a_conversation_that_is_erased_meanwhile_nothing_stays(talk, run, network, monkeypatch):
    answer(talk)
    run()
    usual = network.request

    def request(method, url, *arguments, **options):
        conversations.erase_conversation(conversation_id=talk.pk)
        return usual(method, url, *arguments, **options)

    monkeypatch.setattr(requests, "request", request)
    assert file_fetching.fetch_due() == 0
    row = Attachment.objects.get(conversation=talk)
    assert (row.state, row.name, row.source, row.fetch_at) == ("removed", "", "", None)
    assert not default_storage.exists(row.path)


def test_what_a_dead_worker_had_begun_is_fetched_again(talk, run):
    answer(talk)
    run()
    dead = file_fetching._claim(file_fetching._due())
    default_storage.save(dead.path, default_storage.open(stored_at(talk)))
    assert file_fetching.fetch_due() == 0  # it may be at it
    Attachment.objects.filter(pk=dead.pk).update(fetch_at=timezone.now() - timedelta(seconds=1))
    assert file_fetching.fetch_due() == 1
    row = Attachment.objects.get(pk=dead.pk)
    assert (row.state, row.fetches, stored(row)) == ("clean", 2, PNG)
    assert not default_storage.exists(dead.path)
    # It was not dead after all.
    with pytest.raises(NotFound):
        attachments.finish(dead, default_storage.save(dead.path, default_storage.open(row.path)))
    assert not default_storage.exists(dead.path)
    assert stored(row) == PNG


def stored_at(conversation):
    return Attachment.objects.get(conversation=conversation.remote_id).path


def test_the_clock_has_fetched_what_a_lost_wake_up_left(talk, run):
    with mock.patch.object(wakeup, "wake_fetching") as wake:
        file_fetching.wake_if_due()
        wake.assert_not_called()
        answer(talk)
        run()
        file_fetching.wake_if_due()
    wake.assert_called_once_with()
