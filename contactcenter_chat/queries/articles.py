"""Which articles may somebody see, and in which language?

What may be seen is part of each query: nothing is found first and left out afterwards.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..exceptions import NotFound
from ..knowledge.languages import base_of
from ..knowledge.passages import passages_of
from ..models import Agent, Article, ArticleFile, ArticleVectors, ArticleVersion
from ..models.knowledge import ArticleState, Audience
from ..wire.levels import Level, reached
from .article_files import files_of

Versions = QuerySet[ArticleVersion]


@dataclass(frozen=True)
class Shown:
    """An article as somebody sees it: in one language, which is ``foreign`` where it is none they were asked for in.

    ``passage`` is the piece of its answer that is nearest to what was asked, ``files`` are those of the version.
    """

    article: Article
    version: ArticleVersion
    passage: str = ""
    is_foreign: bool = False
    files: Sequence[ArticleFile] = ()


def for_chat(tenant_id: str, queue_id: str, level: Level = Level.NONE) -> Versions:
    """What an agent may be shown in a chat of this queue, whose customer has this level.

    What is for agents alone is shown whoever the customer is.
    """
    for_level = Q(article__level__in=reached(level)) | Q(article__audience=Audience.AGENTS)
    return _of(tenant_id, [queue_id]).filter(for_level)


def for_agent(agent: Agent, queue_id: str | None = None) -> Versions:
    """What an agent may look for: of all queues, of the own ones, and of the queue of a chat at hand."""
    queue_ids = list(agent.memberships.values_list("queue", flat=True))
    return _of(agent.tenant_id, [*queue_ids, queue_id] if queue_id else queue_ids)


def for_customers(tenant_id: str, queue_id: str | None = None, level: Level = Level.NONE) -> Versions:
    """What a customer of this level may read; without one, what anybody may, without having shown who they are."""
    found = _of(tenant_id, [queue_id] if queue_id else [])
    return found.filter(article__audience=Audience.CUSTOMERS, article__level__in=reached(level))


def article_for(versions: Versions, article_id: str, languages: Sequence[str]) -> Shown:
    """Return one of these, in the first of these languages that it has. Raises NotFound."""
    found = list(versions.filter(article=article_id).select_related("article__owner__user"))
    if not found:
        raise NotFound("article", article_id)
    return _with_files([shown_of(found, languages)])[0]


def shown_of(versions: Sequence[ArticleVersion], languages: Sequence[str], passage: str = "") -> Shown:
    """Return an article by its versions, in the first of these languages that it has, else in its main one."""
    article = versions[0].article
    wanted = [*languages, article.language]
    by_rank = sorted(versions, key=lambda version: (_rank(version.language, wanted), version.language))
    version = by_rank[0]
    is_foreign = bool(languages) and _rank(version.language, languages[:1]) > 0
    return Shown(article, version, passage, is_foreign)


def in_languages(
    versions: Versions, found: Mapping[str, str], languages: Sequence[str], passages: Mapping[str, tuple[str, int]]
) -> list[Shown]:
    """Return what was found, in the order of ``found``, each once and in the first of these languages that it has.

    Args:
        versions: What may be seen.
        found: The articles by their ids, each with the id of the version that was found.
        languages: The first is the customer's.
        passages: Of articles, the version and which of its passages was nearest; without one, the answer's beginning.
    """
    by_article: dict[str, list[ArticleVersion]] = {}
    for version in versions.filter(article__in=list(found)).select_related("article"):
        by_article.setdefault(version.article_id, []).append(version)
    shown = []
    for article_id in found:
        own = by_article.get(article_id)
        if own:
            each = shown_of(own, languages)
            shown.append(_with_passage(each, passages.get(article_id)))
    return _with_files(shown)


def languages_of(tenant_id: str) -> list[str]:
    """Return the languages that a tenant's articles are written in."""
    versions = ArticleVersion.objects.filter(tenant=tenant_id)
    return list(versions.order_by("language").values_list("language", flat=True).distinct())


def without_vectors(model: str) -> Versions:
    """The versions whose vectors this model is still to make."""
    current = ArticleVectors.objects.filter(version=OuterRef("pk"), model=model, digest=OuterRef("digest"))
    return ArticleVersion.objects.filter(~Exists(current))


def digests(versions: Versions) -> dict[str, str]:
    """Return the digests of versions by their ids."""
    return dict(versions.order_by().values_list("pk", "digest"))


def _with_passage(shown: Shown, nearest: tuple[str, int] | None) -> Shown:
    passages = passages_of(shown.version.questions, shown.version.answer)
    at = nearest[1] if nearest and nearest[0] == shown.version.pk else 0
    passage = passages[at].shown if at < len(passages) else ""
    return replace(shown, passage=passage)


def _with_files(shown: Sequence[Shown]) -> list[Shown]:
    files = files_of(each.version for each in shown) if shown else {}
    return [replace(each, files=files.get(each.version.pk, ())) for each in shown]


def _rank(tag: str, wanted: Sequence[str]) -> int:
    """How late a language stands among the wanted: its very tag first, else one of the same language."""
    exact = [number for number, each in enumerate(wanted) if each.lower() == tag.lower()]
    alike = [number for number, each in enumerate(wanted) if each and base_of(each) == base_of(tag)]
    return min([*exact, *alike], default=len(wanted))


def _of(tenant_id: str, queue_ids: Collection[str]) -> Versions:
    today = timezone.localdate()
    return ArticleVersion.objects.filter(
        _valid(today),
        _queues(queue_ids),
        tenant=tenant_id,
        article__state=ArticleState.PUBLISHED,
    )


def _valid(today: Any) -> Q:
    begun = Q(article__valid_from=None) | Q(article__valid_from__lte=today)
    return begun & (Q(article__valid_to=None) | Q(article__valid_to__gte=today))


def _queues(queue_ids: Iterable[str]) -> Any:
    rows = Article.queues.through.objects.filter(article=OuterRef("article"))
    condition = ~Exists(rows)
    return condition | Exists(rows.filter(queue__in=queue_ids)) if queue_ids else condition
