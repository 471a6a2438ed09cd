from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.utils import timezone

from contactcenter_chat.actions import conversations
from contactcenter_chat.actions.center import interactions, routing
from contactcenter_chat.actions.upkeep import retention
from contactcenter_chat.models import (
    Attachment,
    Conversation,
    Customer,
    Delivery,
    DeliveryAttempt,
    Failure,
    IdempotencyRecord,
    LogEntry,
    Message,
    Receiver,
    RoutingDecision,
    RoutingLook,
    SweepRun,
)
from tests import factories

pytestmark = pytest.mark.django_db
KINDS = (
    "attachments",
    "article_files",
    "conversations",
    "customers",
    "deliveries",
    "callbacks",
    "rejections",
    "idempotency_records",
    "routing_looks",
    "questions",
    "assistant_requests",
    "verifications",
    "sweep_runs",
    "failures",
)
NOTHING = dict.fromkeys(KINDS, 0)


@pytest.fixture(autouse=True)
def conf(settings):
    settings.CONTACTCENTER_CHAT = {"LIVE_HINTS": False, "CONVERSATION_KEEP_DAYS": 90}
    return settings.CONTACTCENTER_CHAT


@pytest.fixture
def center():
    return factories.make_center()


def ago(**period):
    return timezone.now() - timedelta(**period)


def idle(center, last_active_at):
    """A conversation that was handled, is idle, and was last active then."""
    if not center.queue.members.exists():
        factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel, history=["Hello"], email="grace@example.org")
    interaction = factories.accepted(conversation)
    interactions.end_interaction(interaction_id=interaction.pk, agent=interaction.agent)
    Conversation.objects.filter(pk=conversation.pk).update(last_active_at=last_active_at, last_ended_at=last_active_at)
    Customer.objects.filter(pk=conversation.customer_id).update(created_at=last_active_at)
    return conversation


def test_what_is_young_stays(center):
    idle(center, ago(days=89))
    Delivery.objects.update(state=Delivery.State.DELIVERED, done_at=ago(days=29))
    IdempotencyRecord.objects.create(api_key=center.api_key, key="k", fingerprint="f", created_at=ago(days=29))
    SweepRun.objects.create()
    assert retention.purge() == NOTHING


def test_old_conversations_go_with_all_that_belongs_to_them(center):
    old, young = idle(center, ago(days=91)), idle(center, ago(days=1))
    assert old.customer_id != young.customer_id
    assert retention.purge() == {**NOTHING, "conversations": 1, "customers": 1}
    assert list(Conversation.objects.all()) == [young]
    assert not LogEntry.objects.filter(conversation=old.pk).exists()
    assert not Message.objects.exclude(conversation=young).exists()
    assert list(Customer.objects.all()) == [young.customer]


def test_a_conversation_that_is_not_idle_stays_however_old(center):
    factories.start_conversation(center.channel)
    Conversation.objects.update(last_active_at=ago(days=1000))
    assert retention.purge() == NOTHING


def test_by_default_conversations_stay_for_ever(center, conf):
    del conf["CONVERSATION_KEEP_DAYS"]
    idle(center, ago(days=10_000))
    assert retention.purge() == NOTHING


def test_old_deliveries_go_with_their_attempts(center):
    factories.start_conversation(center.channel)
    owed = Delivery.objects.get()
    DeliveryAttempt.objects.create(delivery=owed, retry=0, duration_ms=1)
    Delivery.objects.update(state=Delivery.State.DEAD, done_at=ago(days=31), created_at=ago(days=34))
    assert retention.purge() == {**NOTHING, "deliveries": 1}
    assert not DeliveryAttempt.objects.exists()


@pytest.mark.parametrize("change", [lambda channel: Receiver.objects.update(enabled=False), factories.delete_channel])
def test_what_a_webhook_missed_while_it_was_off_is_kept_for_30_days(change, center):
    factories.start_conversation(center.channel)
    Delivery.objects.update(created_at=ago(days=31))
    assert retention.purge() == NOTHING
    change(center.channel)
    assert retention.purge() == {**NOTHING, "deliveries": 1}


def test_answers_kept_for_repeats_and_notes_of_the_sweep_go(center):
    IdempotencyRecord.objects.create(api_key=center.api_key, key="k", fingerprint="f", created_at=ago(days=31))
    SweepRun.objects.create(ran_at=ago(days=2))
    assert retention.purge() == {**NOTHING, "idempotency_records": 1, "sweep_runs": 1}


def test_rows_that_are_no_longer_tried_are_forgotten(center):
    for row, days in (("old", 2), ("new", 0)):
        Failure.objects.create(step="some", row=row, last_at=ago(days=days), again_at=ago(days=days))
    assert retention.purge() == {**NOTHING, "failures": 1}
    assert Failure.objects.get().row == "new"


@pytest.fixture
def bad_file(center, monkeypatch):
    """An old conversation with a file that cannot be deleted."""
    conversation = idle(center, ago(days=91))
    row = factories.make_attachment(conversation)
    Attachment.objects.update(message=Message.objects.filter(conversation=conversation).first())
    delete = default_storage.delete

    def fail(path):
        if path == row.path:
            raise OSError("The storage is away.")
        delete(path)

    monkeypatch.setattr(default_storage, "delete", fail)
    return row


def test_a_file_that_cannot_be_deleted_keeps_its_conversation_and_nothing_else(center, bad_file):
    idle(center, ago(days=91))
    SweepRun.objects.create(ran_at=ago(days=2))
    assert retention.purge() == {**NOTHING, "conversations": 1, "customers": 1, "sweep_runs": 1}
    assert Conversation.objects.get().pk == bad_file.conversation_id
    assert Message.objects.exists()
    assert list(Failure.objects.values_list("step", "row")) == [("files_deleted", bad_file.pk)]


def test_what_could_not_be_deleted_goes_when_it_can(center, bad_file, monkeypatch):
    retention.purge()
    monkeypatch.undo()
    Failure.objects.update(again_at=ago(seconds=1))
    assert retention.purge() == {**NOTHING, "conversations": 1, "customers": 1}
    assert not default_storage.exists(bad_file.path)
    assert not Failure.objects.exists()


def test_what_decisions_have_in_common_stays_as_long_as_one_of_them(center):
    agent = factories.make_agent(center.tenant, center.queue, capacity=2)
    first, second = (factories.start_conversation(center.channel) for _ in range(2))
    routing.route_queue(center.queue.pk)
    assert (RoutingLook.objects.count(), agent.pk) == (1, RoutingDecision.objects.latest("pk").agent_id)
    RoutingLook.objects.update(made_at=ago(days=91))
    RoutingDecision.objects.filter(interaction__conversation=first).delete()
    assert retention.purge() == NOTHING
    RoutingDecision.objects.filter(interaction__conversation=second).delete()
    assert retention.purge() == {**NOTHING, "routing_looks": 1}


@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_a_row_that_cannot_be_deleted_keeps_no_other(center, at_once, monkeypatch):
    """As when the project has something that points to it and may not go."""
    monkeypatch.setattr(retention, "AT_ONCE", at_once)
    runs = [SweepRun.objects.create(ran_at=ago(days=2)) for _ in range(5)]

    def protect(instance, **kwargs):
        if instance == runs[1]:
            raise ProtectedError("It is still needed.", [instance])

    with receives(pre_delete, protect, sender=SweepRun):
        assert retention.purge() == {**NOTHING, "sweep_runs": 4}
    assert list(SweepRun.objects.all()) == [runs[1]]
    assert Failure.objects.get().row == str(runs[1].pk)


@contextmanager
def receives(signal, receiver, sender):
    signal.connect(receiver, sender=sender)
    yield
    signal.disconnect(receiver, sender=sender)


def test_a_dry_run_counts_and_deletes_nothing(center):
    conversation = idle(center, ago(days=91))
    assert retention.purge(dry_run=True)["conversations"] == 1
    assert Conversation.objects.filter(pk=conversation.pk).exists()


def test_more_than_one_transaction_full(center, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(5):
        SweepRun.objects.create(ran_at=ago(days=2))
    assert retention.purge() == {**NOTHING, "sweep_runs": 5}


def test_what_was_erased_can_be_purged(center):
    conversation = idle(center, ago(days=91))
    conversations.erase_conversation(conversation_id=conversation.pk)
    Conversation.objects.update(last_active_at=ago(days=91), last_ended_at=ago(days=91))
    assert retention.purge()["conversations"] == 1
