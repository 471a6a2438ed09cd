"""What becomes of a remote centre's callback: stored as it came, then processed, run again when it failed."""

import hashlib
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from contactcenter_chat import signals
from contactcenter_chat.actions.conversations import erase_conversation
from contactcenter_chat.actions.remote import inbox
from contactcenter_chat.models import Conversation, InboundCallback
from contactcenter_chat.wire.base import encode
from tests.factories import log_of, make_tenant, start_conversation
from tests.facts import facts, fresh, nothing_written, refused

DONE = ("state", "attempts", "error", "due_at")
QUEUED = {"eventType": "QUEUED", "queueId": "q", "queueName": "Help"}


@pytest.fixture
def own(here):
    """A conversation that the centre knows as C-1; its log ends with 2, ``conversation.activated``."""
    conversation = start_conversation(here.channel)
    Conversation.objects.filter(pk=conversation.pk).update(remote_id="C-1")
    return conversation


def store(here, event=QUEUED, event_id="e-1", remote_id="C-1", at=1_700_000_000_000):
    parsed = {"conversationId": remote_id, "timestamp": at, **event}
    return inbox.store(
        tenant_id=here.tenant.pk,
        provider="vendor",
        event_id=event_id,
        body=encode(parsed).encode(),
        parsed=parsed,
        headers={"X-Id": event_id},
    )


def joined(agent_id):
    return {"eventType": "AGENT_JOINED", "agentId": agent_id, "agentName": agent_id}


# Stored


def test_it_is_stored_as_it_came(here, own):
    before = timezone.now()
    assert store(here) is True
    row = InboundCallback.objects.get()
    body = bytes(row.body)
    assert body == encode({"conversationId": "C-1", "timestamp": 1_700_000_000_000, **QUEUED}).encode()
    assert fresh(row, "tenant_id", "provider", "event_id", "event_type", "remote_conversation", "conversation_id") == (
        here.tenant.pk,
        "vendor",
        "e-1",
        "QUEUED",
        "C-1",
        None,
    )
    assert (row.sha256, row.headers) == (hashlib.sha256(body).hexdigest(), {"X-Id": "e-1"})
    assert row.said_at.timestamp() == 1_700_000_000
    assert (row.state, row.done_at, row.due_at == row.received_at) == ("received", None, True)
    assert row.received_at >= before
    assert log_of(own) == ["conversation.started", "conversation.activated"]  # nothing is done of it yet


def test_a_worker_is_woken_for_what_is_new(here, own, woken):
    assert woken(store, here) == [("wake_callbacks",)]
    assert woken(store, here) == []


def test_a_verification_is_nothing_to_process(here, woken):
    assert woken(store, here, {"eventType": "WEB_HOOK_VERIFY"}) == []
    row = InboundCallback.objects.get()
    assert (row.state, row.due_at, row.done_at == row.received_at) == ("processed", None, True)


@pytest.mark.parametrize("state", ["received", "processed"])
def test_a_repetition_is_stored_once(here, own, state):
    store(here)
    InboundCallback.objects.update(state=state)
    with nothing_written():
        assert store(here) is False


def test_one_that_failed_is_taken_again(here, own):
    store(here)
    InboundCallback.objects.update(state="failed", error="Oh", attempts=3, due_at=None)
    before = timezone.now()
    assert store(here) is True
    row = InboundCallback.objects.get()
    assert (row.state, row.error, row.attempts) == ("received", "", 0)
    assert row.due_at >= before


def test_the_same_id_with_another_body_is_refused(here, own):
    store(here)
    with refused(inbox.AnotherBody, code="another_body"):
        store(here, joined("ada"))


def test_the_same_id_of_another_tenant_is_another(here, own):
    store(here)
    here.tenant = make_tenant().tenant
    assert store(here) is True
    assert InboundCallback.objects.count() == 2


# Processed


def test_it_is_processed(here, own):
    store(here)
    assert inbox.process_due() == 1
    row = InboundCallback.objects.get()
    assert fresh(row, *DONE) == ("processed", 1, "", None)
    assert (row.conversation, row.done_at is not None) == (own, True)
    assert facts(own, after=2)[0][1] == "interaction.queued"
    assert own.log.get(kind="interaction.queued").at == row.said_at
    with nothing_written():
        assert inbox.process_due() == 0


def test_without_a_time_of_its_own_it_happened_when_it_came(here, own):
    store(here, at=None)
    inbox.process_due()
    assert own.log.get(kind="interaction.queued").at == InboundCallback.objects.get().received_at


def test_of_one_conversation_in_the_order_of_their_times(here, own):
    store(here, joined("alan"), "e-1", at=1_700_000_002_000)
    store(here, joined("ada"), "e-2", at=1_700_000_001_000)
    assert inbox.process_due() == 2
    names = [data["agent_id"] for _number, kind, _about, data in facts(own, after=2) if kind == "agent.joined"]
    assert names == ["ada", "alan"]


def test_what_is_not_due_waits(here, own):
    store(here)
    InboundCallback.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    with nothing_written():
        assert inbox.process_due() == 0


def test_what_is_about_no_conversation_is_kept(here, own):
    store(here, {"eventType": "NEWS"}, remote_id="")
    assert inbox.process_due() == 1
    assert fresh(InboundCallback.objects.get(), "state", "conversation_id") == ("processed", None)


def test_of_what_was_erased_nothing_is_kept_and_nothing_follows(here, own):
    store(here)
    erase_conversation(conversation_id=own.pk)
    number = fresh(own, "last_number")[0]
    assert inbox.process_due() == 1
    row = InboundCallback.objects.get()
    assert (row.state, bytes(row.body), row.conversation) == ("processed", b"", own)
    assert facts(own, after=number) == []


def test_anothers_conversation_of_the_same_id_hears_nothing(here, own):
    here.tenant = make_tenant().tenant
    store(here)
    inbox.process_due()
    assert facts(own, after=2) == []
    assert fresh(InboundCallback.objects.get(), "state", "conversation_id") == ("received", None)


@pytest.mark.parametrize("whose", ["another tenant's", "another conversation's"])
@pytest.mark.parametrize("step", [1, -1], ids=["forwards", "backwards"])
def test_a_flood_holds_up_nobody_else(here, own, monkeypatch, whose, step):
    monkeypatch.setattr(inbox, "TASK_SECONDS", 60)
    monkeypatch.setattr(inbox, "TURN_SECONDS", 60)
    monkeypatch.setattr(inbox, "WAITS", (600,) * 9)  # none is due again before all were tried once
    for number in range(4 * inbox.IN_TURN):
        store(here, event_id=f"e-{number}", at=1_700_000_000_000 + step * number)
    if whose == "another tenant's":
        here.tenant = make_tenant().tenant
    store(here, event_id="alone", remote_id="C-2")
    order = []
    monkeypatch.setattr(
        inbox, "_try", lambda first: order.append(first.event_id) or inbox._wait_for_conversation(first, "")
    )
    inbox.process_due()
    assert len(order) == 4 * inbox.IN_TURN + 1
    assert order.index("alone") <= inbox.IN_TURN


# Not now


def test_an_unknown_conversation_is_waited_for_ever_longer(here):
    store(here)
    for attempt, seconds in enumerate(inbox.WAITS, start=1):
        InboundCallback.objects.update(due_at=timezone.now())
        before = timezone.now()
        assert inbox.process_due() == 1
        row = InboundCallback.objects.get()
        assert (row.state, row.attempts) == ("received", attempt)
        assert timedelta(seconds=seconds) <= row.due_at - before < timedelta(seconds=seconds + 5)
    InboundCallback.objects.update(due_at=timezone.now())
    inbox.process_due()
    row = InboundCallback.objects.get()
    assert fresh(row, *DONE) == (
        "failed",
        len(inbox.WAITS) + 1,
        "UnknownConversation: There is no conversation that is C-1 there.",
        None,
    )


def test_trouble_with_the_database_is_not_its_fault(here, own, monkeypatch, caplog):
    def trouble(*arguments, **options):
        raise OperationalError("deadlock")

    monkeypatch.setattr(inbox, "apply_event", trouble)
    store(here)
    before = timezone.now()
    inbox.process_due()
    row = InboundCallback.objects.get()
    assert (row.state, row.attempts, row.error) == ("received", 1, "")
    assert timedelta(seconds=1) <= row.due_at - before < timedelta(seconds=5)
    assert "deadlock" in caplog.text


def test_what_cannot_be_processed_has_failed_and_the_project_is_told(here, own, monkeypatch, caplog):
    def fails(*arguments, **options):
        raise ValueError("no \0 sense" + 3000 * "x")

    told = []
    receiver = lambda callback, **about: told.append((callback.pk, callback.state))  # noqa: E731
    monkeypatch.setattr(inbox, "apply_event", fails)
    signals.callback_failed.connect(receiver)
    store(here)
    try:
        inbox.process_due()
    finally:
        signals.callback_failed.disconnect(receiver)
    row = InboundCallback.objects.get()
    assert fresh(row, "state", "attempts", "due_at") == ("failed", 1, None)
    assert row.error == ("ValueError: no \ufffd sense" + 3000 * "x")[:2000]
    assert told == [(row.pk, "failed")]
    assert facts(own, after=2) == []
    assert f"Callback {row.pk} failed" in caplog.text


# Run again


def test_what_failed_is_run_again(here, own, woken):
    store(here)
    InboundCallback.objects.update(state="failed", error="Oh", attempts=3, due_at=None)
    store(here, joined("ada"), "e-2")
    before = timezone.now()
    assert woken(lambda: inbox.run_again(InboundCallback.objects.all())) == [("wake_callbacks",)]
    assert set(InboundCallback.objects.values_list("event_id", "state", "error", "attempts")) == {
        ("e-1", "received", "", 0),
        ("e-2", "received", "", 0),
    }
    assert InboundCallback.objects.get(event_id="e-1").due_at >= before


def test_what_did_not_fail_is_not(here, own, woken):
    store(here)
    with nothing_written():
        assert inbox.run_again(InboundCallback.objects.all()) == 0
    assert woken(inbox.run_again, InboundCallback.objects.all()) == []


def test_what_a_lost_wake_up_left_is_found(here, own, woken):
    assert woken(inbox.wake_if_due) == []
    store(here)
    assert woken(inbox.wake_if_due) == [("wake_callbacks",)]
