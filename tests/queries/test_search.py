"""Are words found in messages, the newest hit first, safely marked, and at a bounded cost?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.models import Conversation, Customer, CustomerIdentity, Message, Participant
from contactcenter_chat.queries import search
from contactcenter_chat.queries.keyset_pages import page
from contactcenter_chat.queries.search import Window, source, windows
from tests.factories import make_center, start_conversation

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def center():
    return make_center()


def said(center, *texts, at=NOW):
    """A conversation in which these were said at that time, the last one newest."""
    conversation = start_conversation(center.channel)
    Conversation.objects.filter(pk=conversation.pk).update(created_at=at)
    participant = Participant.objects.get(conversation=conversation, type="user")
    Message.objects.bulk_create(
        Message(
            tenant=center.tenant,
            conversation=conversation,
            participant=participant,
            author_type="user",
            text=text,
            number=100 + number,
            created_at=at + timedelta(seconds=number),
        )
        for number, text in enumerate(texts)
    )
    return conversation


def found(center, text, **period):
    everything = Conversation.objects.filter(tenant=center.tenant)
    return page(source(center.tenant, text, **period), everything, size=100).pks


def test_the_newest_hit_comes_first(center):
    old = said(center, "my invoice", at=NOW - timedelta(days=400))
    new = said(center, "an invoice", at=NOW)
    middle = said(center, "the invoice", at=NOW - timedelta(days=40))
    said(center, "something else")
    assert found(center, "invoice") == [new.pk, middle.pk, old.pk]


def test_a_conversation_comes_once_where_its_newest_hit_is(center):
    twice = said(center, "invoice", "invoice", at=NOW - timedelta(days=9))
    once = said(center, "invoice", at=NOW - timedelta(days=8))
    assert found(center, "invoice") == [once.pk, twice.pk]


def test_all_words_must_be_in_one_message(center):
    both = said(center, "the invoice was late")
    said(center, "the invoice", "it was late")
    assert found(center, "invoice late") == [both.pk]


def test_case_does_not_matter(center):
    conversation = said(center, "Where is my INVOICE?")
    assert found(center, "invoice") == [conversation.pk]


def test_another_tenant_is_not_searched(center):
    said(center, "invoice")
    other = make_center()
    assert found(other, "invoice") == []


@pytest.mark.parametrize(
    "text", ["", "   ", "!?", "'", "\\", "%", "\x00", "-", '"', "a:*", "(", "&|!", "'; DROP TABLE x"]
)
def test_any_text_may_be_searched_for(center, text):
    said(center, "Something else entirely, 100 sure")
    assert found(center, text) == []


@pytest.mark.parametrize("text", ["a " * 2_000, "a" * 4_000, "-a " * 1_000, '"' + "a " * 2_000 + '"'])
def test_so_may_a_very_long_one(center, text):
    said(center, "something else")
    assert isinstance(found(center, text), list)


def test_the_period_is_that_of_the_hits(center):
    conversation = said(center, "invoice", at=NOW)
    said(center, "invoice", at=NOW - timedelta(days=3))
    said(center, "invoice", at=NOW + timedelta(seconds=1))
    assert found(center, "invoice", since=NOW, until=NOW + timedelta(seconds=1)) == [conversation.pk]


def test_pages_of_hits_follow_each_other(center):
    conversations = [said(center, "invoice", "invoice", at=NOW - timedelta(hours=7 * n)) for n in range(9)]
    everything, before, seen = Conversation.objects.all(), None, []
    while True:
        one = page(source(center.tenant, "invoice"), everything, before=before, size=2)
        seen += one.pks
        before = one.older
        if before is None:
            break
    assert seen == [conversation.pk for conversation in conversations]


def test_hits_of_one_moment_are_all_found_on_some_page(center):
    conversations = {said(center, "invoice", at=NOW).pk for _ in range(7)}
    everything, before, seen = Conversation.objects.all(), None, []
    while True:
        one = page(source(center.tenant, "invoice"), everything, before=before, size=3)
        seen += one.pks
        before = one.older
        if before is None:
            break
    assert sorted(seen) == sorted(conversations)


def test_only_wanted_conversations_are_found(center):
    wanted = said(center, "invoice", at=NOW - timedelta(days=100))
    said(center, "invoice")
    only = page(source(center.tenant, "invoice"), Conversation.objects.filter(pk=wanted.pk), size=10)
    assert only.pks == [wanted.pk]


# Beginnings of words


def test_the_last_word_may_be_the_beginning_of_one(center):
    conversation = said(center, "my invoices are late")
    assert found(center, "invo") == [conversation.pk]
    assert found(center, "late INVO") == [conversation.pk]


# Names


def with_customer(center, name, email="", at=NOW):
    conversation = said(center, "hello", at=at)
    Customer.objects.filter(pk=conversation.customer_id).update(name=name, email=email)
    return conversation


@pytest.mark.parametrize("text", ["noor", "AZ", "noor az", "n.aziz@ex", "n.aziz@example.org", '"Noor Aziz"'])
def test_words_that_begin_a_customers_name_find_the_conversations(center, text):
    conversation = with_customer(center, "Noor Aziz", "n.aziz@example.org")
    with_customer(center, "Eleanor Shaw", "shaw@example.org")
    assert found(center, text) == [conversation.pk]


@pytest.mark.parametrize("text", ["oor", "ziz", "noor shaw", "-noor -hello", "example.org", "%", "_"])
def test_other_words_do_not(center, text):
    with_customer(center, "Noor Aziz", "n.aziz@example.org")
    assert found(center, text) == []


def test_names_and_words_are_in_one_order_each_conversation_once(center):
    named = [with_customer(center, "Noor Aziz", at=NOW - timedelta(days=2 * n)) for n in range(1, 6)]
    spoken = [said(center, "ask noor", at=NOW - timedelta(days=2 * n + 1)) for n in range(1, 6)]
    both = said(center, "I am Noor", "noor", at=NOW - timedelta(days=30))
    Customer.objects.filter(pk=both.customer_id).update(name="Noor Both")
    in_order = [each.pk for pair in zip(named, spoken, strict=True) for each in pair] + [both.pk]
    assert found(center, "noor") == in_order
    everything, before, seen = Conversation.objects.all(), None, []
    while True:
        one = page(source(center.tenant, "noor"), everything, before=before, size=1)
        seen += one.pks
        before = one.older
        if before is None:
            break
    assert seen == in_order


def test_another_tenants_customers_are_not_found(center):
    with_customer(center, "Noor Aziz", "noor@example.org")
    other = make_center()
    mine = with_customer(other, "Noor Elsewhere")
    assert found(other, "noor") == [mine.pk]


def test_the_period_is_about_the_start_where_a_name_is_found(center):
    conversation = with_customer(center, "Noor Aziz", at=NOW)
    with_customer(center, "Noor Aziz", at=NOW - timedelta(days=3))
    assert found(center, "noor", since=NOW, until=NOW + timedelta(seconds=1)) == [conversation.pk]


def test_names_are_looked_at_of_those_who_were_there_last(center, monkeypatch):
    monkeypatch.setattr(search, "LOOK_AT_MOST", 2)
    old = with_customer(center, "Noor Old", at=NOW - timedelta(days=9))
    new = with_customer(center, "Noor New", at=NOW)
    with_customer(center, "Ben", at=NOW - timedelta(days=1))
    assert found(center, "noor") == [new.pk]
    assert found(center, "noor", until=NOW - timedelta(days=1)) == [old.pk]


def test_a_whole_address_or_id_finds_whoever_came_long_ago(center, monkeypatch):
    monkeypatch.setattr(search, "LOOK_AT_MOST", 1)
    old = with_customer(center, "Noor Old", "noor@example.org", at=NOW - timedelta(days=9))
    with_customer(center, "Ben", at=NOW)
    CustomerIdentity.objects.create(
        tenant=center.tenant, customer_id=old.customer_id, kind="customer_id", value="c-17/3"
    )
    assert found(center, "Noor@example.org") == found(center, "c-17/3") == found(center, old.customer_id) == [old.pk]
    assert found(make_center(), "noor@example.org") == found(make_center(), "c-17/3") == []


def test_a_search_asks_as_often_however_many_there_are(center, django_assert_num_queries):
    with_customer(center, "Noor Aziz", at=NOW)
    with CaptureQueriesContext(connection) as few:
        found(center, "noor")
    for minutes in range(20):
        with_customer(center, "Noor Aziz", at=NOW + timedelta(minutes=minutes % 20))
    with django_assert_num_queries(len(few)):
        assert len(found(center, "noor")) == 21


def test_among_a_few_conversations_only_these_are_searched(center):
    wanted = said(center, "invoice", at=NOW - timedelta(days=100))
    named = with_customer(center, "Invoice Ltd", at=NOW - timedelta(days=50))
    said(center, "invoice")
    said(center, "invoice, but a stranger's")
    assert found(center, "invoice", among={wanted.pk, named.pk}) == [named.pk, wanted.pk]
    assert found(center, "!", among={wanted.pk}) == []
    assert found(make_center(), "invoice", among={wanted.pk}) == []


# Only with PostgreSQL's full-text search


@pytest.mark.postgresql
def test_quotes_and_minus_are_understood(center):
    exact = said(center, "late invoice")
    said(center, "invoice, late")
    said(center, "invoice and a late refund")
    assert found(center, '"late invoice"') == [exact.pk]
    assert exact.pk not in found(center, "invoice -late")


@pytest.mark.postgresql
def test_a_text_that_looks_like_a_mark_of_another_tenant_is_not_found_there(center):
    other = make_center()
    hour = int(NOW.timestamp() // 3600)
    said(center, f"invoice {other.tenant.pk}/0/{hour}", at=NOW)
    said(other, "hello", at=NOW)
    assert found(other, "invoice") == []


@pytest.mark.postgresql
def test_more_hits_than_are_looked_at_once_are_all_found(center, monkeypatch):
    monkeypatch.setattr(search, "LOOK_AT_MOST", 3)
    conversations = [said(center, "invoice", at=NOW - timedelta(hours=n)) for n in range(1, 30)]
    assert found(center, "invoice") == [conversation.pk for conversation in conversations]


@pytest.mark.postgresql
def test_a_common_word_costs_the_newest_hours_only(center):
    for days in range(40):
        said(center, *["a common word"] * 50, at=NOW - timedelta(days=days))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contactcenter_chat_message")
        cursor.execute("SET LOCAL enable_seqscan = off")  # it would be quicker still: the table is small
        hour = int(NOW.timestamp() // 3600)
        window = Window(0, hour, hour)
        query = {"words": "common", "marks": window.marks(center.tenant), "tenant": center.tenant.pk}
        bounds = {"since": window.since, "until": window.until, "limit": search.LOOK_AT_MOST}
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + search.BY_INDEX, query | bounds)
        plan = str(cursor.fetchone()[0])
    assert "'Index Name': 'cc_message_search'" in plan
    assert "'Actual Rows': 50" in plan


@pytest.mark.postgresql
@pytest.mark.parametrize("text", ["in", '"invo"', "-invo", "invo -late", "invo.", "invo late"])
def test_only_a_last_word_of_some_letters_that_stands_alone_is_a_beginning(center, text):
    conversation = said(center, "my invoice")
    assert found(center, text) == (found(center, "-invo") if text == "-invo" else [])
    assert found(center, "inv") == [conversation.pk]


@pytest.mark.postgresql
def test_a_beginning_that_most_messages_have_is_not_looked_up_in_the_index(center):
    conversations = [said(center, f"a common{n} word", at=NOW - timedelta(days=n)) for n in range(20)]
    rare = said(center, "an invoice")
    by_index = found(center, "comm"), found(center, "invo")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contactcenter_chat_message")
    for conversation in conversations:  # what is in one message only is in no statistics
        said(center, "commonly", at=conversation.created_at - timedelta(days=400))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contactcenter_chat_message")
    with CaptureQueriesContext(connection) as common:
        assert found(center, "comm")[:20] == by_index[0] == [each.pk for each in conversations]
    with CaptureQueriesContext(connection) as seldom:
        assert found(center, "invo") == by_index[1] == [rare.pk]
    assert any("(search || '') @@" in each["sql"] for each in common)
    assert not any("(search || '') @@" in each["sql"] for each in seldom)


@pytest.mark.postgresql
def test_either_of_two_words_may_be_asked_for(center):
    one, two = said(center, "my invoice", at=NOW), said(center, "a refund", at=NOW - timedelta(days=1))
    assert found(center, "invoice or refu") == [one.pk, two.pk]


# Windows


def hours_of(window):
    return range(window.first << search.SHIFT * window.level, (window.last + 1) << search.SHIFT * window.level)


@pytest.mark.parametrize("span", [0, 1, 30, 31, 32, 33, 63, 64, 65, 1023, 1024, 2048, 24 * 365, 24 * 3650])
@pytest.mark.parametrize("newest", [498_709, 498_688, 498_687, 487 << 10, (488 << 10) - 1])
def test_windows_cover_each_hour_once_newest_first(newest, span):
    covered = [hour for window in windows(newest, newest - span) for hour in reversed(hours_of(window))]
    assert covered == list(range(covered[0], covered[-1] - 1, -1))
    assert covered[0] >= newest
    assert covered[-1] <= newest - span


def test_ten_years_are_a_dozen_windows():
    assert len(list(windows(498_709, 498_709 - 24 * 3650))) <= 12


def test_a_window_knows_its_hours():
    window = Window(1, 10, 11)
    assert window.since == datetime.fromtimestamp(320 * 3600, UTC)
    assert window.until == datetime.fromtimestamp(384 * 3600, UTC)


@pytest.mark.parametrize("window", [Window(0, 7, 9), Window(1, 5, 5), Window(2, 5, 5), Window(2, 1, 64)])
def test_narrower_windows_cover_the_same_hours(window):
    narrower = window.narrower()
    assert len(narrower) >= 1
    assert sorted(hour for each in narrower for hour in hours_of(each)) == list(hours_of(window))
    assert [each.last for each in narrower] == sorted((each.last for each in narrower), reverse=True)


def test_an_hour_is_not_narrowed():
    assert Window(0, 7, 7).narrower() == []
