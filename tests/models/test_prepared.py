"""Statements composed once: the same rows as Django's own, in every thread."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.models import Conversation, IdempotencyRecord, Participant
from contactcenter_chat.models.prepared import Prepared, PreparedInsert, PreparedUpdate

from ..factories import make_center, start_conversation


@pytest.fixture
def center(db):
    return make_center()


def conversations(conversation_id, tenant_id):
    return Conversation.objects.select_related("channel").filter(pk=conversation_id, tenant=tenant_id)


def fields_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_it_finds_what_django_finds(center):
    by_ids = Prepared(conversations, "conversation_id", "tenant_id")
    for data in ({"name": "Ada"}, {"name": "Zoë 👋", "age": "36"}):
        started = start_conversation(center.channel, **data)
        found = by_ids.first(conversation_id=started.pk, tenant_id=center.tenant.pk)
        with CaptureQueriesContext(connection) as captured:
            assert fields_of(found.channel) == fields_of(center.channel)
        assert len(captured) == 0
        assert fields_of(found) == fields_of(Conversation.objects.get(pk=started.pk))
        assert found._state.db == "default"
        assert not found._state.adding


def test_it_finds_nothing_where_there_is_nothing(center):
    by_ids = Prepared(conversations, "conversation_id", "tenant_id")
    started = start_conversation(center.channel)
    assert by_ids.first(conversation_id="unknown", tenant_id=center.tenant.pk) is None
    assert by_ids.first(conversation_id=started.pk, tenant_id="unknown") is None


def test_what_has_to_be_there(center):
    by_ids = Prepared(conversations, "conversation_id", "tenant_id")
    started = start_conversation(center.channel)
    assert by_ids.get(conversation_id=started.pk, tenant_id=center.tenant.pk) == started
    with pytest.raises(Conversation.DoesNotExist):
        by_ids.get(conversation_id=started.pk, tenant_id="unknown")


@pytest.mark.parametrize("value", ["' OR 1=1 --", "%s", "%(conversation_id)s", "conversation_id", '"', "\\"])
def test_values_are_never_a_part_of_the_statement(center, value):
    start_conversation(center.channel)
    by_ids = Prepared(conversations, "conversation_id", "tenant_id")
    assert by_ids.first(conversation_id=value, tenant_id=center.tenant.pk) is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_each_thread_uses_its_own_connection():
    center = make_center()
    ids = [start_conversation(center.channel).pk for _ in range(4)]
    by_ids = Prepared(conversations, "conversation_id", "tenant_id")
    together = threading.Barrier(4)

    def find(conversation_id):
        together.wait()
        try:
            return [by_ids.first(conversation_id=conversation_id, tenant_id=center.tenant.pk).pk for _ in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(find, ids)) == [[each] * 20 for each in ids]


def record(center, key):
    return IdempotencyRecord(api_key=center.api_key, key=key, fingerprint="f", status=202, body=b"\0")


def test_an_insert_writes_the_row_once(center):
    insert = PreparedInsert(IdempotencyRecord, ignore_conflicts=True)
    row = record(center, "a")
    assert insert(row) == 1
    assert insert(record(center, "a"), record(center, "b")) == 1
    kept = IdempotencyRecord.objects.get(key="a")
    assert {**fields_of(kept), "body": bytes(kept.body), "id": None} == fields_of(row)
    assert IdempotencyRecord.objects.count() == 2


def test_a_conflict_is_an_error_unless_it_is_to_be_ignored(center):
    insert = PreparedInsert(IdempotencyRecord)
    assert insert(record(center, "a")) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(record(center, "a"))


def test_an_ignored_conflict_leaves_the_transaction_usable(center):
    insert = PreparedInsert(IdempotencyRecord, ignore_conflicts=True)
    with transaction.atomic():
        insert(record(center, "a"))
        assert insert(record(center, "a")) == 0
        assert insert(record(center, "b")) == 1


def test_a_lock_knows_the_customers_part(center):
    started = start_conversation(center.channel, history=["Hello"])
    with transaction.atomic():
        locked = Conversation.objects.lock(started.pk)
        assert locked.customer_participant_id == Participant.objects.get(type="user").pk
        assert Conversation.objects.lock(started.pk, tenant_id=center.tenant.pk).pk == started.pk
        with pytest.raises(NotFound, match="Resource of type Conversation"):
            Conversation.objects.lock(started.pk, tenant_id="another")
        with pytest.raises(NotFound):
            Conversation.objects.lock("unknown")


def test_an_update_writes_the_named_fields_of_one_row(center):
    update = PreparedUpdate(Conversation, ("last_word_by", "last_queue", "last_word_at", "data"))
    first, second = start_conversation(center.channel), start_conversation(center.channel)
    before = fields_of(Conversation.objects.get(pk=second.pk))
    first.last_word_by, first.last_queue, first.last_word_at = "bot", None, timezone.now()
    first.data, first.language = {"a": "ä"}, "not written"
    assert update(first) == 1
    found = Conversation.objects.get(pk=first.pk)
    assert (found.last_word_by, found.last_queue, found.data, found.language) == ("bot", None, {"a": "ä"}, "")
    assert found.last_word_at == first.last_word_at
    assert fields_of(Conversation.objects.get(pk=second.pk)) == before


def test_an_update_of_several_rows_writes_each(center):
    update = PreparedUpdate(Conversation, ("language",))
    rows = [start_conversation(center.channel) for _ in range(3)]
    for row, language in zip(rows, ("en", "es", "fr"), strict=True):
        row.language = language
    assert update(*rows[:2]) == 2
    found = Conversation.objects.in_bulk([row.pk for row in rows])
    assert [found[row.pk].language for row in rows] == ["en", "es", ""]


@pytest.mark.postgresql
@pytest.mark.parametrize(("threshold", "planned"), [(0, 1), (None, 0)])
def test_the_server_keeps_the_statement_where_the_database_settings_say_so(center, threshold, planned, monkeypatch):
    update = PreparedUpdate(Conversation, ("language",))
    by_ids = Prepared(conversations, "conversation_id", "tenant_id")
    started = start_conversation(center.channel)
    monkeypatch.setattr(connection.connection, "prepare_threshold", threshold)
    for started.language in ("en", "es"):
        assert update(started) == 1
        found = by_ids.first(conversation_id=started.pk, tenant_id=center.tenant.pk)
        assert found.language == started.language
    with connection.cursor() as cursor:
        for beginning in ('UPDATE "contactcenter_chat_conversation" SET "language"', "SELECT"):
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE starts_with(statement, %s)", [beginning])
            assert cursor.fetchone() == (planned,)
