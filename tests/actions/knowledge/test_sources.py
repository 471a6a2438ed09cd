"""Are articles as the project has them elsewhere, whatever is wrong with one of them?"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from contactcenter_chat import tasks
from contactcenter_chat.actions.knowledge import sources
from contactcenter_chat.actions.knowledge.documents import Refreshed
from contactcenter_chat.actions.upkeep import duties
from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.knowledge.documents import Document, DocumentVersion
from contactcenter_chat.models import Article, Duty, Failure
from contactcenter_chat.workers import wakeup
from tests import factories

DOCUMENTS = []
FEES = Document(
    "fees",
    ["Can I pay in parts?", "Is there a plan?"],
    "Yes.",
    category="Fees",
    link="https://college.example/fees",
    versions={"es": DocumentVersion(["¿A plazos?"], "Sí.")},
)
TERM = Document("term", ["When does term begin?"], "In May.", audience="agents", level="code")


def documents():
    """A project's function."""
    yield from (each() if callable(each) else each for each in DOCUMENTS)


def fail():
    raise RuntimeError("The pages cannot be reached.")


@pytest.fixture(autouse=True)
def source(settings):
    DOCUMENTS[:] = [FEES, TERM]
    handbook = {"TENANT": "college", "DOCUMENTS": f"{__name__}.documents", "MINUTES": 60}
    settings.CONTACTCENTER_CHAT = {"KNOWLEDGE_SOURCES": {"handbook": handbook}, "LIVE_HINTS": False}
    return handbook


@pytest.fixture
def center(db):
    return factories.make_center("college")


def there():
    return {
        article.source_key: (article.state, {row.language: row.answer for row in article.versions.all()})
        for article in Article.objects.filter(source="handbook")
    }


def test_documents_become_articles(center):
    assert sources.refresh("handbook") == Refreshed(written=2)
    assert there() == {"fees": ("published", {"en": "Yes.", "es": "Sí."}), "term": ("published", {"en": "In May."})}
    fees = Article.objects.get(source_key="fees")
    assert (fees.tenant, fees.category, fees.audience, fees.level) == (center.tenant, "Fees", "customers", "none")
    main = fees.versions.get(language="en")
    assert (main.questions, main.link) == (list(FEES.questions), FEES.link)


def test_what_is_as_before_writes_nothing(center, django_assert_num_queries):
    sources.refresh("handbook")
    before = list(Article.objects.order_by("pk").values())
    with django_assert_num_queries(7):  # tenant, queues, articles with versions and queues, those gone, failures
        assert sources.refresh("handbook") == Refreshed(unchanged=2)
    assert list(Article.objects.order_by("pk").values()) == before
    DOCUMENTS.extend(Document(f"{number}", [f"{number}?"], "Yes.") for number in range(50))
    sources.refresh("handbook")
    with django_assert_num_queries(7):
        assert sources.refresh("handbook") == Refreshed(unchanged=52)


def test_what_changes_is_written_what_is_gone_is_retired_and_what_is_back_is_published(center):
    sources.refresh("handbook")
    DOCUMENTS[:] = [Document("fees", FEES.questions, "No.", queues=[center.queue.name])]
    assert sources.refresh("handbook") == Refreshed(written=1, retired=1)
    assert there() == {"fees": ("published", {"en": "No."}), "term": ("retired", {"en": "In May."})}
    assert [queue.pk for queue in Article.objects.get(source_key="fees").queues.all()] == [center.queue.pk]
    assert sources.refresh("handbook") == Refreshed(unchanged=1)
    DOCUMENTS[:] = [FEES, TERM]
    assert sources.refresh("handbook") == Refreshed(written=2)
    assert there() == {"fees": ("published", {"en": "Yes.", "es": "Sí."}), "term": ("published", {"en": "In May."})}


def test_a_function_that_fails_half_way_changes_nothing(center):
    sources.refresh("handbook")
    before = there()
    DOCUMENTS[:] = [Document("fees", ["New?"], "New."), fail]
    with pytest.raises(RuntimeError):
        sources.refresh("handbook")
    assert there() == before


@pytest.mark.parametrize(
    ("bad", "row", "error"),
    [
        (Document("bad", [], "Yes."), "bad", "Invalid: Write at least one question."),
        (Document("bad", ["A?"], " "), "bad", "Invalid: May not be empty."),
        (Document("bad", ["A?"], None), "bad", "AttributeError: 'NoneType' object has no attribute 'replace'"),
        (Document("bad", ["A?"], "B", level="high"), "bad", "Invalid: Write one of: none, device, claimed,"),
        (Document("bad", ["A?"], "B", queues=["X"]), "bad", "Invalid: There is no queue “X”."),
        (Document("fees", ["A?"], "B"), "fees", "Invalid: Two documents have this key."),
        (Document("", ["A?"], "B"), "", "Invalid: A key is text of 1 to 255 characters."),
        (Document(7, ["A?"], "B"), "7", "Invalid: A key is text of 1 to 255 characters."),
        ("words", "str", "Invalid: This is no document of contactcenter_chat.knowledge.documents."),
    ],
)
def test_a_broken_document_is_told_and_harms_no_other(center, bad, row, error):
    DOCUMENTS[:] = [FEES, bad, TERM]
    assert sources.refresh("handbook") == Refreshed(written=2, refused=1)
    failure = Failure.objects.get()
    assert (failure.step, failure.row, failure.tenant_id) == ("documents_taken", f"handbook: {row}", center.tenant.pk)
    assert failure.error.startswith(error)
    assert set(there()) == {"fees", "term"}
    DOCUMENTS[:] = [FEES, TERM]
    sources.refresh("handbook")
    assert not Failure.objects.exists()


def test_what_is_broken_stays_as_it_was(center):
    sources.refresh("handbook")
    DOCUMENTS[:] = [FEES, Document("term", [], "")]
    assert sources.refresh("handbook") == Refreshed(unchanged=1, refused=1)
    assert there()["term"] == ("published", {"en": "In May."})


def test_a_language_may_be_spelt_in_any_way(center):
    DOCUMENTS[:] = [Document("fees", ["A plazos?"], "Sim.", language="pt-br")]
    assert sources.refresh("handbook").written == 1
    assert sources.refresh("handbook").unchanged == 1
    assert Article.objects.get().language == "pt-BR"


def test_who_is_too_slow_writes_no_more(center, woken, monkeypatch):
    """Another process has taken the source over by then."""
    monkeypatch.setattr(sources, "LEASE", timedelta(seconds=-1))
    taken = []

    def slow():
        taken.append(duties.take_duty("source:handbook", timedelta(minutes=1)))
        return FEES

    DOCUMENTS[:] = [slow]
    duties.make_due("source:handbook")
    sources.refresh_due("handbook")
    assert taken != [None]
    assert not Article.objects.exists()
    assert "another process reads it" in Failure.objects.get().error


def test_long_keys_are_told_apart_among_failures(center):
    DOCUMENTS[:] = [Document("x" * 200 + end, [], "A") for end in "ab"]
    sources.refresh("handbook")
    rows = set(Failure.objects.values_list("row", flat=True))
    assert {len(row) for row in rows} == {64}
    assert len(rows) == 2


def test_other_contact_centres_and_sources_keep_theirs(center):
    other = factories.make_article(factories.make_center().tenant, source="handbook", source_key="x")
    kept = [factories.make_article(center.tenant), other, factories.make_article(center.tenant, source="wiki")]
    DOCUMENTS.clear()
    assert sources.refresh("handbook") == Refreshed()
    assert set(Article.objects.filter(pk__in=[each.pk for each in kept]).values_list("state", flat=True)) == {
        "published"
    }


def test_an_unknown_source_or_contact_centre(db):
    for name in ("handbook", "wiki"):
        with pytest.raises(NotFound):
            sources.refresh(name)
    with pytest.raises(NotFound):
        sources.refresh_soon("wiki")


# When


@pytest.fixture
def woken(monkeypatch):
    found = []
    monkeypatch.setattr(wakeup, "wake_source", found.append)
    return found


def later(minutes):
    """As if so much time had passed."""
    past = timedelta(minutes=minutes)
    Duty.objects.update(due_at=F("due_at") - past, began_at=F("began_at") - past, lease_until=F("lease_until") - past)


def test_the_clock_has_it_read_again(center, woken):
    sources.wake_if_due()
    tasks.refresh_source("handbook")
    assert (woken, len(there())) == (["handbook"], 2)
    DOCUMENTS.clear()
    sources.wake_if_due()
    tasks.refresh_source("handbook")  # a task that is late finds nothing to do
    later(59)
    sources.wake_if_due()
    assert (woken, there()["fees"][0]) == (["handbook"], "published")
    later(2)
    sources.wake_if_due()
    tasks.refresh_source("handbook")
    assert (woken, there()["fees"][0]) == (["handbook", "handbook"], "retired")


def test_what_is_read_only_when_told_is_not_read_by_the_clock(
    center, source, woken, django_capture_on_commit_callbacks
):
    source["MINUTES"] = 0
    sources.wake_if_due()
    assert woken == []
    with django_capture_on_commit_callbacks(execute=True):
        sources.refresh_soon("handbook")
    woken.clear()  # as if the broker had lost it
    sources.wake_if_due()
    assert woken == ["handbook"]
    tasks.refresh_source("handbook")
    later(60 * 24 * 365)
    sources.wake_if_due()
    assert (woken, len(there())) == (["handbook"], 2)


def test_it_is_told_after_the_commit(center, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        sources.refresh_soon("handbook")
        assert woken == []
    assert woken == ["handbook"]


def test_who_tells_while_it_is_read_has_it_read_once_more(center, woken):
    def tell():
        sources._tell("handbook")
        tasks.refresh_source("handbook")  # somebody is at it
        return TERM

    DOCUMENTS[:] = [FEES, tell]
    sources.wake_if_due()
    tasks.refresh_source("handbook")
    assert woken == ["handbook", "handbook", "handbook"]
    assert Duty.objects.get(name="source:handbook").lease_until is None
    DOCUMENTS[:] = [FEES]
    tasks.refresh_source("handbook")
    assert there()["term"][0] == "retired"
    assert len(woken) == 3


def test_a_function_that_fails_is_told_and_tried_again_in_its_time(center, woken):
    DOCUMENTS[:] = [fail]
    sources.wake_if_due()
    tasks.refresh_source("handbook")
    failure = Failure.objects.get()
    assert (failure.step, failure.row, failure.tenant_id) == ("sources_read", "handbook", center.tenant.pk)
    assert failure.error == "RuntimeError: The pages cannot be reached."
    DOCUMENTS[:] = [FEES]
    later(61)
    sources.wake_if_due()
    tasks.refresh_source("handbook")
    assert (woken, len(there())) == (["handbook", "handbook"], 1)
    assert not Failure.objects.exists()


def test_without_sources_the_clock_asks_nothing(db, settings, django_assert_num_queries):
    settings.CONTACTCENTER_CHAT = {}
    with django_assert_num_queries(0):
        sources.wake_if_due()
        sources.refresh_due("gone")
