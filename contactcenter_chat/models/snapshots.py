"""How do queues stand, as all who ask are told for a few seconds?"""

from django.db import models

from .queues import Queue
from .tenants import Tenant


class Snapshot(models.Model):
    """What was found at that time; ``content`` is what ``queries.estimates`` makes of it."""

    taken_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)  # when somebody set out to take it anew
    content = models.JSONField(default=dict)

    class Meta:
        abstract = True


class QueueSnapshot(Snapshot):
    """What waits in one queue, by what it requires."""

    of = models.OneToOneField(Queue, models.CASCADE, primary_key=True, related_name="+")


class TenantSnapshot(Snapshot):
    """All queues of one tenant, side by side."""

    of = models.OneToOneField(Tenant, models.CASCADE, primary_key=True, related_name="+")
