"""What was asked that no article answers, and which articles were nearest to it?"""

from collections.abc import Iterable
from typing import Any

from ..models import ArticleVersion, Message, Question
from ..models.knowledge import ArticleState

SHOWN = 5


def open_questions() -> Any:
    """The questions with which customers opened their chats, that nothing answers and nobody has settled."""
    asked = Question.objects.filter(is_opening=True, is_unanswered=True, is_settled=False)
    return asked.filter(conversation__erased_at=None)


def words_of(questions: Iterable[Question]) -> dict[str, str]:
    """Return what was asked, by the keys of the questions, in one statement; nothing of erased ones."""
    by_conversation: dict[str, list[Question]] = {}
    for each in questions:
        if each.conversation_id:
            by_conversation.setdefault(each.conversation_id, []).append(each)
    rows = Message.objects.filter(conversation__in=list(by_conversation), author_type="user").order_by("number")
    said: dict[str, list[str]] = {}
    for conversation, number, text in rows.values_list("conversation", "number", "text"):
        for question in by_conversation[conversation]:
            if question.first_number <= number <= question.last_number and text.strip():
                said.setdefault(question.pk, []).append(text)
    return {pk: "\n".join(texts) for pk, texts in said.items()}


def nearest_of(questions: Iterable[Question]) -> dict[str, list[tuple[str, str, float | None]]]:
    """Return the nearest articles of each question, as (article's key, title, score), the nearest first."""
    rows = list(questions)
    ids = {found["version"] for each in rows for found in (each.found or [])[:SHOWN]}
    titles = dict(
        ArticleVersion.objects.filter(pk__in=ids)
        .exclude(article__state=ArticleState.RETIRED)
        .values_list("pk", "title")
    )
    return {
        each.pk: [
            (found["article"], titles[found["version"]], found.get("score"))
            for found in (each.found or [])[:SHOWN]
            if found["version"] in titles
        ]
        for each in rows
    }
