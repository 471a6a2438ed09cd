"""Which articles may answer what a customer asks a bot? Found at once, in the thread that has the embedder."""

from collections.abc import Sequence
from concurrent.futures import TimeoutError as TooLate
from functools import partial
from typing import NamedTuple

from ...bots.base import Found
from ...knowledge.base import EmbedderAway, embedder, is_set_up
from ...knowledge.nearness import shelves
from ...knowledge.phrasings import Phrasing, phrasing_of
from ...models import Conversation, Tenant, clock
from ...queries import articles
from ...queries.article_words import with_some_words
from ...queries.identity import level_of
from ...queries.masking import rules_of
from ...queries.phrasings import confirmed_versions, edition_of
from . import looking
from .questions import KEPT, nearest_articles, vectors_of

CONFIRMED = 3  # of the nearest are looked at for that
SECONDS = 10  # for the embedder to answer, behind what it is at


class Nearest(NamedTuple):
    """The version of an article that was found, and how near it is; None where words found it."""

    version: str
    score: float | None = None


def found_for_bot(conversation: Conversation, question: str) -> Sequence[Found]:
    """Return the articles nearest to a question that its customer may read, as ``found_for`` does."""
    level = level_of(conversation, clock.now())
    versions = articles.for_customers(conversation.tenant_id, conversation.channel.queue_id, level)
    return found_for(versions, conversation.tenant, conversation.language, question)


def found_for(versions: articles.Versions, tenant: Tenant, language: str, question: str) -> Sequence[Found]:
    """Return the articles nearest to a question, of a tenant's ``versions``, the best first.

    Without an embedder, or while it is away, those that have its words.
    """
    phrasing = phrasing_of(question, rules_of(tenant))
    meant = _by_meaning(tenant.pk, question, phrasing, versions) if is_set_up() else None
    found, phrasing = meant or (_by_words(tenant.pk, question, versions), phrasing)
    nearest = {article: each.version for article, each in found.items()}
    shown = articles.in_languages(versions, nearest, [language], {})
    confirmed = confirmed_versions([each.version for each in shown[:CONFIRMED]], language, phrasing)
    return [
        Found(
            each.article.pk,
            each.version.title,
            each.version.answer,
            each.version.link,
            found[each.article.pk].score,
            is_confirmed=each.version.pk in confirmed,
            edition=edition_of(each.version),
        )
        for each in shown
    ]


def _by_words(tenant_id: str, question: str, versions: articles.Versions) -> dict[str, Nearest]:
    found: dict[str, Nearest] = {}
    for each in with_some_words(versions, question, articles.languages_of(tenant_id), KEPT * 4):
        found.setdefault(each.article_id, Nearest(each.pk))
    return dict(list(found.items())[:KEPT])


def _by_meaning(
    tenant_id: str, question: str, phrasing: Phrasing | None, versions: articles.Versions
) -> tuple[dict[str, Nearest], Phrasing | None] | None:
    """What is near, and the phrasing with what it means; None while the embedder is away."""
    try:
        return looking.done_there(partial(_nearest, tenant_id, question, phrasing, versions)).result(SECONDS)
    except (EmbedderAway, TooLate):
        return None


def _nearest(
    tenant_id: str, question: str, phrasing: Phrasing | None, versions: articles.Versions
) -> tuple[dict[str, Nearest], Phrasing | None] | None:
    chosen = embedder()
    if chosen is None:
        return None
    asked = list(dict.fromkeys([question, *([phrasing.text] if phrasing else [])]))
    vector, *others = chosen.questions(asked)
    meant = phrasing.meaning(chosen.model, [*others, vector][0]) if phrasing else None
    load = partial(vectors_of, tenant_id, chosen.model)
    near = shelves.nearest(tenant_id, chosen.model, vector, articles.digests(versions), load, KEPT * 4)
    return {each["article"]: Nearest(each["version"], each["score"]) for each in nearest_articles(near)}, meant
