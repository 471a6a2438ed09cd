"""What agents answered where the store had no answer becomes a draft, a day after a chat that was not reopened."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from contactcenter_chat.actions import conversations, messages
from contactcenter_chat.actions.center import interactions
from contactcenter_chat.actions.knowledge import articles, drafts, questions, uses, vectors
from contactcenter_chat.knowledge.base import EmbedderAway
from contactcenter_chat.models import Article, Interaction, Question
from contactcenter_chat.models.clock import database_now
from contactcenter_chat.queries.articles import for_agent
from tests import factories

pytestmark = pytest.mark.django_db

ASKED = "Could somebody tell me where I can leave my bicycle over the winter?"
ANSWER = "The bicycle cellar under the east wing is open all winter; ask the porter for a key."


@pytest.fixture(autouse=True)
def _embedder(embedder):
    """All of these need one."""


def talk(chat, *lines):
    """Lines of the customer; those of the agent begin with a dash. The first is asked."""
    for number, line in enumerate(lines):
        by = {"author_type": "agent", "agent": chat.agent} if line.startswith("-") else {"author_type": "user"}
        messages.add_message(conversation_id=chat.conversation_id, text=line.lstrip("- "), **by)
        if number == 0:
            questions.ask(chat)
            questions.answer_due()


def end(chat, *, ago=timedelta(hours=25)):
    interactions.end_interaction(interaction_id=chat.pk, agent=chat.agent)
    Interaction.objects.filter(pk=chat.pk).update(ended_at=database_now() - ago)


def drafted():
    return list(Article.objects.filter(state="draft"))


def test_an_answer_that_has_held_becomes_a_draft(center, chat, agent):
    talk(chat, ASKED, f"- {ANSWER}", "- It is free.", "Thank you!", "- You are welcome.")
    end(chat)
    assert drafts.make_due() == 1
    [draft] = drafted()
    version = draft.versions.get()
    assert (version.questions, version.answer) == ([ASKED], f"{ANSWER}\nIt is free.")
    assert (draft.audience, draft.language, draft.drafted_from) == ("agents", "en", chat.conversation)
    assert not for_agent(agent).exists()  # until somebody has reviewed it
    assert drafts.make_due() == 0


def test_not_before_a_day_is_over(chat):
    talk(chat, ASKED, f"- {ANSWER}")
    end(chat, ago=timedelta(hours=23))
    assert drafts.make_due() == 0
    assert Question.objects.get().is_looked_through is False


def test_not_where_the_chat_was_reopened(center, chat):
    talk(chat, ASKED, f"- {ANSWER}")
    end(chat)
    Interaction.objects.create(
        tenant=center.tenant,
        conversation=chat.conversation,
        queue=center.queue,
        entered_at=database_now() - timedelta(hours=5),
        state="finished",
    )
    assert (drafts.make_due(), Question.objects.get().is_looked_through) == (0, True)


@pytest.mark.parametrize("answer", ["Yes.", ""])
def test_not_of_an_answer_that_says_too_little(chat, answer):
    talk(chat, ASKED, *([f"- {answer}"] if answer else []))
    end(chat)
    assert (drafts.make_due(), drafted()) == (0, [])


def test_not_where_an_article_was_sent(center, chat, agent):
    article = factories.make_article(center.tenant, "Zzzz qqqq?", answer="∎")
    talk(chat, ASKED, f"- {ANSWER}")
    uses.note_inserted(chat, agent, article.versions.get())
    chat.conversation.refresh_from_db()
    uses.note_sent(chat.conversation, agent, [article.pk], ANSWER)
    end(chat)
    assert drafts.make_due() == 0


def test_not_near_to_what_is_there(center, chat):
    talk(chat, ASKED, f"- {ANSWER}")
    end(chat)
    factories.make_article(center.tenant, ASKED, state="retired")
    vectors.make_due()
    assert drafts.make_due() == 0


def test_of_two_that_ask_the_same_one(center, chat):
    other = factories.accepted(factories.start_conversation(center.channel))
    for each in (chat, other):
        talk(each, ASKED, f"- {ANSWER}")
        end(each)
    assert drafts.make_due() == 1


def test_it_goes_when_its_chat_is_erased_unless_somebody_has_published_it(center, chat):
    other = factories.accepted(factories.start_conversation(center.channel))
    for each, asked in ((chat, ASKED), (other, "Is there a swimming pool for students somewhere on the campus?")):
        talk(each, asked, f"- {ANSWER}")
        end(each)
    drafts.make_due()
    reviewed = Article.objects.get(drafted_from=other.conversation)
    articles.publish(reviewed)
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    conversations.erase_conversation(conversation_id=other.conversation_id)
    assert list(Article.objects.all()) == [reviewed]


def test_of_a_chat_that_is_erased_meanwhile_nothing_is_kept(chat, monkeypatch):
    talk(chat, ASKED, f"- {ANSWER}")
    end(chat)
    is_new = drafts._is_new

    def slow(*about):
        found = is_new(*about)
        conversations.erase_conversation(conversation_id=chat.conversation_id)
        return found

    monkeypatch.setattr(drafts, "_is_new", slow)
    assert (drafts.make_due(), Article.objects.count()) == (0, 0)


def test_the_history_of_a_draft_that_goes_keeps_no_words(chat):
    talk(chat, ASKED, f"- {ANSWER}")
    end(chat)
    drafts.make_due()
    [draft] = drafted()
    entry = LogEntry.objects.create(
        user=factories.make_user(),
        content_type=ContentType.objects.get_for_model(Article),
        object_id=draft.pk,
        object_repr=str(draft),
        action_flag=2,
    )
    conversations.erase_conversation(conversation_id=chat.conversation_id)
    entry.refresh_from_db()
    assert entry.object_repr == ""


def test_an_embedder_that_is_away_is_told_once_and_asked_a_few_times_only(center, chat, monkeypatch, caplog):
    talk(chat, ASKED, f"- {ANSWER}")
    end(chat)
    asked = Question.objects.get()
    for number in range(5):
        Question.objects.create(
            tenant=center.tenant,
            conversation=chat.conversation,
            interaction=chat,
            first_number=asked.first_number,
            last_number=asked.last_number + 100 + number,
            found=[],
            is_unanswered=True,
        )

    def away(*args):
        raise EmbedderAway("nobody listens")

    monkeypatch.setattr(drafts, "_look_at", away)
    assert drafts.make_due() == 0
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "drafts_made: the embedder is away, 3 rows were tried: nobody listens")
    ]
