"""How do the documents of a source become articles? Each by itself, if it is another one than before.

A document that cannot be taken is written down as a failure and harms no other; its article stays as it was. What the
source has no more is retired.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop as _

from ...exceptions import Invalid
from ...knowledge.documents import Document
from ...models import Article, Failure, Queue, Tenant, clock
from ...models.base import max_length
from ...models.identity import IdentityLevel
from ...models.knowledge import ArticleState, Audience
from ...models.language_tags import checked_tag
from ...storable import check_one_line
from ..one_by_one import Step
from .articles import Said, checked_versions, save_article

BATCH = 200  # documents that are compared at once
KEY_MOST = max_length(Article, "source_key")
ROW_MOST = max_length(Failure, "row")
TAKEN = Step("documents_taken")


@dataclass
class Refreshed:
    """How many documents were written, were as before, are gone, and could not be taken."""

    written: int = 0
    unchanged: int = 0
    retired: int = 0
    refused: int = 0


class Reading:
    """A source that is being read."""

    def __init__(self, name: str, tenant: Tenant, go_on: Callable[[], object]) -> None:
        self.name, self.tenant, self.go_on = name, tenant, go_on
        self.done = Refreshed()
        self.queues = {queue.name: queue for queue in Queue.objects.filter(tenant=tenant)}
        self.keys: set[str] = set()
        self.failed: set[str] = set()

    def take(self, documents: Sequence[Any]) -> Refreshed:
        """Write what is another one than before, and retire what is gone."""
        for batch in _batches(documents):
            self.go_on()
            self._take_batch(batch)
        self._retire()
        self._forget()
        return self.done

    def _take_batch(self, batch: Sequence[Any]) -> None:
        keys = [document.key for document in batch if isinstance(getattr(document, "key", None), str)]
        rows = Article.objects.filter(tenant=self.tenant, source=self.name, source_key__in=keys)
        there = {row.source_key: row for row in rows.prefetch_related("versions", "queues")}
        for document in batch:
            self._attempt(document, there)

    def _attempt(self, document: Any, there: Mapping[str, Article]) -> None:
        row = self._row(getattr(document, "key", type(document).__name__))
        written = TAKEN.attempt(partial(self._take, document, there), key=row, tenant_id=self.tenant.pk)
        if written is None:
            self.failed.add(row)
            self.done.refused += 1
        elif written:
            self.done.written += 1
        else:
            self.done.unchanged += 1

    def _take(self, document: Any, there: Mapping[str, Article]) -> bool:
        """Write a document; return whether it was another one. Raises Invalid."""
        _check(document)
        document = replace(document, language=checked_tag(document.language))
        if document.key in self.keys:
            raise Invalid(_("Two documents have this key."), field="key", value=document.key)
        self.keys.add(document.key)
        article = there.get(document.key) or Article(
            tenant=self.tenant, source=self.name, source_key=document.key, language=document.language
        )
        queues = self._queues_of(document)
        versions = checked_versions(_said(document), document.language)
        if not article._state.adding and _values(article) == _wanted(document, versions, queues):
            return False
        for field, value in _fields(document).items():
            setattr(article, field, value)
        save_article(article, versions=versions, queues=queues)
        return True

    def _queues_of(self, document: Document) -> list[Queue]:
        for each in document.queues:
            if each not in self.queues:
                raise Invalid(_("There is no queue “%(name)s”."), field="queues", value=each, name=each)
        return [self.queues[each] for each in document.queues]

    def _retire(self) -> None:
        kept = Article.objects.filter(tenant=self.tenant, source=self.name).exclude(state=ArticleState.RETIRED)
        gone = [pk for pk, key in kept.values_list("pk", "source_key") if key not in self.keys]
        for batch in _batches(gone):
            changes = {"state": ArticleState.RETIRED, "changed_at": clock.now()}
            self.done.retired += Article.objects.filter(pk__in=batch).update(**changes)

    def _forget(self) -> None:
        """What failed before and does not now, or is gone, fails no more."""
        known = Failure.objects.filter(step=TAKEN.name, row__startswith=self._row(""))
        TAKEN.forget(*(set(known.values_list("row", flat=True)) - self.failed))

    def _row(self, key: Any) -> str:
        """What a document is called among the failures."""
        row = f"{self.name}: {key}"
        if len(row) <= ROW_MOST:
            return row
        digest = hashlib.blake2b(row.encode(errors="replace"), digest_size=8).hexdigest()
        return f"{row[: ROW_MOST - 17]} {digest}"


def _check(document: Any) -> None:
    """Refuse what is no document, before any of it is believed. Raises Invalid."""
    if not isinstance(document, Document):
        raise Invalid(_("This is no document of contactcenter_chat.knowledge.documents."))
    if not isinstance(document.key, str) or not 0 < len(document.key) <= KEY_MOST:
        raise Invalid(_("A key is text of 1 to %(most)s characters."), field="key", most=KEY_MOST)
    check_one_line(document.key, "key")
    for field, choices in (("audience", Audience), ("level", IdentityLevel)):
        if getattr(document, field) not in choices.values:
            known = ", ".join(choices.values)
            raise Invalid(_("Write one of: %(words)s."), field=field, words=known)


def _fields(document: Document) -> dict[str, Any]:
    """A document's values by the columns of an article."""
    names = ("language", "category", "audience", "level", "valid_from", "valid_to")
    return {"state": ArticleState.PUBLISHED, **{name: getattr(document, name) for name in names}}


def _said(document: Document) -> dict[str, Said]:
    own = {document.language: Said(document.questions, document.answer, document.link)}
    others = {tag: Said(each.questions, each.answer, each.link) for tag, each in document.versions.items()}
    return own | others


def _values(article: Article) -> dict[str, Any]:
    """What an article is now, to be compared with what it should be."""
    versions = {row.language: Said(row.questions, row.answer, row.link) for row in article.versions.all()}
    queues = {queue.pk for queue in article.queues.all()}
    names = ("state", "language", "category", "audience", "level", "valid_from", "valid_to")
    return {**{name: getattr(article, name) for name in names}, "versions": versions, "queues": queues}


def _wanted(document: Document, versions: Mapping[str, Said], queues: Iterable[Queue]) -> dict[str, Any]:
    category = document.category.strip()
    return {**_fields(document), "category": category, "versions": versions, "queues": {each.pk for each in queues}}


def _batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
