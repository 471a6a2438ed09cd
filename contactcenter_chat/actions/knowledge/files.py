"""How do articles come by files, how do these go, and how does one get into a chat?

As with attachments, no file is written, read or deleted with a transaction open, and the row is there before the file
and goes after it.
"""

import logging
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from ...attachments import storing
from ...attachments.scanning.base import scanner
from ...attachments.storing import CHUNK, Received
from ...database import atomic
from ...events import AGENT
from ...exceptions import ContactCenterError, Invalid, NotFound, Unavailable
from ...models import Agent, Article, ArticleFile, ArticleVersion, Attachment, clock
from ...models.article_files import ArticleFileState
from ..attachments import FOLDER, add_attachment, cleaned, delete_unwanted, delete_with_file
from ..one_by_one import Step
from .articles import check_kept_here

logger = logging.getLogger(__name__)

FILES_MOST = 5  # of a version
DELETED = Step("article_files_deleted")
LEFT_OVER = Q(version=None) | ~Q(state=ArticleFileState.CLEAN)


def add_file(*, version: ArticleVersion, name: str, received: Received) -> ArticleFile:
    """Keep a file for a version of an article, and return its ArticleFile. Must not be called in a transaction.

    ``received`` is an ``attachments.storing.Received`` to which the file was written. It is scanned before anything
    is kept of it.
    Raises NotFound when the version is deleted meanwhile, Conflict when a source keeps the article, Invalid, and
    Unavailable when the file cannot be scanned or stored.
    """
    if not received.size:
        raise Invalid(_("The file is empty."), field="file")
    _check_safe(received)
    file = _register(version, cleaned(name), received)
    try:
        path = storing.keep(file.path, received.file)
    except Exception as error:  # whatever a storage raises
        logger.exception("The file %s of an article could not be stored", file.pk)
        # What may be there of it the purge deletes; it takes no room of the others.
        ArticleFile.objects.filter(pk=file.pk).update(state=ArticleFileState.REMOVED)
        raise storing.not_stored() from error
    return _finish(file, path)


def remove_file(file: ArticleFile) -> None:
    """Delete a file of an article. Must not be called in a transaction.

    Of one that cannot be deleted now the purge deletes it. Raises Conflict when a source keeps the article.
    """
    article = Article.objects.filter(versions=file.version_id).first()
    if article is not None:
        check_kept_here(article)
    row = ArticleFile.objects.filter(pk=file.pk)
    row.update(state=ArticleFileState.REMOVED)
    _delete(row)


def remove(ids: Iterable[str]) -> int:
    """Delete those of these files that are of no version any more, taken away or still on their way.

    Each file goes before its row. Returns how many; one that cannot be deleted stays, and rests. Must not be called
    in a transaction.
    """
    rows = ArticleFile.objects.filter(pk__in=ids)
    rows.filter(LEFT_OVER).update(state=ArticleFileState.REMOVED)  # whoever still receives one deletes it
    return _delete(rows.filter(state=ArticleFileState.REMOVED))


def attach_file(file: ArticleFile, *, conversation_id: str, agent: Agent) -> Attachment:
    """Copy a file of an article, as one that this agent has uploaded to a chat and not sent; return the Attachment.

    Whether the agent may see the article is for the caller to say. Must not be called in a transaction.
    Raises what ``add_attachment`` raises, and Unavailable when the file cannot be read.
    """
    with Received() as received:
        _read(file, received)
        return add_attachment(
            conversation_id=conversation_id, author_type=AGENT, agent=agent, name=file.name, received=received
        )


def _check_safe(received: Received) -> None:
    chosen = scanner()
    if chosen is None:
        return
    received.file.seek(0)
    try:
        found = chosen.scan(received.file)
    except Exception as error:  # whatever a scanner raises
        logger.exception("A file for an article could not be scanned")
        raise Unavailable(_("The file could not be scanned. Please try again.")) from error
    if found:
        raise Invalid(_("This file is not safe and was not kept: %(found)s."), found=found, field="file")


def _register(version: ArticleVersion, name: str, received: Received) -> ArticleFile:
    with atomic():
        article = Article.objects.locked().filter(versions=version.pk).first()
        if article is None:
            raise NotFound("article", version.article_id)
        check_kept_here(article)
        rows = ArticleFile.objects.filter(version=version).exclude(state=ArticleFileState.REMOVED)
        there = list(rows.values_list("position", flat=True))
        if len(there) >= FILES_MOST:
            raise Invalid(_("May not have more than %(most)s files."), most=FILES_MOST, field="file")
        file = ArticleFile(
            tenant_id=version.tenant_id,
            version=version,
            position=max(there, default=-1) + 1,
            name=name,
            content_type=received.content_type(name),
            size=received.size,
            sha256=received.sha256,
            created_at=clock.now(),
        )
        file.path = f"{FOLDER}/{version.tenant_id}/articles/{file.pk}"
        file.save(force_insert=True)
    return file


def _finish(file: ArticleFile, path: str) -> ArticleFile:
    """Say that the file is there. When it is not wanted any more it is deleted, and NotFound raised."""
    still = ArticleFile.objects.filter(pk=file.pk, state=ArticleFileState.RECEIVING, version__isnull=False)
    if not still.update(path=path, state=ArticleFileState.CLEAN):
        delete_unwanted(path)
        raise NotFound("article", file.pk)
    file.path, file.state = path, ArticleFileState.CLEAN
    return file


def _read(file: ArticleFile, received: Received) -> None:
    try:
        with storing.storage().open(file.path) as stored:
            while chunk := stored.read(CHUNK):
                received.write(chunk)
    except ContactCenterError:
        raise
    except Exception as error:  # whatever a storage raises
        logger.exception("The file %s of an article could not be read", file.pk)
        raise _not_read() from error
    if received.sha256 != file.sha256:
        logger.error("The file %s of an article is not what was stored", file.pk)
        raise _not_read()


def _not_read() -> Unavailable:
    return Unavailable(_("The file could not be read. Please try again."))


def _delete(rows: QuerySet[ArticleFile]) -> int:
    return DELETED.run(rows.order_by("pk"), _delete_one, at_once=None)


def _delete_one(file_id: str) -> int:
    return delete_with_file(ArticleFile.objects.filter(pk=file_id))
