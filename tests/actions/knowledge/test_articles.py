"""Articles are written with a version for each language; what is wrong is refused by its field."""

from datetime import date

import pytest

from contactcenter_chat.actions.knowledge.articles import (
    QUESTIONS_MOST,
    Said,
    delete_article,
    publish,
    retire,
    save_article,
)
from contactcenter_chat.exceptions import Conflict, Invalid
from contactcenter_chat.models import Article, ArticleVersion
from tests import factories

pytestmark = pytest.mark.django_db

FEES = Said(
    [" Can I pay in parts? ", "Instalments?", "Instalments?"], " Yes.\r\nIn three. ", " https://college.example/ "
)


def test_as_it_is_kept(center):
    article = save_article(
        Article(tenant=center.tenant, language="EN-gb", category=" Fees "),
        versions={"en-GB": FEES},
        queues=[center.queue],
    )
    article = Article.objects.get(pk=article.pk)
    version = article.versions.get()
    assert (article.language, article.category, list(article.queues.all())) == ("en-GB", "Fees", [center.queue])
    assert (version.title, version.questions) == ("Can I pay in parts?", ["Can I pay in parts?", "Instalments?"])
    assert (version.answer, version.link, str(article)) == (
        "Yes.\nIn three.",
        "https://college.example/",
        "Can I pay in parts?",
    )


def test_versions_that_are_named_no_more_go_and_the_others_keep_their_ids(center):
    article = factories.make_article(
        center.tenant, versions={"es": (["¿Cómo?"], "Así."), "fr": (["Comment?"], "Oui.")}
    )
    spanish = article.versions.get(language="es")
    save_article(article, versions={"en": FEES, "es": Said(["¿Cómo?"], "De otro modo.")})
    assert set(article.versions.values_list("language", flat=True)) == {"en", "es"}
    assert article.versions.get(language="es").pk == spanish.pk


def test_what_is_not_named_is_left_alone(center):
    article = factories.make_article(center.tenant, queues=[center.queue])
    article.category = "Fees"
    save_article(article)
    assert (article.versions.count(), article.queues.count()) == (1, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said([], "Yes."), "questions"),
        (Said([" "], "Yes."), "questions"),
        (Said(["x" * 256], "Yes."), "questions"),
        (Said(["a\nb"], "Yes."), "questions"),
        (Said([str(number) for number in range(QUESTIONS_MOST + 1)], "Yes."), "questions"),
        (Said(["How?"], " "), "answer"),
        (Said(["How?"], "x" * 16_001), "answer"),
        (Said(["How?"], "a\0b"), "answer"),
        (Said(["How?"], "Yes.", "javascript:alert(1)"), "link"),
        (Said(["How?"], "Yes.", "college.example"), "link"),
        (Said(["How?"], "Yes.", "https://college.example/" + "x" * 2000), "link"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(center, said, field):
    with pytest.raises(Invalid) as refused:
        save_article(Article(tenant=center.tenant, language="en"), versions={"en": said})
    assert refused.value.field == field
    assert not Article.objects.exists()


def test_the_main_language_must_be_there_and_none_twice(center):
    for versions in ({"es": FEES}, {"en": FEES, "EN": FEES}):
        with pytest.raises(Invalid):
            save_article(Article(tenant=center.tenant, language="en"), versions=versions)


def test_nothing_of_another_contact_centre(center):
    other = factories.make_center()
    agent = factories.make_agent(other.tenant, other.queue)
    with pytest.raises(Invalid):
        save_article(Article(tenant=center.tenant, language="en"), versions={"en": FEES}, queues=[other.queue])
    with pytest.raises(Invalid):
        save_article(Article(tenant=center.tenant, language="en", owner=agent), versions={"en": FEES})


def test_it_does_not_end_before_it_begins(center):
    article = Article(tenant=center.tenant, language="en", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))
    with pytest.raises(Invalid) as refused:
        save_article(article, versions={"en": FEES})
    assert refused.value.field == "valid_to"


def test_published_retired_and_deleted(center):
    article = factories.make_article(center.tenant, state="draft")
    publish(article)
    assert Article.objects.get().state == "published"
    retire(article)
    assert Article.objects.get().state == "retired"
    delete_article(article)
    assert (Article.objects.count(), ArticleVersion.objects.count()) == (0, 0)


def test_what_a_source_keeps_is_changed_there(center):
    article = factories.make_article(center.tenant, source="handbook", source_key="fees")
    for verb in (publish, retire):
        with pytest.raises(Conflict):
            verb(article)
