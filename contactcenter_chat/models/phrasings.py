"""For which phrasings have customers said that an article answers them?"""

from django.db import models
from django.utils import timezone

from .knowledge import DIGEST_LENGTH, ArticleVersion
from .language_tags import TAG_MAX
from .spells import BotSpell
from .tenants import Tenant


class ConfirmedPhrasing(models.Model):
    """A way to ask which a version of an article answers, as a customer of this language has said.

    It holds no words: a digest of them, and what they mean as a ``vector`` of ``model``, where there is an embedder.
    ``edition`` is the digest of what the customer has read: another one is another answer. It goes with the ``spell``
    in which somebody has said so last.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(ArticleVersion, models.CASCADE, related_name="phrasings", db_index=False)
    spell = models.ForeignKey(BotSpell, models.CASCADE, related_name="phrasings")
    language = models.CharField(max_length=TAG_MAX, blank=True)
    edition = models.CharField(max_length=DIGEST_LENGTH)
    digest = models.CharField(max_length=DIGEST_LENGTH)
    model = models.CharField(max_length=100, blank=True)
    vector = models.BinaryField(default=b"")
    times = models.PositiveIntegerField(default=1)
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language", "digest"], name="cc_phrasing_once")]
        indexes = [models.Index(fields=["tenant", "confirmed_at"], name="cc_phrasing_tenant")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language} ×{self.times}"
