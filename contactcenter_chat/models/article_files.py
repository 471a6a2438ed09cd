"""Which files belong to what an article says in one language?"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import LockingQuerySet
from .files import File
from .knowledge import ArticleVersion
from .tenants import Tenant


class ArticleFileState(models.TextChoices):
    RECEIVING = "receiving", _("being received")
    CLEAN = "clean", _("clean")
    REMOVED = "removed", _("removed")


class ArticleFile(File):
    """A file of a version of an article.

    It outlives its version, and its tenant: what has none any more is deleted later, the file before its row.
    """

    tenant = models.ForeignKey(Tenant, models.SET_NULL, null=True, related_name="+", db_index=False)
    version = models.ForeignKey(ArticleVersion, models.SET_NULL, null=True, related_name="files", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)  # among those of its version
    state = models.CharField(_("state"), max_length=9, choices=ArticleFileState, default=ArticleFileState.RECEIVING)
    created_at = models.DateTimeField(default=timezone.now)

    objects = LockingQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("file of an article")
        verbose_name_plural = _("files of articles")
        indexes = [models.Index(fields=["version", "position"], name="cc_article_file")]
