"""Is what an import would do to articles told field by field?"""

import datetime

import pytest
from django.utils import translation

from contactcenter_chat.actions.knowledge.articles import Said, save_article
from contactcenter_chat.actions.setup.articles_import import import_articles, read_articles
from contactcenter_chat.actions.setup.articles_preview import ANSWER_SHOWN, preview
from tests import factories

pytestmark = pytest.mark.django_db
HEAD = "id,language,questions,answer,link,category,audience,queues,from,to\n"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def tenant():
    return factories.make_center("college").tenant


def previewed(table, tenant):
    return [line.told for line in preview(import_articles(read_articles(table.encode()), tenant=tenant, dry_run=True))]


def test_a_new_article_is_shown_with_what_it_says(tenant):
    long = "Yes, in three. " * 20
    table = (
        f'{HEAD}fees,en,"Parts?\nA plan?","{long}",https://college.example/fees,Fees,agents,Default,2026-09-01,2027-01-31\n'
        "fees,es,¿Plazos?,Sí.,,,,,,\n"
    )
    assert previewed(table, tenant) == [
        "+ articles / Parts? (en)",
        "+ articles / Parts? (en) / languages: en, es",
        "+ articles / Parts? (en) / questions: Parts? · A plan?",
        f"+ articles / Parts? (en) / answer: {long[:ANSWER_SHOWN]}…",
        "+ articles / Parts? (en) / link: https://college.example/fees",
        "+ articles / Parts? (en) / es / questions: ¿Plazos?",
        "+ articles / Parts? (en) / es / answer: Sí.",
        "+ articles / Parts? (en) / category: Fees",
        "+ articles / Parts? (en) / audience: agents",
        "+ articles / Parts? (en) / queues: Default",
        "+ articles / Parts? (en) / from: 2026-09-01",
        "+ articles / Parts? (en) / to: 2027-01-31",
        "+ articles / Parts? (en) / state: published",
    ]


def test_a_new_article_that_says_little_is_for_all(tenant):
    assert previewed("questions,answer\nParts?,Yes.\n", tenant)[-3:] == [
        "+ articles / Parts? (en) / audience: customers",
        "+ articles / Parts? (en) / queues: all",
        "+ articles / Parts? (en) / state: published",
    ]


def test_each_field_of_a_changed_one_is_shown_before_and_after(tenant):
    article = factories.make_article(tenant, "Parts?", answer="Yes.")
    article.valid_to = datetime.date(2027, 1, 31)
    spanish, french = Said(["¿Plazos?"], "Sí."), Said(["En parts ?"], "Oui.")
    save_article(article, versions={"en": Said(["Parts?"], "Yes."), "es": spanish, "fr": french})
    table = (
        f'{HEAD}fees,en,"Parts?\nA plan?",No.,,,,Default,,\n'
        'fees,es,"¿Plazos?\n¿Un plan?",No.,https://college.example/es,,,,,\n'
        "fees,de,In Raten?,Nein.,,,,,,\n"
    )
    assert previewed(table, tenant) == [
        "~ articles / Parts? (en) / questions: Parts? → Parts? · A plan?",
        "~ articles / Parts? (en) / answer: Yes. → No.",
        "~ articles / Parts? (en) / queues: all → Default",
        "~ articles / Parts? (en) / to: 2027-01-31 → –",
        "+ articles / Parts? (en) / de / questions: In Raten?",
        "+ articles / Parts? (en) / de / answer: Nein.",
        "~ articles / Parts? (en) / es / questions: ¿Plazos? → ¿Plazos? · ¿Un plan?",
        "~ articles / Parts? (en) / es / answer: Sí. → No.",
        "~ articles / Parts? (en) / es / link: – → https://college.example/es",
        "- articles / Parts? (en) / fr: En parts ? → –",
    ]


def test_nothing_is_shown_where_nothing_changes(tenant):
    factories.make_article(tenant, "Parts?", answer="Yes.")
    assert previewed("questions,answer\nParts?,Yes.\n", tenant) == []
