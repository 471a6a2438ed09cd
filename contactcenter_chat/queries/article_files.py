"""Which files has an article, and may somebody read one of them?"""

from collections.abc import Iterable

from django.db.models import QuerySet

from ..exceptions import NotFound
from ..models import ArticleFile, ArticleVersion
from ..models.article_files import ArticleFileState


def kept() -> QuerySet[ArticleFile]:
    """Those that are there in whole, and belong to a version."""
    return ArticleFile.objects.filter(state=ArticleFileState.CLEAN, version__isnull=False, tenant__isnull=False)


def files_of(versions: Iterable[ArticleVersion]) -> dict[str, list[ArticleFile]]:
    """Return the files of these versions in their order, by the versions' ids; a version without any is not there."""
    found: dict[str, list[ArticleFile]] = {}
    for file in kept().filter(version__in=[version.pk for version in versions]):
        found.setdefault(str(file.version_id), []).append(file)
    return found


def file_of(versions: QuerySet[ArticleVersion], file_id: str) -> ArticleFile:
    """Return a file of one of these versions, which are what somebody may see. Raises NotFound."""
    file = kept().filter(pk=file_id, version__in=versions.order_by()).first()
    if file is None:
        raise NotFound("file", file_id)
    return file
