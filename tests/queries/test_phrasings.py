"""Have customers said that an article answers a question like this one?"""

import pytest
from django.db import connection

from contactcenter_chat.actions import conversations
from contactcenter_chat.knowledge.phrasings import phrasing_of
from contactcenter_chat.masking.base import Rules
from contactcenter_chat.models import ConfirmedPhrasing, clock
from contactcenter_chat.queries.phrasings import confirmed_of, confirmed_versions, edition_of
from tests import factories

pytestmark = pytest.mark.django_db
ASKED = phrasing_of("Can I pay in parts?", Rules())


@pytest.fixture
def center():
    return factories.make_center()


def confirmed(center, version, **values):
    talk = conversations.start_conversation(channel=center.channel, data={}, script="faq")
    row = {"tenant": center.tenant, "version": version, "spell": talk.bot_spells.get(), "language": "en"}
    row |= {"edition": edition_of(version), "digest": ASKED.digest}
    return ConfirmedPhrasing.objects.create(**{**row, **values})


def test_what_counts(center):
    one, other = (factories.make_article(center.tenant).versions.get() for _ in range(2))
    confirmed(center, one)
    confirmed(center, other, edition="before")
    assert confirmed_versions([one, other], "en-GB", ASKED) == {one.pk}
    assert confirmed_versions([other], "en", ASKED) == set()
    assert confirmed_versions([one], "es", ASKED) == set()
    assert confirmed_versions([one], "en", phrasing_of("What does it cost?", Rules())) == set()


def test_nothing_is_asked_for_what_is_no_phrasing(center, django_assert_num_queries):
    version = factories.make_article(center.tenant).versions.get()
    with django_assert_num_queries(0):
        assert confirmed_versions([version], "en", None) == set()
        assert confirmed_versions([], "en", ASKED) == set()


def test_how_often_an_article_was_confirmed_as_it_reads_now(center):
    article = factories.make_article(center.tenant, versions={"es": (["¿Puedo pagar a plazos?"], "Sí, en tres.")})
    assert confirmed_of(article) == (0, 0, None)
    english, spanish = (article.versions.get(language=tag) for tag in ("en", "es"))
    last = clock.now()
    confirmed(center, english, times=3, confirmed_at=last)
    confirmed(center, spanish, language="es")
    confirmed(center, english, digest="b", edition="before", times=9)
    confirmed(center, factories.make_article(center.tenant).versions.get(), times=20)
    found = confirmed_of(article)
    assert (found.phrasings, found.times) == (2, 4)


@pytest.mark.postgresql
def test_they_are_found_by_an_index(center):
    version = factories.make_article(center.tenant).versions.get()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = ConfirmedPhrasing.objects.filter(version__in=[version.pk], language="en")
        assert "cc_phrasing_once" in rows.explain()
        oldest = ConfirmedPhrasing.objects.filter(tenant=center.tenant).order_by("-confirmed_at", "-pk")
        assert "cc_phrasing_tenant" in oldest.values_list("pk", flat=True)[3_000:3_100].explain()
