"""What agents make of what they are shown: noted once for each article and chat."""

import pytest

from contactcenter_chat.actions.knowledge import questions, uses
from contactcenter_chat.exceptions import NotFound
from contactcenter_chat.models import ArticleUse, Question
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(center):
    return factories.make_article(center.tenant, "Fees?", answer="In three parts.")


@pytest.fixture
def version(article):
    return article.versions.get()


def test_shown_once(chat, agent, version):
    uses.note_shown(chat, agent, [version])
    first = ArticleUse.objects.get()
    uses.note_shown(chat, agent, [version])
    assert ArticleUse.objects.get().shown_at == first.shown_at
    assert (first.agent, first.interaction, first.inserted_at, first.refused_at) == (agent, chat, None, None)


@pytest.mark.parametrize(
    ("text", "is_edited"), [("In three parts.", False), ("Yes! In three parts. Bye.", False), ("In 3 parts.", True)]
)
def test_sent_unchanged_or_edited(chat, agent, article, version, text, is_edited):
    uses.note_inserted(chat, agent, version)
    chat.conversation.refresh_from_db()
    uses.note_sent(chat.conversation, agent, [article.pk], text)
    assert ArticleUse.objects.get().is_edited is is_edited
    uses.note_sent(chat.conversation, agent, [article.pk], "again")
    assert ArticleUse.objects.get().is_edited is is_edited


def test_what_was_not_inserted_was_not_sent(chat, agent, article, version):
    uses.note_shown(chat, agent, [version])
    chat.conversation.refresh_from_db()
    uses.note_sent(chat.conversation, agent, [article.pk, "odd", "x" * 5000], "In three parts.")
    assert ArticleUse.objects.get().sent_at is None


def test_when_all_were_refused_there_is_no_answer(center, chat, agent):
    made = [factories.make_article(center.tenant, f"Pay {number}") for number in range(4)]
    found = [{"article": each.pk, "version": each.versions.get().pk, "passage": 0, "score": 0.9} for each in made]
    question = Question.objects.create(
        tenant=center.tenant, conversation=chat.conversation, interaction=chat, found=found, best=0.9
    )
    uses.note_shown(chat, agent, [each.versions.get() for each in made])
    for number, each in enumerate(made):
        question.refresh_from_db()
        assert question.is_unanswered is False, number
        uses.refuse(chat, agent, each.pk)
    question.refresh_from_db()
    assert question.is_unanswered


def test_only_what_was_shown_can_be_refused(center, chat, agent, article):
    with pytest.raises(NotFound):
        uses.refuse(chat, agent, article.pk)


def test_a_question_is_settled(chat, center):
    question = Question.objects.create(tenant=center.tenant, conversation=chat.conversation, interaction=chat)
    questions.settle(question)
    question.refresh_from_db()
    assert question.is_settled
