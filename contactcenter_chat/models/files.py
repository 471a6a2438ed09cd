"""What is known of any file that is kept?"""

import mimetypes

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import IdModel

# What a browser may show; all else is only ever saved.
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}


class File(IdModel):
    """A file in the storage of ATTACHMENT_STORAGE, where ``path`` names it.

    The row is there before the file and goes after it, so that a file without a row is never left behind.
    """

    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(_("type"), max_length=100)  # found from the bytes
    size = models.PositiveBigIntegerField(_("size"))  # bytes
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=255)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        """``image``, ``audio``, ``video`` or ``file``."""
        kind = self.content_type.partition("/")[0]
        return kind if kind in ("image", "audio", "video") else "file"

    @property
    def ending(self) -> str:
        """The type as people know it: ``PDF``."""
        ending = (
            mimetypes.guess_extension(self.content_type) or self.content_type.rpartition("/")[2].rpartition(".")[2]
        )
        return ending.lstrip(".").upper()
