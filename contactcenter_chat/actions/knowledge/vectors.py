"""How is what articles mean kept as vectors? A worker makes those that are owed, with no transaction open.

Owed are those of versions that have none yet, or of other words, or by another model: after a change of the model all
are made anew, and the old ones are not compared with the new ones meanwhile.
"""

import time
from functools import partial

from django.db import IntegrityError

from ...knowledge.base import Embedder, EmbedderAway, embedder
from ...knowledge.nearness import packed
from ...knowledge.passages import passages_of
from ...models import ArticleVectors, ArticleVersion, clock
from ...queries.articles import without_vectors
from ...workers import wakeup
from ..one_by_one import Step
from .away import Away

TASK_SECONDS = 2.0  # then another task goes on, so that what customers ask now does not wait
BATCH = 20
FAILURES_MOST = 3  # of one task: then the embedder is likely away, and each failure may take its time
MADE = Step("vectors_made")


def make_due() -> int:
    """Make vectors for a while; return of how many versions. What is left is another task's."""
    chosen = embedder()
    if chosen is None:
        return 0
    with Away(MADE.name) as away:
        return _make_for_a_while(chosen, away)


def _make_for_a_while(chosen: Embedder, away: Away) -> int:
    until = time.monotonic() + TASK_SECONDS
    made, failed = 0, 0
    while rows := list(MADE.awake(without_vectors(chosen.model)).order_by("pk")[:BATCH]):
        for version in rows:
            act = partial(_make, chosen, version)
            key, tenant_id = version.pk, version.tenant_id
            before: bool = version.failed_before  # type: ignore[attr-defined]
            done = MADE.attempt(act, key=key, tenant_id=tenant_id, failed_before=before, told_by=away.tells)
            made, failed = made + (done or 0), failed + (done is None)
            if failed >= FAILURES_MOST:
                return made
            if time.monotonic() > until:
                wakeup.wake_knowledge()
                return made
    return made


def are_owed() -> bool:
    """Whether there is something to be made."""
    chosen = embedder()
    return chosen is not None and MADE.awake(without_vectors(chosen.model)).exists()


def _make(chosen: Embedder, version: ArticleVersion) -> int:
    if not without_vectors(chosen.model).filter(pk=version.pk, digest=version.digest).exists():
        return 0  # another task was faster, or somebody has written it anew or taken it away
    texts = [passage.text for passage in passages_of(version.questions, version.answer)]
    made = chosen.passages(texts)
    if len(made) != len(texts):
        raise EmbedderAway("The embedder has not made a vector for each passage.")
    width, vectors = packed(made)
    values = {
        "tenant_id": version.tenant_id,
        "model": chosen.model,
        "digest": version.digest,
        "width": width,
        "vectors": vectors,
        "made_at": clock.now(),
    }
    try:
        ArticleVectors.objects.update_or_create(version=version, defaults=values)
    except IntegrityError:  # it was taken away meanwhile
        return 0
    return 1
