"""What do agents make of the articles that they are shown? A row for each article and interaction."""

from collections.abc import Iterable

from django.db.models import QuerySet

from ...exceptions import NotFound
from ...models import Agent, ArticleUse, ArticleVersion, Conversation, Interaction, Question, clock
from ...models.prepared import PreparedInsert
from ...queries.suggestions import suggested

INSERT = PreparedInsert(ArticleUse, ignore_conflicts=True)
INSERTED_MOST = 10  # articles in one message


def note_shown(interaction: Interaction, agent: Agent, versions: Iterable[ArticleVersion]) -> None:
    """An agent sees these; what was noted of them in this interaction stays."""
    rows = [
        ArticleUse(
            tenant_id=interaction.tenant_id,
            article_id=version.article_id,
            interaction=interaction,
            agent=agent,
            version_id=version.pk,
            shown_at=clock.now(),
        )
        for version in versions
    ]
    if rows:
        INSERT(*rows)


def note_inserted(interaction: Interaction, agent: Agent, version: ArticleVersion) -> None:
    """An agent has taken one over into a message, which is not sent yet."""
    note_shown(interaction, agent, [version])
    _of(interaction).filter(article=version.article_id).update(
        inserted_at=clock.now(), version_id=version.pk, agent=agent
    )


def note_sent(conversation: Conversation, agent: Agent, article_ids: Iterable[str], text: str) -> None:
    """A message was sent into which these were taken over: unchanged, or edited."""
    rows = _of(conversation.open_interaction_id).filter(inserted_at__isnull=False, sent_at=None)
    used = list(rows.filter(article__in=list(article_ids)[:INSERTED_MOST]))
    answers = dict(ArticleVersion.objects.filter(pk__in=[use.version_id for use in used]).values_list("pk", "answer"))
    for use in used:
        use.sent_at = clock.now()
        use.is_edited = answers.get(use.version_id, "") not in text
        use.agent = agent
        use.save(update_fields=["sent_at", "is_edited", "agent"])


def refuse(interaction: Interaction, agent: Agent, article_id: str) -> None:
    """An agent says that one did not fit: it is not shown in this interaction any more.

    Where all that a question found was refused, the question has no answer. Raises NotFound for an article that was
    not shown.
    """
    changed = _of(interaction).filter(article=article_id).update(refused_at=clock.now(), agent=agent)
    if not changed:
        raise NotFound("article", article_id)
    for question in Question.objects.filter(interaction=interaction, is_unanswered=False).exclude(found__isnull=True):
        if not suggested(agent, interaction, question.found or []):
            Question.objects.filter(pk=question.pk).update(is_unanswered=True)


def _of(interaction: Interaction | str | None) -> QuerySet[ArticleUse]:
    return ArticleUse.objects.filter(interaction=interaction)
