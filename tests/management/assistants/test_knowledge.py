"""Which articles are found, and what a draft is made of."""

import pytest

from contactcenter_chat.management.assistants import knowledge
from contactcenter_chat.management.assistants.catalogue import TOOLS
from contactcenter_chat.models.knowledge import Audience
from contactcenter_chat.wire.levels import Level
from tests.factories import make_article, make_center, start_conversation

from .conftest import MASKED

pytestmark = pytest.mark.django_db


def searched(api_key, **arguments):
    return TOOLS["search_articles"].called(api_key, {"question": "tuition", **arguments})["articles"]


def test_what_any_customer_may_read_is_found(center, article):
    make_article(center.tenant, "Tuition of agents' children?", audience=Audience.AGENTS)
    make_article(center.tenant, "Tuition that you have paid?", level=Level.CODE)
    make_article(center.tenant, "Tuition of one queue?", queues=[center.queue])
    make_article(make_center().tenant, "Tuition elsewhere?")
    told = {
        "articleId": article.pk,
        "title": "Can I pay my tuition in parts?",
        "answer": "Yes, in three.",
        "link": "https://college.test/fees",
    }
    assert searched(center.api_key) == [told]


def test_so_many_in_the_language_asked_for(center):
    for _ in range(3):
        make_article(center.tenant, "Tuition?", versions={"es": (["¿Tuition?"], "Sí.")})
    assert [each["answer"] for each in searched(center.api_key, size=2, language="ES")] == ["Sí.", "Sí."]


def test_a_long_answer_is_cut(center, article, monkeypatch):
    monkeypatch.setattr(knowledge, "ANSWER_MOST", 3)
    assert searched(center.api_key)[0]["answer"] == "Yes […]"


def test_what_is_not_near_enough_is_left_out(center, monkeypatch):
    found = [knowledge.Found("a", "A", "1", score=0.9), knowledge.Found("b", "B", "2", score=0.7)]
    monkeypatch.setattr(knowledge, "found_for", lambda *_asked: found)
    assert [each["articleId"] for each in searched(center.api_key)] == ["a"]


def test_a_draft_is_the_best_article_and_keeps_nothing(center, conversation, article):
    told = TOOLS["draft_reply"].called(center.api_key, {"conversationId": conversation.pk})
    assert [each["articleId"] for each in told.pop("articles")] == [article.pk]
    assert told == {
        "conversationId": conversation.pk,
        "question": MASKED,
        "language": None,
        "draft": "Yes, in three.\nhttps://college.test/fees",
    }


def test_there_is_no_draft_of_nothing(center, conversation):
    told = TOOLS["draft_reply"].called(center.api_key, {"conversationId": conversation.pk})
    assert (told["question"], told["draft"], told["articles"]) == (MASKED, None, [])
    silent = start_conversation(center.channel)
    told = TOOLS["draft_reply"].called(center.api_key, {"conversationId": silent.pk})
    assert (told["question"], told["draft"], told["articles"]) == (None, None, [])
