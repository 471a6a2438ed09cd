"""How is what customers ask answered by articles? By meaning where there is an embedder, else by the words.

A question is asked when an agent looks at a chat, never when a message comes. With an embedder it is a row that a
worker finds answers to; what it finds is kept, so that nobody computes it twice.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from ...database import after_commit
from ...knowledge.base import Embedder, EmbedderAway, embedder, is_set_up
from ...knowledge.nearness import NEAR_ENOUGH, Near, OtherLength, shelves
from ...knowledge.passages import digest_of
from ...models import ArticleVectors, ArticleVersion, Conversation, Interaction, Question, Tenant, clock
from ...models.clock import NOW
from ...models.prepared import PreparedInsert
from ...queries import articles, questions
from ...queries.article_words import with_some_words
from ...wire.levels import Level
from ...workers import wakeup
from ..one_by_one import Step
from .away import Away

KEPT = 10  # nearest articles of a question: more than are shown, since some need a level or were refused
CLAIM = timedelta(seconds=30)  # a worker's, before another one tries
BATCH = 50
SAME_FOR = timedelta(minutes=10)  # outside of chats
LOOK_AGAIN_SECONDS = 0.02
FEW = 500  # of more versions, all of a tenant are read
ANSWERED = Step("questions_answered")
INSERT = PreparedInsert(Question, ignore_conflicts=True)


def ask(interaction: Interaction) -> Question | None:
    """Ask what the customer of a chat wants to know now, and return the question; None where nothing was said.

    ``found`` is None of one that a worker is still to answer.
    """
    conversation = interaction.conversation
    asked = questions.asked_in(conversation)
    if asked is None:
        return None
    known = {"interaction": interaction, "first_number": asked.first, "last_number": asked.last}
    question = Question.objects.filter(**known).first() or _ask(conversation, interaction, asked)
    if question.found is None:
        if not is_set_up():
            _write(question, _by_words(question, asked.text), "")
        else:
            after_commit(wakeup.wake_knowledge)
    return question


def seek(tenant: Tenant, text: str, language: str) -> Question | None:
    """Ask what somebody wants to know who is in no chat, and return the question; None without an embedder.

    What was asked a while ago is not looked for again. ``found`` is None of one that a worker is still to answer.
    """
    if not is_set_up():
        return None
    digest = digest_of([language], text)
    known = Question.objects.filter(tenant=tenant, digest=digest, asked_at__gt=NOW - SAME_FOR)
    question = known.order_by("-asked_at").first()
    if question is None:
        question = Question.objects.create(
            tenant=tenant, text=text[: questions.TEXT_MOST], digest=digest, language=language, asked_at=clock.now()
        )
    if question.found is None:
        after_commit(wakeup.wake_knowledge)
    return question


def found_within(question: Question, seconds: float) -> list[dict[str, Any]] | None:
    """Wait for what a worker finds; None where that takes longer. Must not be called in a transaction."""
    until = time.monotonic() + seconds
    while question.found is None and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_SECONDS)
        question.refresh_from_db(fields=["found"])
    return question.found


def is_by_meaning() -> bool:
    """Whether there is an embedder, or the words alone must do."""
    return is_set_up()


def found_by_words(question: Question) -> list[dict[str, Any]]:
    """Return what the words alone find, for as long as no worker comes to it; it is not kept."""
    return _by_words(question, _text_of(question))


def answer_due() -> int:
    """Find answers to what was asked; return to how many questions."""
    chosen = embedder()
    if chosen is None:
        return 0
    answered = 0
    with Away(ANSWERED.name) as away:
        while claimed := _claim():
            try:
                answered += _answer(chosen, claimed, away)
            except EmbedderAway as error:  # the others would fare no better
                for question in claimed:
                    ANSWERED.note(error, key=question.pk, tenant_id=question.tenant_id, told_by=away.tells)
                break
    return answered


def settle(question: Question) -> None:
    """Have a question without an answer not be told any more: there is one now, or none is needed."""
    Question.objects.filter(pk=question.pk).update(is_settled=True)


def are_owed() -> bool:
    """Whether a question waits that nobody is at."""
    return embedder() is not None and ANSWERED.awake(_owed()).exists()


def _ask(conversation: Conversation, interaction: Interaction, asked: questions.Asked) -> Question:
    question = Question(
        tenant_id=conversation.tenant_id,
        conversation=conversation,
        interaction=interaction,
        first_number=asked.first,
        last_number=asked.last,
        is_opening=not Question.objects.filter(interaction=interaction).exists(),
        language=conversation.language,
        asked_at=clock.now(),
    )
    INSERT(question)  # another tab may have asked the same
    return Question.objects.get(interaction=interaction, first_number=asked.first, last_number=asked.last)


def _owed() -> Any:
    return Question.objects.filter(Q(taken_until=None) | Q(taken_until__lt=NOW), found__isnull=True)


def _claim() -> list[Question]:
    """Return the questions that are this worker's for a while, the newest first: somebody looks at those now."""
    due = ANSWERED.awake(_owed()).select_related("interaction").order_by("-asked_at")[:BATCH]
    return [
        question
        for question in due
        if _owed().filter(pk=question.pk, taken_until=question.taken_until).update(taken_until=NOW + CLAIM)
    ]


def _answer(chosen: Embedder, claimed: Sequence[Question], away: Away) -> int:
    """Each with a failure of its own; one request for all of their vectors, where that goes well."""
    texts = {each.pk: _text_of(each) for each in claimed}
    try:
        made = dict(zip(texts, chosen.questions(list(texts.values())), strict=True))
    except EmbedderAway:
        raise
    except Exception:  # whatever one text of them brings about: then one by one
        made = {}
    answered = 0
    for question in claimed:
        act = partial(_answer_one, chosen, question, texts[question.pk], made.get(question.pk))
        key, tenant_id = question.pk, question.tenant_id
        before: bool = question.failed_before  # type: ignore[attr-defined]
        answered += ANSWERED.attempt(act, key=key, tenant_id=tenant_id, failed_before=before, told_by=away.tells) or 0
    return answered


def _answer_one(chosen: Embedder, question: Question, text: str, vector: Any) -> int:
    if vector is None:
        [vector] = chosen.questions([text])
    versions = _visible(question)
    wanted = articles.digests(versions)
    load = partial(vectors_of, question.tenant_id, chosen.model)
    try:
        near = shelves.nearest(question.tenant_id, chosen.model, vector, wanted, load, KEPT * 4)
    except OtherLength:  # the server has changed its model without a word: all are made anew
        ArticleVectors.objects.filter(tenant=question.tenant_id, model=chosen.model).delete()
        shelves.forget(question.tenant_id, chosen.model)
        raise
    _write(question, nearest_articles(near), chosen.model)
    return 1


def _text_of(question: Question) -> str:
    if question.conversation_id is None:
        return question.text
    return questions.text_of(question.conversation_id, question.first_number, question.last_number)


def _visible(question: Question) -> QuerySet[ArticleVersion]:
    """What whoever asks may be shown: an agent in a chat, or anybody.

    The customer of a chat may show later who they are: what that needs is found, and is shown from then on.
    """
    if question.interaction is None:
        return articles.for_customers(question.tenant_id)
    return articles.for_chat(question.tenant_id, question.interaction.queue_id, Level.SIGNED)


def vectors_of(tenant_id: str, model: str, ids: Collection[str]) -> Iterable[tuple[str, str, int, bytes]]:
    """Yield (version, digest, width, vectors) as ``knowledge.nearness.Shelf`` loads them."""
    rows = ArticleVectors.objects.filter(tenant=tenant_id, model=model)
    if len(ids) < FEW:
        rows = rows.filter(version__in=ids)
    for pk, digest, width, vectors in rows.values_list("version", "digest", "width", "vectors").iterator():
        yield pk, digest, width, bytes(vectors)


def nearest_articles(near: Sequence[Near]) -> list[dict[str, Any]]:
    """Return the nearest articles, each by the nearest of its versions."""
    of = dict(ArticleVersion.objects.filter(pk__in=[each.version for each in near]).values_list("pk", "article"))
    found: dict[str, dict[str, Any]] = {}
    for each in near:
        article = of.get(each.version)
        if article and article not in found:
            found[article] = {
                "article": article,
                "version": each.version,
                "passage": each.passage,
                "score": each.score,
            }
    return list(found.values())[:KEPT]


def _by_words(question: Question, text: str) -> list[dict[str, Any]]:
    versions = _visible(question)
    languages = articles.languages_of(question.tenant_id)
    found: dict[str, dict[str, Any]] = {}
    for version in with_some_words(versions, text, languages, KEPT * 4):
        found.setdefault(version.article_id, {"article": version.article_id, "version": version.pk, "passage": 0})
    return list(found.values())[:KEPT]


def _write(question: Question, found: list[dict[str, Any]], model: str) -> None:
    """Keep what was found. Without an embedder, nobody can say whether what the words found is an answer."""
    best = found[0].get("score") if found else None
    is_unanswered = not found or (best is not None and best < NEAR_ENOUGH)
    values = {"found": found, "best": best, "model": model, "is_unanswered": is_unanswered, "taken_until": None}
    Question.objects.filter(pk=question.pk).update(**values)
    for name, value in values.items():
        setattr(question, name, value)
