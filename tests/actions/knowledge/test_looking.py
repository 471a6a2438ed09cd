"""All that is owed is done beside the tasks: an embedder that hangs, or is away, holds up nothing else."""

import threading
import time

import pytest
from django.db import connection

from contactcenter_chat.actions import messages
from contactcenter_chat.actions.knowledge import looking, questions, vectors
from contactcenter_chat.actions.upkeep import sweep
from contactcenter_chat.knowledge.base import Embedder, EmbedderAway
from contactcenter_chat.models import ArticleVectors, Failure, Question, SweepRun
from contactcenter_chat.queries import health
from tests import factories

HERE = "tests.actions.knowledge.test_looking"
go_on = threading.Event()


class Away(Embedder):
    """A server that is not there; counts how often it is asked."""

    model = "away 1"
    asked = 0

    def questions(self, texts):
        type(self).asked += 1
        raise EmbedderAway("nobody listens")

    passages = questions


class Hangs(Embedder):
    """Says nothing until it is let go on."""

    model = "hangs 1"

    def questions(self, texts):
        go_on.wait(30)
        return [(1.0, 0.0)] * len(texts)

    passages = questions


@pytest.fixture
def embed(settings):
    def embed(name):
        settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "EMBEDDER": {"BACKEND": f"{HERE}.{name}"}}

    return embed


@pytest.mark.django_db
def test_one_that_is_away_is_asked_a_few_times_only(center, chat, embed):
    embed("Away")
    Away.asked = 0
    messages.add_message(conversation_id=chat.conversation_id, author_type="user", text="How?")
    questions.ask(chat)
    for number in range(10):
        factories.make_article(center.tenant, f"Question {number}?")
        Question.objects.create(tenant=center.tenant, text=f"How {number}?")
    assert (questions.answer_due(), Away.asked) == (0, 1)
    assert Failure.objects.filter(step="questions_answered").count() == 11
    assert (vectors.make_due(), Away.asked) == (0, 1 + vectors.FAILURES_MOST)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_task_does_not_wait_for_one_that_hangs(center, embed):
    embed("Hangs")
    factories.make_article(center.tenant, "Question?")
    began = time.monotonic()
    looking.look_in_thread()
    looking.look_in_thread()  # does nothing: the thread is at work
    assert time.monotonic() - began < 20
    assert ArticleVectors.objects.count() == 0
    go_on.set()
    looking._threads.finish()
    assert ArticleVectors.objects.count() == 1
    assert connection.vendor == "postgresql"


class Changed(Embedder):
    """A server that has another model under the same name after a while."""

    model = "changed 1"
    width = 3

    def questions(self, texts):
        return [(1.0,) * self.width] * len(texts)

    passages = questions


@pytest.mark.django_db
def test_vectors_of_another_length_are_made_anew(center, embed, monkeypatch):
    embed("Changed")
    factories.make_article(center.tenant, "Question?")
    vectors.make_due()
    monkeypatch.setattr(Changed, "width", 4)
    question = questions.seek(center.tenant, "How do I do that?", "")
    assert questions.answer_due() == 0
    assert "another length" in Failure.objects.get().error
    assert vectors.make_due() == 1
    Failure.objects.all().delete()
    Question.objects.filter(pk=question.pk).update(taken_until=None)
    assert questions.answer_due() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Nothing", "Broken"])
def test_an_embedder_that_cannot_be_had_keeps_the_sweep_from_nothing_else(center, chat, embed, name):
    embed(name)
    messages.add_message(conversation_id=chat.conversation_id, author_type="user", text="How do I pay?")
    question = questions.ask(chat)
    Question.objects.filter(pk=question.pk).update(found=[])
    sweep.sweep()
    assert SweepRun.objects.count() == 1
    assert Failure.objects.get().row == "knowledge"
    assert health.report()["knowledge"]["vectors"] == 0


class Broken(Embedder):
    """Needs what is not installed."""

    @property
    def model(self):
        raise ImportError("no such package")
