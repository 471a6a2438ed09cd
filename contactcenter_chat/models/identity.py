"""How sure is it who a customer is, and which codes were sent to find out?"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..wire.levels import Level
from .base import IdModel
from .conversations import Conversation
from .tenants import Tenant

ADDRESS_LENGTH = 320
HASH_LENGTH = 64


class IdentityLevel(models.TextChoices):
    """The levels of ``wire.levels``, as they are called."""

    NONE = Level.NONE.value, _("anybody")
    DEVICE = Level.DEVICE.value, _("known device")
    CLAIMED = Level.CLAIMED.value, _("claimed, not verified")
    CODE = Level.CODE.value, _("verified by a code")
    SIGNED = Level.SIGNED.value, _("logged in")


def masked(address: str) -> str:
    """Return an e-mail address as it may be shown: ``a•••@example.org``; empty for none."""
    name, at, domain = address.rpartition("@")
    first = name[:1] if len(name) > 1 else ""
    return f"{first}•••@{domain}" if at else "•••" if address else ""


class Verification(IdModel):
    """A one-time code that was sent in a conversation, of which only a keyed hash is kept; and whether it came back.

    Kept for a day, by which it is counted how many were sent.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="verifications", db_index=False)
    address = models.CharField(max_length=ADDRESS_LENGTH)  # in small letters
    # Which of the few codes to its address that are counted; None when it is not any more.
    slot = models.PositiveSmallIntegerField(null=True)
    code_hash = models.CharField(max_length=HASH_LENGTH)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)  # wrong ones
    verified_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "sent_at"], name="cc_verification_chat")]
        constraints = [models.UniqueConstraint(fields=["tenant", "address", "slot"], name="cc_verification_slot")]

    def __str__(self) -> str:
        return self.masked_address

    @property
    def masked_address(self) -> str:
        """Where it was sent, as it may be shown."""
        return masked(self.address)
