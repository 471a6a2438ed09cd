"""What did agents make of an article lately, and which articles should somebody look at again?"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import Article, ArticleUse, Interaction
from ..models.clock import NOW
from ..models.conversations import Outcome

DAYS = 90  # as the admin says
SENT_LEAST = 4  # of fewer uses nothing is concluded
REOPENED_WITHIN = timedelta(days=1)
SENT = Q(sent_at__isnull=False)


class Use(NamedTuple):
    """In how many chats of the last days an article was shown, and what became of it there.

    ``sent`` are unchanged or edited; of the chats in which it was sent, ``kept`` ended without being handed on, and
    ``reopened`` are those whose customer was back within a day.
    """

    shown: int
    inserted: int
    unchanged: int
    edited: int
    refused: int
    sent: int
    kept: int
    reopened: int


def use_of(article: Article) -> Use:
    """Return what was made of an article in the last days."""
    back = Interaction.objects.filter(
        conversation=OuterRef("interaction__conversation"),
        entered_at__gt=OuterRef("interaction__ended_at"),
        entered_at__lte=OuterRef("interaction__ended_at") + REOPENED_WITHIN,
    )
    ended = SENT & Q(interaction__ended_at__isnull=False) & ~Q(interaction__outcome=Outcome.TRANSFERRED)
    counts = (
        _lately()
        .filter(article=article)
        .annotate(is_back=Exists(back))
        .aggregate(
            shown=Count("pk"),
            inserted=Count("pk", filter=Q(inserted_at__isnull=False)),
            unchanged=Count("pk", filter=SENT & Q(is_edited=False)),
            edited=Count("pk", filter=SENT & Q(is_edited=True)),
            refused=Count("pk", filter=Q(refused_at__isnull=False)),
            sent=Count("pk", filter=SENT),
            kept=Count("pk", filter=ended),
            reopened=Count("pk", filter=ended & Q(is_back=True)),
        )
    )
    return Use(**counts)


def to_be_looked_at(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Narrow articles to those whose review is due, or that were edited in most of the chats they were sent in."""
    return articles.filter(Q(review_on__lte=timezone.localdate()) | Q(pk__in=_often_edited()))


def _often_edited() -> Any:
    edited = Count("pk", filter=Q(is_edited=True))
    counted = _lately().filter(SENT).order_by().values("article").annotate(sent=Count("pk"), edited=edited)
    return counted.filter(sent__gte=SENT_LEAST, edited__gt=F("sent") - F("edited")).values("article")


def _lately() -> QuerySet[ArticleUse]:
    return ArticleUse.objects.filter(shown_at__gte=NOW - timedelta(days=DAYS))
