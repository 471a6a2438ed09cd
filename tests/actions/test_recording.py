"""What becomes a fact, what hangs off it, and what a project hears of it?"""

import json
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contactcenter_chat import actions, events, live, signals
from contactcenter_chat.actions import messages, recording
from contactcenter_chat.actions.recording import Fact, record, record_each
from contactcenter_chat.models import Conversation, Delivery, Lane, LogEntry, Webhook
from contactcenter_chat.workers import wakeup
from tests import factories


@pytest.fixture
def center():
    return factories.make_center()


@pytest.fixture
def heard():
    """What the project's own code was told: (entry's kind, what it is about)."""
    told = []

    def receiver(sender, entry, **about):
        told.append((entry.kind, sorted(about.keys() - {"signal"})))

    for signal in signals.BY_EVENT.values():
        signal.connect(receiver, weak=False)
    yield told
    for signal in signals.BY_EVENT.values():
        signal.disconnect(receiver)


@pytest.mark.django_db(transaction=True)
def test_signals_come_after_commit_in_order_with_what_they_are_about(center, heard):
    with transaction.atomic():
        factories.start_conversation(center.channel)
        assert heard == []
    assert heard == [
        ("conversation.started", ["conversation"]),
        ("conversation.activated", ["conversation", "interaction"]),
        ("interaction.queued", ["conversation", "interaction"]),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_announced(center, heard):
    with pytest.raises(RuntimeError), transaction.atomic():
        factories.start_conversation(center.channel)
        raise RuntimeError
    assert heard == []
    assert not LogEntry.objects.exists()
    assert not Delivery.objects.exists()


class Nameless:
    """A receiver without a name, as a partial is one."""

    def __call__(self, sender, **kwargs):
        raise ValueError("nobody home")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failing", [Nameless(), partial(Nameless())])
def test_a_failing_receiver_without_a_name_harms_nothing(center, heard, caplog, failing):
    signals.conversation_started.connect(failing)
    try:
        factories.start_conversation(center.channel)
    finally:
        signals.conversation_started.disconnect(failing)
    assert [kind for kind, _about in heard] == [
        "conversation.started",
        "conversation.activated",
        "interaction.queued",
    ]
    assert "nobody home" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_fails_after_the_commit_harms_nothing_that_follows(center, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("nobody home")

    numbers, woken = [], []
    monkeypatch.setattr(recording, "announce", fail)
    monkeypatch.setattr(live, "hint", lambda *, conversation_id, number: numbers.append(number))
    monkeypatch.setattr(wakeup, "wake_delivery", lambda: woken.append(True))
    factories.start_conversation(center.channel)
    assert numbers == [1, 3]
    assert woken == [True]
    assert "nobody home" in caplog.text


def test_what_follows_a_commit_is_told_to_one_function_alone():
    folder = Path(actions.__file__).parent.parent
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if "on_commit(" in path.read_text()}
    assert found == {"database.py"}


@pytest.mark.django_db(transaction=True)
def test_a_projects_failing_receiver_harms_nothing(center, heard, caplog):
    def failing(sender, **kwargs):
        raise ZeroDivisionError

    signals.message_added.connect(failing)
    try:
        conversation = factories.start_conversation(center.channel)
        message = messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Hi")
    finally:
        signals.message_added.disconnect(failing)
    assert LogEntry.objects.filter(message=message).exists()
    assert heard[-1] == ("message.added", ["conversation", "message"])
    assert "A receiver of a signal failed: <function test_a_projects_failing" in caplog.text


@pytest.mark.django_db
def test_every_event_has_a_signal():
    assert set(signals.BY_EVENT) == {cls.name for cls in events.Event.__subclasses__()}


@pytest.mark.django_db
def test_the_words_of_a_message_stand_in_its_own_row_alone(center):
    conversation = factories.start_conversation(center.channel)
    message = messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Hi")
    entry = LogEntry.objects.get(message=message)
    assert entry.number == message.number
    assert entry.data == {
        "message_id": message.pk,
        "author_type": "user",
        "participant_id": message.participant_id,
        "agent_id": "",
        "agent_first_name": "",
        "agent_last_name": "",
        "history": False,
    }


@pytest.mark.django_db
def test_a_delivery_holds_the_body_as_it_was_when_the_fact_was_recorded(center):
    agent = factories.make_agent(center.tenant, center.queue)
    conversation = factories.start_conversation(center.channel)
    factories.accepted(conversation)
    message = messages.add_message(
        conversation_id=conversation.pk, author_type=events.AGENT, text="Grüß dich 👋 “ok”", agent=agent
    )
    agent.user.first_name = "Changed"
    agent.user.save()
    delivery = Delivery.objects.get(event_type="TEXT")
    entry = LogEntry.objects.get(message=message)
    assert (delivery.entry, delivery.number, delivery.state) == (entry, entry.number, "pending")
    at = int(entry.at.timestamp() * 1000)
    assert delivery.body == (
        f'{{"eventType":"TEXT","messageType":"AGENT","conversationId":"{conversation.pk}",'
        f'"agentId":"{agent.pk}","agentName":"Ada,Lovelace","message":"Grüß dich 👋 “ok”","timestamp":{at}}}'
    )
    assert json.loads(delivery.body)["message"] == message.text


@pytest.mark.django_db
def test_a_lane_that_waits_for_its_next_attempt_is_not_hurried_by_a_new_fact(center):
    conversation = factories.start_conversation(center.channel)
    lane = Lane.objects.get()
    later = lane.due_at.replace(year=lane.due_at.year + 1)
    Lane.objects.update(due_at=later)
    factories.make_agent(center.tenant, center.queue)
    factories.accepted(conversation)
    assert Lane.objects.get().due_at == later


@pytest.mark.django_db
def test_a_deleted_webhook_is_owed_nothing(center):
    Webhook.objects.update(deleted_at=center.tenant.created_at)
    factories.start_conversation(center.channel)
    assert not Delivery.objects.exists()
    assert not Lane.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_customers_message_costs_a_constant_number_of_queries(center, django_assert_num_queries):
    conversation = factories.start_conversation(center.channel)
    for _ in range(2):
        # begin, lock, message, log row, conversation, commit
        with django_assert_num_queries(6):
            messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Hi")


@pytest.mark.django_db
def test_no_receiver_is_read_to_record(center):
    """What recording must know of a webhook is in the webhook's own row."""
    conversation = factories.start_conversation(center.channel)
    with CaptureQueriesContext(connection) as queries:
        messages.add_message(conversation_id=conversation.pk, author_type=events.CUSTOMER, text="Hi")
    assert Delivery.objects.exists()
    assert [query["sql"] for query in queries if '"contactcenter_chat_receiver"' in query["sql"]] == []


@pytest.mark.django_db
def test_a_change_that_would_be_lost_is_refused(center):
    conversation = factories.start_conversation(center.channel)
    with transaction.atomic():
        locked = Conversation.objects.lock(conversation.pk)
        locked.language, locked.state = "fr", "idle"
        with pytest.raises(RuntimeError, match=r"changed \['language'\] of the conversation"):
            record(locked, events.ConversationUpdated(changed=["language"]))
        locked.save(update_fields=["language"])
        record(locked, events.ConversationUpdated(changed=["language"]))
    conversation.refresh_from_db()
    assert (conversation.language, conversation.state) == ("fr", "idle")


@pytest.mark.django_db
def test_a_change_inside_of_the_customers_data_is_seen_too(center):
    conversation = factories.start_conversation(center.channel)
    with transaction.atomic():
        locked = Conversation.objects.lock(conversation.pk)
        locked.data["name"] = "Somebody else"
        with pytest.raises(RuntimeError, match=r"changed \['data'\] of the conversation"):
            record(locked, events.ConversationUpdated(changed=["name"]))


@pytest.mark.django_db
def test_what_was_not_locked_is_not_recorded(center):
    conversation = Conversation.objects.get(pk=factories.start_conversation(center.channel).pk)
    with transaction.atomic(), pytest.raises(RuntimeError, match=r"Conversation\.objects\.lock"):
        record(conversation, events.ConversationUpdated(changed=["name"]))


@pytest.mark.django_db
def test_facts_of_several_conversations_are_written_together(center):
    conversations = [factories.start_conversation(center.channel) for _ in range(2)]
    with transaction.atomic():
        locked = Conversation.objects.lock_all(each.pk for each in conversations)
        told = [(locked[each.pk], [Fact(event=events.ConversationIdled())]) for each in conversations]
        entries = record_each(told)
    assert [(each.conversation_id, each.number, each.kind) for each in entries] == [
        (each.pk, 4, "conversation.idled") for each in conversations
    ]
    assert set(Conversation.objects.values_list("last_number", flat=True)) == {4}
