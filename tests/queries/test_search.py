"""Are words found in messages, the newest hit first, safely marked, and at a bounded cost?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from contactcenter_chat.models import Conversation, Message, Participant
from contactcenter_chat.queries import search
from contactcenter_chat.queries.keyset_pages import page
from contactcenter_chat.queries.search import Window, highlight, snippets, source, windows
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


def test_snippets_show_the_hit_and_escape_the_rest(center):
    said(center, "nothing", "<img src=x onerror=alert(1)> invoice & more")
    one = page(source(center.tenant, "invoice"), Conversation.objects.all(), size=10)
    (snippet,) = snippets(one.rows, "invoice").values()
    assert "<mark>invoice</mark>" in snippet
    assert "<img" not in snippet
    assert "&amp; more" in snippet


def test_marks_in_the_text_itself_mark_nothing(center):
    said(center, "\x02evil\x03 <mark>invoice</mark>")
    message = Message.objects.get(text__contains="evil")
    marked = highlight([message], "invoice")[message.pk]
    assert marked == "evil &lt;mark&gt;<mark>invoice</mark>&lt;/mark&gt;"


def test_the_whole_text_is_kept_when_a_transcript_is_marked(center):
    text = "word " * 500 + "invoice" + " word" * 500
    said(center, text)
    message = Message.objects.get(text__contains="invoice")
    assert highlight([message], "invoice")[message.pk] == text.replace("invoice", "<mark>invoice</mark>")


def test_without_words_nothing_is_marked(center):
    said(center, "hello")
    message = Message.objects.get(text="hello")
    assert highlight([message], "!")[message.pk] == "hello"
    assert highlight([], "hello") == {}


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
        query = {"text": "common", "marks": window.marks(center.tenant), "tenant": center.tenant.pk}
        bounds = {"since": window.since, "until": window.until, "limit": search.LOOK_AT_MOST}
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + search.HITS, query | bounds)
        plan = str(cursor.fetchone()[0])
    assert "'Index Name': 'cc_message_search'" in plan
    assert "'Actual Rows': 50" in plan


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
