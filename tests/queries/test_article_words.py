"""Words find articles in the language they are written in, the last one by its beginning."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contactcenter_chat.models import ArticleVersion
from contactcenter_chat.queries import articles
from contactcenter_chat.queries.article_words import with_some_words, with_words
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant(db):
    return factories.make_tenant().tenant


def titles(versions):
    return [version.title for version in versions]


def find(tenant, text, *languages, most=10):
    return titles(with_words(articles.for_chat(tenant.pk, ""), text, languages or ["en"], most))


def test_all_words_in_question_or_answer(tenant):
    factories.make_article(tenant, "Can I pay in parts?", answer="Yes, in three instalments.")
    factories.make_article(tenant, "Where is the library?", answer="Beside the gym.")
    assert find(tenant, "pay instalments") == ["Can I pay in parts?"]
    assert find(tenant, "pay library") == []


@pytest.mark.parametrize("typed", ["instal", "INSTAL", "pay instalm", " in instalments "])
def test_the_last_word_is_a_beginning(tenant, typed):
    factories.make_article(tenant, "Can I pay in parts?", answer="Yes, in three instalments.")
    assert find(tenant, typed) == ["Can I pay in parts?"]


@pytest.mark.postgresql
def test_the_words_before_it_are_found_in_other_forms(tenant):
    factories.make_article(tenant, "Can I pay in parts?", answer="Yes, in three instalments.")
    assert find(tenant, "paying instalm") == ["Can I pay in parts?"]


@pytest.mark.parametrize("typed", ["", " ", "?!", "'", "x'z:* & | !", "\x00", "<->", "((", "\\", "x" * 10_000])
def test_odd_input_finds_nothing_and_breaks_nothing(tenant, typed):
    factories.make_article(tenant, "Can I pay in parts?")
    assert find(tenant, typed) == []
    assert list(with_some_words(articles.for_chat(tenant.pk, ""), typed, ["en"], 5)) == []


@pytest.mark.postgresql
def test_words_are_found_without_their_endings_each_in_its_language(tenant):
    factories.make_article(
        tenant, "Paying the fees", versions={"es": (["Pagar las tasas"], "Se puede pagar a plazos.")}
    )
    assert find(tenant, "paid fee") == []  # another stem
    assert find(tenant, "pays fee") == ["Paying the fees"]
    assert find(tenant, "pagos tasa", "es") == ["Pagar las tasas"]
    assert find(tenant, "pagos tasa", "en") == []
    assert find(tenant, "plazo", "es") == ["Pagar las tasas"]
    assert find(tenant, "pagando tasa", "es") == ["Pagar las tasas"]


@pytest.mark.postgresql
def test_a_hit_in_the_question_comes_first(tenant):
    factories.make_article(tenant, "A: something else", answer="For a refund, ask us.")
    factories.make_article(tenant, "B: how do I get a refund?", answer="Ask us.")
    assert find(tenant, "refund") == ["B: how do I get a refund?", "A: something else"]


def test_some_words_are_enough_for_a_suggestion(tenant):
    factories.make_article(tenant, "Can I pay in parts?", answer="Yes, in three instalments.")
    factories.make_article(tenant, "Where is the library?", answer="Beside the gym.")
    found = with_some_words(articles.for_chat(tenant.pk, ""), "hello, instalments would be great", ["en"], 5)
    assert titles(found) == ["Can I pay in parts?"]


def test_no_more_than_asked_for(tenant):
    for number in range(4):
        factories.make_article(tenant, f"Fees {number}")
    assert len(find(tenant, "fees", most=3)) == 3


@pytest.mark.postgresql
def test_the_index_is_used(tenant):
    for number in range(20):
        factories.make_article(tenant, f"Question {number}")
    row = ArticleVersion.objects.first()
    rows = [
        ArticleVersion(tenant=tenant, article=row.article, language=f"x-{number}", title="t", questions=[f"w{number}"])
        for number in range(5000)
    ]
    ArticleVersion.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contactcenter_chat_articleversion")
    found = with_words(articles.for_chat(tenant.pk, ""), "w4711", ["en"], 5)
    assert "cc_article_search" in found.explain()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(found) == 1
    assert len(queries) == 1
