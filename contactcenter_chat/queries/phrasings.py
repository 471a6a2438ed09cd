"""Have customers said that an article answers a question like this one?"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, Q, Sum

from ..knowledge.languages import base_of
from ..knowledge.passages import digest_of
from ..knowledge.phrasings import Phrasing
from ..models import Article, ArticleVersion, ConfirmedPhrasing


class Confirmed(NamedTuple):
    """How often customers have said that an article answers what they asked, in how many phrasings, and when last."""

    phrasings: int
    times: int
    last_at: datetime | None


def edition_of(version: ArticleVersion) -> str:
    """Return what tells what a version says from what it said before somebody has changed it."""
    return digest_of([version.title, version.link], version.answer)


def confirmed_versions(
    versions: Collection[ArticleVersion], language: str, phrasing: Phrasing | None
) -> frozenset[str]:
    """Return those of these versions that customers of this language have confirmed for a phrasing like this one."""
    if phrasing is None or not versions:
        return frozenset()
    editions = {version.pk: edition_of(version) for version in versions}
    rows = ConfirmedPhrasing.objects.filter(version__in=editions, language=base_of(language))
    current = [row for row in rows if editions[row.version_id] == row.edition]
    return frozenset(row.version_id for row in like(phrasing, current))


def like(phrasing: Phrasing, rows: Iterable[ConfirmedPhrasing]) -> list[ConfirmedPhrasing]:
    """Narrow rows to those of a phrasing like this one."""
    rows = list(rows)
    same = phrasing.same_as([(row.digest, row.model, bytes(row.vector)) for row in rows])
    return [row for row, is_same in zip(rows, same, strict=True) if is_same]


def confirmed_of(article: Article) -> Confirmed:
    """Return how often an article has been confirmed, as it reads now."""
    current = Q(pk__in=[])
    for version in article.versions.only("title", "link", "answer"):
        current |= Q(version=version.pk, edition=edition_of(version))
    figures = {"phrasings": Count("pk"), "times": Sum("times", default=0), "last_at": Max("confirmed_at")}
    return Confirmed(**ConfirmedPhrasing.objects.filter(current).aggregate(**figures))
