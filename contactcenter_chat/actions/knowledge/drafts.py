"""How does the store learn? What agents answered where it had no answer becomes drafts, which a person reviews.

A day after a chat that was not reopened: the answer has held. What is near to an article, or to another draft, becomes
none. A draft says what was said in a chat, names among it: when that is erased, so is the draft.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.apps import apps
from django.db.models import QuerySet

from ...database import atomic
from ...events import AGENT, CUSTOMER
from ...knowledge.base import Embedder, embedder
from ...knowledge.nearness import shelves
from ...models import Article, ArticleUse, ArticleVersion, Conversation, Interaction, Message, Question
from ...models.clock import NOW
from ...models.knowledge import ArticleState, Audience
from ...queries import questions as asked
from ...queries.articles import digests
from ..one_by_one import Step
from . import vectors
from .articles import QUESTION_MOST, Said, save_article
from .away import Away
from .questions import vectors_of

AFTER = timedelta(days=1)  # the chat's end, unless it was reopened by then
ALIKE = 0.88  # as near as that, it is known already
SHORTEST = 40  # characters of an answer: less is no article
BATCH = 20
LOOKED_AT = 500  # articles, for the language that most are written in
DRAFTED = Step("drafts_made")


def make_due() -> int:
    """Make drafts of the answers that have held for a day; return how many."""
    chosen = embedder()
    if chosen is None:
        return 0
    with Away(DRAFTED.name) as away:
        return _make_all(chosen, away)


def _make_all(chosen: Embedder, away: Away) -> int:
    made = 0
    while rows := list(DRAFTED.awake(due()).select_related("interaction__conversation").order_by("pk")[:BATCH]):
        for question in rows:
            act = partial(_look_at, chosen, question)
            key, tenant_id = question.pk, question.tenant_id
            before: bool = question.failed_before  # type: ignore[attr-defined]
            if DRAFTED.attempt(act, key=key, tenant_id=tenant_id, failed_before=before, told_by=away.tells):
                made += 1
                vectors.make_due()  # so that the next one is compared with it
            if away.rows >= vectors.FAILURES_MOST:  # each may take its time
                return made
    return made


def are_due() -> bool:
    """Whether there is something to be looked at for this."""
    return embedder() is not None and DRAFTED.awake(due()).exists()


def due() -> QuerySet[Question]:
    """The questions that nobody has looked at for this, of chats that ended a day ago."""
    return Question.objects.filter(is_looked_through=False, interaction__ended_at__lt=NOW - AFTER)


def forget(conversation: Conversation) -> None:
    """Delete the drafts that say what was said in a conversation that is erased."""
    drafts = Article.objects.filter(drafted_from=conversation)
    if apps.is_installed("django.contrib.admin"):  # whose history knows them by what was asked
        told = {"content_type__app_label": Article._meta.app_label, "content_type__model": Article._meta.model_name}
        history = apps.get_model("admin", "LogEntry").objects.filter(**told)
        history.filter(object_id__in=list(drafts.values_list("pk", flat=True))).update(object_repr="")
    drafts.delete()


def _look_at(chosen: Embedder, question: Question) -> int:
    said = _answered(question)
    is_new = said is not None and _is_new(chosen, question, said)
    with atomic():
        conversation = Conversation.objects.lock(question.conversation_id)
        if not Question.objects.filter(pk=question.pk, is_looked_through=False).update(is_looked_through=True):
            return 0  # another worker was faster
        if said is None or not is_new or conversation.erased_at:  # of an erased one nothing is kept that was said
            return 0
        _draft(question, said)
    return 1


def _answered(question: Question) -> Said | None:
    """What was asked and what the agent said to it, where that may be worth an article."""
    interaction = question.interaction
    if interaction is None or not question.is_unanswered or _was_reopened(interaction):
        return None
    if ArticleUse.objects.filter(interaction=interaction, sent_at__isnull=False).exists():
        return None
    text = asked.text_of(interaction.conversation_id, question.first_number, question.last_number)
    answer = _answer(interaction, question.last_number)
    if len(answer) < SHORTEST or not text.strip():
        return None
    return Said([" ".join(text.split())[:QUESTION_MOST]], answer)


def _was_reopened(interaction: Interaction) -> bool:
    later = Interaction.objects.filter(conversation=interaction.conversation_id, entered_at__gt=interaction.ended_at)
    return later.filter(entered_at__lt=interaction.ended_at + AFTER).exists() if interaction.ended_at else True


def _answer(interaction: Interaction, number: int) -> str:
    """What the agent said next, until the customer's next words."""
    rows = Message.objects.filter(conversation=interaction.conversation_id, number__gt=number)
    said: list[str] = []
    for author, text in rows.order_by("number").values_list("author_type", "text")[:BATCH]:
        if author == CUSTOMER:
            break
        if author == AGENT and text.strip():
            said.append(text.strip())
    return "\n".join(said)


def _is_new(chosen: Embedder, question: Question, said: Said) -> bool:
    """Whether no article of the contact centre, nor a draft, is near to what was asked."""
    [vector] = chosen.questions(said.questions)
    wanted = digests(ArticleVersion.objects.filter(tenant=question.tenant_id))
    load = partial(vectors_of, question.tenant_id, chosen.model)
    near = shelves.nearest(question.tenant_id, chosen.model, vector, wanted, load, 1)
    return not near or near[0].score < ALIKE


def _draft(question: Question, said: Said) -> None:
    conversation = question.interaction.conversation if question.interaction else None
    language = question.language or _language_of(question.tenant_id)
    article = Article(
        tenant_id=question.tenant_id,
        language=language,
        state=ArticleState.DRAFT,
        audience=Audience.AGENTS,
        drafted_from=conversation,
    )
    save_article(article, versions={language: said})


def _language_of(tenant_id: str) -> str:
    """The language that most of the tenant's articles are written in; English without any."""
    found: Iterable[str] = Article.objects.filter(tenant=tenant_id).values_list("language", flat=True)[:LOOKED_AT]
    languages = list(found)
    return max(set(languages), key=languages.count, default="en")
