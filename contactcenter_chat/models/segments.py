"""How long was an interaction in a queue, and what came of it?"""

from django.db import models

from .conversations import Interaction, Outcome
from .queues import Queue
from .tenants import Tenant


class Segment(models.Model):
    """An interaction's time in one queue: the unit that is measured. It outlives the interaction."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", db_index=False)
    queue = models.ForeignKey(Queue, models.CASCADE, related_name="segments", db_index=False)
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, related_name="segments")
    entered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)  # in which it was accepted
    accepted_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    # When it was to be accepted by the estimate that was told first; the minutes told last.
    estimated_from = models.DateTimeField(null=True)
    estimated_until = models.DateTimeField(null=True)
    came_true = models.BooleanField(null=True)  # whether it was, the first time
    told_low = models.PositiveIntegerField(null=True)
    told_high = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"], condition=models.Q(left_at=None), name="cc_segment_one_open"
            )
        ]
        indexes = [models.Index(fields=["tenant", "queue", "entered_at"], name="cc_segment_queue")]
