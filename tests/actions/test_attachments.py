import hashlib
from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from contactcenter_chat import signals
from contactcenter_chat.actions import attachments, conversations, messages
from contactcenter_chat.actions.upkeep import retention, sweep
from contactcenter_chat.attachments.scanning.base import Scanner
from contactcenter_chat.attachments.storing import Received
from contactcenter_chat.exceptions import Conflict, Invalid, NotFound, TooLarge, Unavailable
from contactcenter_chat.models import Attachment, Delivery, Message
from contactcenter_chat.workers import wakeup
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
pytestmark = pytest.mark.django_db


class Found(Scanner):
    """Finds what says that it is bad, and cannot judge what says that it is odd."""

    def scan(self, file):
        content = file.read()
        if b"odd" in content:
            raise OSError("no answer")
        return "Eicar-Test" if b"bad" in content else ""


@pytest.fixture
def conf(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False, "PUBLIC_URL": "https://chat.example.org/"}
    return settings.CONTACTCENTER_CHAT


@pytest.fixture
def scanned(conf):
    conf["ATTACHMENT_SCANNER"] = f"{__name__}.Found"


@pytest.fixture
def conversation():
    return factories.start_conversation(factories.make_center().channel)


@pytest.fixture
def chat(conversation):
    """An interaction that an agent is in."""
    factories.make_agent(conversation.tenant, conversation.channel.queue)
    return factories.accepted(conversation)


def say(conversation, *rows, author_type="user", **options):
    ids = [row.pk for row in rows]
    return messages.add_message(conversation_id=conversation.pk, author_type=author_type, attachments=ids, **options)


def stored(row):
    with default_storage.open(row.path) as file:
        return file.read()


def test_a_file_is_kept_with_its_type_size_and_hash(conversation):
    row = factories.make_attachment(conversation, PNG, "photo.txt")
    row.refresh_from_db()
    assert (row.name, row.content_type, row.size, row.kind) == ("photo.txt", "image/png", 48, "image")
    assert row.sha256 == hashlib.sha256(PNG).hexdigest()
    assert (row.state, row.message, row.author_type) == ("clean", None, "user")
    assert stored(row) == PNG


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\grace\\letter.txt", "letter.txt"),
        ("../../etc/passwd", "passwd"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\x00b\n.txt", "ab.txt"),
        ("", "file"),
        ("   ", "file"),
        (".htaccess", ".htaccess"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("no-ending" * 40, ("no-ending" * 40)[:255]),
        ("carta año 2026 📎.txt", "carta año 2026 📎.txt"),
    ],
)
def test_a_name_is_only_a_name(given, kept, conversation):
    assert factories.make_attachment(conversation, name=given).name == kept


def test_nothing_in_the_path_was_chosen_by_the_sender(conversation):
    row = factories.make_attachment(conversation, name="../../evil.html")
    assert row.path == f"contactcenter_chat/{conversation.tenant_id}/{conversation.pk}/{row.pk}"


def test_an_empty_file_is_refused(conversation):
    with pytest.raises(Invalid, match="empty"):
        factories.make_attachment(conversation, b"")
    assert not Attachment.objects.exists()


def test_a_file_that_is_too_large_is_refused_while_it_comes(conf):
    conf["ATTACHMENT_MAX_BYTES"] = 10
    with Received() as received:
        received.write(b"12345678")
        with pytest.raises(TooLarge):
            received.write(b"901")
        assert received.file.tell() == 8


def test_another_tenants_conversation_is_not_there(conversation):
    stranger = factories.make_center().tenant
    with pytest.raises(NotFound):
        factories.make_attachment(conversation, tenant_id=stranger.pk)
    assert not Attachment.objects.exists()


def test_an_agent_adds_files_only_while_handling(chat):
    own = factories.make_attachment(chat.conversation, author_type="agent", agent=chat.agent)
    assert own.author_type == "agent"
    colleague = factories.make_agent(chat.tenant, chat.queue)
    with pytest.raises(Conflict):
        factories.make_attachment(chat.conversation, author_type="agent", agent=colleague)


def test_a_storage_that_fails_is_told_and_leaves_what_the_purge_finds(conversation, caplog):
    with (
        mock.patch.object(attachments.storing, "keep", side_effect=OSError("disk full")),
        pytest.raises(Unavailable),
    ):
        factories.make_attachment(conversation)
    assert Attachment.objects.get().state == "removed"
    assert retention.purge()["attachments"] == 1
    assert "could not be stored" in caplog.text


def test_a_conversation_erased_while_the_file_comes_keeps_none(conversation):
    def erased_meanwhile(path, file):
        kept = real(path, file)
        conversations.erase_conversation(conversation_id=conversation.pk)
        return kept

    real = attachments.storing.keep
    with mock.patch.object(attachments.storing, "keep", erased_meanwhile), pytest.raises(NotFound):
        factories.make_attachment(conversation)
    row = Attachment.objects.get()
    assert row.state == "removed"
    assert not default_storage.exists(row.path)


# Sending


def test_a_message_may_be_files_alone_in_the_order_of_the_sender(conf, conversation):
    first, second = (factories.make_attachment(conversation, name=f"{n}.txt") for n in (1, 2))
    message = say(conversation, second, first)
    assert list(message.attachments.values_list("name", flat=True)) == ["2.txt", "1.txt"]
    assert (message.text, message.plain_text) == ("", "2.txt\n\n1.txt")


def test_an_agents_file_is_told_in_text_with_a_link(conf, chat):
    row = factories.make_attachment(chat.conversation, author_type="agent", agent=chat.agent)
    say(chat.conversation, row, author_type="agent", agent=chat.agent, text="See this")
    body = Delivery.objects.latest("number").body
    assert f'"message":"See this\\n\\nhello.txt: https://chat.example.org/attachments/{row.pk}/?expires=' in body


def test_a_file_is_sent_once(conversation):
    row = factories.make_attachment(conversation)
    say(conversation, row)
    with pytest.raises(Invalid) as refused:
        say(conversation, row)
    assert (refused.value.field, refused.value.value) == ("attachments", row.pk)
    assert Message.objects.count() == 1


def test_a_file_named_twice_is_sent_once(conversation):
    row = factories.make_attachment(conversation)
    assert say(conversation, row, row).attachments.count() == 1


def test_files_of_another_conversation_are_not_there(conversation):
    other = factories.start_conversation(conversation.channel)
    with pytest.raises(Invalid):
        say(conversation, factories.make_attachment(other))
    assert not Message.objects.exists()


def test_a_customer_does_not_send_an_agents_file(chat):
    row = factories.make_attachment(chat.conversation, author_type="agent", agent=chat.agent)
    with pytest.raises(Invalid):
        say(chat.conversation, row)


def test_a_bot_sends_what_its_application_added(conversation):
    row = factories.make_attachment(conversation)
    say(conversation, row, author_type="bot")
    row.refresh_from_db()
    assert row.author_type == "bot"


def test_more_files_than_allowed_are_refused(conf, conversation):
    conf["ATTACHMENTS_PER_MESSAGE"] = 2
    with pytest.raises(Invalid, match="more than 2"):
        say(conversation, *(factories.make_attachment(conversation) for _ in range(3)))


def test_without_text_and_files_there_is_no_message(conversation):
    with pytest.raises(Invalid):
        say(conversation)


def test_a_text_with_files_is_one_message_and_one_fact(conversation):
    say(conversation, factories.make_attachment(conversation), text="Here it is")
    assert factories.log_of(conversation).count("message.added") == 1
    entry = conversation.log.get(kind="message.added")
    assert entry.data.keys().isdisjoint({"text", "attachments", "cards"})


# Scanning


def test_with_a_scanner_a_file_is_in_quarantine_and_a_worker_is_told(
    scanned, conversation, django_capture_on_commit_callbacks
):
    with mock.patch.object(wakeup, "wake_scanning") as wake, django_capture_on_commit_callbacks(execute=True):
        row = factories.make_attachment(conversation)
    assert row.state == "quarantined"
    wake.assert_called_once_with()


def test_what_is_clean_is_let_out(scanned, conversation):
    row = factories.make_attachment(conversation)
    assert attachments.scan_due() == 1
    row.refresh_from_db()
    assert (row.state, row.found, row.scan_at) == ("clean", "", None)
    assert "attachment.infected" not in factories.log_of(conversation)


def test_what_is_bad_is_a_fact_and_cannot_be_sent(scanned, conversation, django_capture_on_commit_callbacks):
    row = factories.make_attachment(conversation, b"bad")
    heard = []
    signals.attachment_infected.connect(receiver := lambda entry, **about: heard.append(entry.data))
    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.scan_due() == 1
    signals.attachment_infected.disconnect(receiver)
    assert heard == [{"attachment_id": row.pk, "found": "Eicar-Test"}]
    row.refresh_from_db()
    assert (row.state, row.found) == ("infected", "Eicar-Test")
    with pytest.raises(Invalid, match="not safe"):
        say(conversation, row)


def test_a_file_in_quarantine_may_be_sent_and_is_judged_afterwards(scanned, conversation):
    row = factories.make_attachment(conversation, b"bad")
    say(conversation, row)
    attachments.scan_due()
    row.refresh_from_db()
    assert (row.state, row.message is None) == ("infected", False)


def test_what_cannot_be_judged_stays_and_is_looked_at_again(scanned, conversation, caplog):
    odd, clean = factories.make_attachment(conversation, b"odd"), factories.make_attachment(conversation)
    assert attachments.scan_due() == 1
    odd.refresh_from_db()
    clean.refresh_from_db()
    assert (odd.state, clean.state) == ("quarantined", "clean")
    assert odd.scan_at > timezone.now() + timedelta(minutes=4)
    assert attachments.scan_due() == 0
    assert f"files_scanned failed with row {odd.pk}" in caplog.text


def test_the_sweep_finds_what_nobody_scans(scanned, conversation):
    factories.make_attachment(conversation)
    with mock.patch.object(wakeup, "wake_scanning") as wake:
        sweep.sweep()
        wake.assert_not_called()
        Attachment.objects.update(scan_at=timezone.now() - timedelta(seconds=6))
        sweep.sweep()
    wake.assert_called_once_with()


def test_without_its_scanner_what_waited_is_let_out(scanned, conf, conversation):
    row = factories.make_attachment(conversation)
    del conf["ATTACHMENT_SCANNER"]
    attachments.scan_due()
    row.refresh_from_db()
    assert row.state == "clean"


# Going


def test_erasing_deletes_the_files_after_the_commit(conversation, django_capture_on_commit_callbacks):
    sent, unsent = factories.make_attachment(conversation), factories.make_attachment(conversation)
    say(conversation, sent)
    with django_capture_on_commit_callbacks(execute=True):
        conversations.erase_conversation(conversation_id=conversation.pk)
        assert default_storage.exists(sent.path)
        assert set(Attachment.objects.values_list("state", "name", "sha256")) == {("removed", "", "")}
    assert not default_storage.exists(sent.path)
    assert not default_storage.exists(unsent.path)
    assert not Attachment.objects.exists()


def test_files_that_could_not_be_deleted_go_with_the_next_purge(conversation):
    row = factories.make_attachment(conversation)
    conversations.erase_conversation(conversation_id=conversation.pk)  # and the process dies before its commit hooks
    assert default_storage.exists(row.path)
    assert retention.purge()["attachments"] == 1
    assert not default_storage.exists(row.path)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_is_rolled_back_deletes_nothing():
    conversation = factories.start_conversation(factories.make_center().channel)
    row = factories.make_attachment(conversation)
    with pytest.raises(RuntimeError), transaction.atomic():
        conversations.erase_conversation(conversation_id=conversation.pk)
        raise RuntimeError
    row.refresh_from_db()
    assert row.state == "clean"
    assert default_storage.exists(row.path)


def test_what_nobody_sends_goes_after_a_day(conversation):
    young, old, sent = (factories.make_attachment(conversation) for _ in range(3))
    say(conversation, sent)
    Attachment.objects.exclude(pk=young.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert retention.purge(dry_run=True)["attachments"] == 1
    assert retention.purge()["attachments"] == 1
    assert set(Attachment.objects.all()) == {young, sent}
    assert not default_storage.exists(old.path)
    assert default_storage.exists(sent.path)


def test_an_old_conversation_goes_with_its_files(conf, conversation):
    conf["CONVERSATION_KEEP_DAYS"] = 1
    row = factories.make_attachment(conversation)
    say(conversation, row)
    long_ago = timezone.now() - timedelta(days=2)
    type(conversation).objects.update(state="idle", last_ended_at=long_ago, last_active_at=long_ago)
    assert retention.purge()["conversations"] == 1
    assert not default_storage.exists(row.path)
    assert not Attachment.objects.exists()


def test_an_agent_thinks_better_of_it(chat):
    row = factories.make_attachment(chat.conversation, author_type="agent", agent=chat.agent)
    other = factories.make_attachment(chat.conversation)
    for each in (row, other):
        attachments.discard_attachment(conversation_id=chat.conversation_id, attachment_id=each.pk, agent=chat.agent)
    assert list(Attachment.objects.all()) == [other]
    assert not default_storage.exists(row.path)
