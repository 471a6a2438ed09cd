"""What does a bot find for a question?"""

import pytest

from contactcenter_chat.actions.knowledge import finding, looking, vectors
from contactcenter_chat.knowledge.base import EmbedderAway
from contactcenter_chat.models import Conversation
from tests import factories


@pytest.fixture
def college(center):
    factories.make_article(center.tenant, "Can I pay my tuition in instalments?", answer="Yes, in three payments.")
    factories.make_article(center.tenant, "When does the library close?", answer="At ten.", level="claimed")
    factories.make_article(center.tenant, "How do we pay for agents?", answer="Secretly.", audience="agents")
    factories.make_article(factories.make_center().tenant, "Can I pay my tuition elsewhere?")


@pytest.fixture
def here(monkeypatch):
    """What would be done in the thread of the embedder is done at once."""

    class Done:
        def __init__(self, work):
            self.work = work

        def result(self, seconds):
            return self.work()

    monkeypatch.setattr(looking, "done_there", Done)


def talk(center, **data):
    conversation = factories.start_conversation(center.channel, **data)
    return Conversation.objects.select_related("channel__webhook", "customer").get(pk=conversation.pk)


def titles(found):
    return [each.title for each in found]


def test_without_an_embedder_words_find_what_the_customer_may_read(center, college):
    [found] = finding.found_for_bot(talk(center), "pay my tuition")
    assert (found.title, found.answer, found.score) == (
        "Can I pay my tuition in instalments?",
        "Yes, in three payments.",
        None,
    )
    assert titles(finding.found_for_bot(talk(center), "library")) == ["When does the library close?"]


def test_meaning_finds_more_and_says_how_near_it_is(center, college, embedder, here):
    vectors.make_due()
    found = finding.found_for_bot(talk(center), "may I give you the course money bit by bit?")
    assert found[0].title == "Can I pay my tuition in instalments?"
    assert found[0].score > 0.8
    assert "How do we pay for agents?" not in titles(found)


def test_while_the_embedder_is_away_words_do(center, college, embedder, here, monkeypatch):
    def away(*arguments):
        raise EmbedderAway("It sleeps.")

    monkeypatch.setattr(finding, "_nearest", away)
    assert titles(finding.found_for_bot(talk(center), "pay my tuition")) == ["Can I pay my tuition in instalments?"]


def test_in_the_customers_language(center):
    spanish = {"es": (["¿Puedo pagar a plazos?"], "Sí, en tres.")}
    factories.make_article(center.tenant, "Can I pay in parts?", versions=spanish)
    [found] = finding.found_for_bot(talk(center, language="es"), "parts")
    assert (found.title, found.answer) == ("¿Puedo pagar a plazos?", "Sí, en tres.")
