"""Who may see which article, in which language."""

import pytest

from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.models.identity import IdentityLevel
from contactcenter_chat.models.knowledge import Audience
from contactcenter_chat.queries import articles
from contactcenter_chat.wire.levels import Level
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def center(db):
    return factories.make_center()


def seen(versions):
    return sorted(versions.values_list("title", flat=True))


def test_agents_see_what_is_for_their_queues_and_for_all(center):
    other = factories.make_queue(center.tenant)
    factories.make_article(center.tenant, "all")
    factories.make_article(center.tenant, "agents", audience=Audience.AGENTS)
    factories.make_article(center.tenant, "signed", level=IdentityLevel.SIGNED)
    factories.make_article(center.tenant, "own", queues=[center.queue])
    factories.make_article(center.tenant, "other", queues=[other])
    factories.make_article(factories.make_tenant().tenant, "elsewhere")
    agent = factories.make_agent(center.tenant, center.queue)
    assert seen(articles.for_agent(agent)) == ["agents", "all", "own", "signed"]
    assert seen(articles.for_agent(agent, other.pk)) == ["agents", "all", "other", "own", "signed"]
    assert seen(articles.for_chat(center.tenant.pk, other.pk)) == ["agents", "all", "other"]
    assert seen(articles.for_chat(center.tenant.pk, other.pk, Level.SIGNED)) == ["agents", "all", "other", "signed"]
    assert seen(articles.for_customers(center.tenant.pk)) == ["all"]
    assert seen(articles.for_customers(center.tenant.pk, center.queue.pk)) == ["all", "own"]


@pytest.mark.parametrize(
    ("level", "beyond"),
    [
        (Level.NONE, ["device", "claimed", "code", "signed"]),
        (Level.DEVICE, ["claimed", "code", "signed"]),
        (Level.CLAIMED, ["code", "signed"]),
        (Level.CODE, ["signed"]),
        (Level.SIGNED, []),
    ],
)
def test_in_a_chat_is_seen_what_its_customer_has_the_level_for(center, level, beyond):
    for each in IdentityLevel.values:
        factories.make_article(center.tenant, each, level=each)
    factories.make_article(center.tenant, "agents", audience=Audience.AGENTS, level=IdentityLevel.SIGNED)
    expected = {"agents", *IdentityLevel.values} - set(beyond)
    assert seen(articles.for_chat(center.tenant.pk, center.queue.pk, level)) == sorted(expected)


@pytest.mark.parametrize(
    ("languages", "expected", "is_foreign"),
    [
        (["es"], "es", False),
        (["es-MX"], "es", False),
        (["pt"], "pt-BR", False),
        (["fr", "es"], "es", True),
        (["fr"], "en", True),
        ([], "en", False),
        (["", "es"], "es", True),
    ],
)
def test_the_language_that_is_asked_for_comes_first(center, languages, expected, is_foreign):
    article = factories.make_article(
        center.tenant, "Fees?", versions={"es": (["¿Tasas?"], "Sí."), "pt-BR": (["Taxas?"], "Sim.")}
    )
    shown = articles.article_for(articles.for_customers(center.tenant.pk), article.pk, languages)
    assert (shown.version.language, shown.is_foreign) == (expected, is_foreign)


def test_another_tenants_article_is_not_there(center):
    article = factories.make_article(factories.make_tenant().tenant, "Fees?")
    with pytest.raises(NotFound):
        articles.article_for(articles.for_customers(center.tenant.pk), article.pk, [])


def test_what_was_found_keeps_its_order_and_shows_the_passage(center, django_assert_num_queries):
    long = " ".join(f"Sentence number {number} of a rather long answer." for number in range(40))
    one = factories.make_article(center.tenant, "One?", answer=long)
    two = factories.make_article(center.tenant, "Two?", versions={"es": (["¿Dos?"], "Sí.")})
    first, second = one.versions.get(), two.versions.get(language="en")
    found = {two.pk: second.pk, one.pk: first.pk, "gone": "gone"}
    with django_assert_num_queries(2):
        shown = articles.in_languages(
            articles.for_customers(center.tenant.pk), found, ["es"], {one.pk: (first.pk, 2), two.pk: (second.pk, 0)}
        )
    assert [each.version.title for each in shown] == ["¿Dos?", "One?"]
    assert shown[0].passage == "Sí."
    assert shown[1].passage.startswith("Sentence number ")
    assert not shown[1].passage.startswith("Sentence number 0 ")
