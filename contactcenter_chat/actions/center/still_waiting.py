"""Who waits long is told, again and again, that somebody will come."""

from datetime import datetime

from django.db.models import QuerySet

from ...database import atomic
from ...models import Interaction
from ...models.conversations import InteractionState
from ...queries.routing import waiting_here
from . import interactions, placing, texts


def due(now: datetime) -> QuerySet[Interaction]:
    """What has waited since it was queued, or since it was told last, for as long as its queue says."""
    due = waiting_here().filter(told_again_at__lte=now, is_put_off=False, is_follow_up=False, away_since=None)
    return due.order_by("told_again_at", "pk")


def tell(interaction_id: str, now: datetime) -> bool:
    """Say the queue's text; return whether it has one still."""
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id)
        is_due = interaction.told_again_at and interaction.told_again_at <= now
        is_for_later = interaction.is_put_off or interaction.is_follow_up
        if interaction.state != InteractionState.WAITING or is_for_later or not is_due:
            return False
        interaction.told_again_at = placing.told_again_at(interaction.queue, now)
        interaction.save(update_fields=["told_again_at"])
        has_one = interaction.told_again_at is not None
        return has_one and texts.tell(conversation, interaction.queue, texts.WAITING)
