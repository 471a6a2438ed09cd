"""Which conversations has the business begun, and not the customer?"""

from django.db import models
from django.utils import timezone

from .conversations import Conversation
from .tenants import Tenant

KEY_MAX = 200  # characters, as it is given


class BusinessStart(models.Model):
    """That the business began a conversation. Of its key the digest is kept, since a key may name a person."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="business_start")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    key_digest = models.CharField(max_length=64)
    began_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key_digest"], name="cc_business_start_once")]

    def __str__(self) -> str:
        return self.conversation_id
