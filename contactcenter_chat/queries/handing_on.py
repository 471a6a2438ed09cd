"""How often was a chat handed on lately? Who does it again and again is warned, and supervisors are told."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ..models import Interaction
from ..models.clock import database_now
from ..models.conversations import Outcome

LATELY = timedelta(hours=1)
OFTEN = 3  # times


def handed_on_lately(conversation_id: str) -> int:
    """Return how often a conversation was handed on within the last hour."""
    handed_on = Interaction.objects.filter(conversation=conversation_id, outcome=Outcome.TRANSFERRED)
    return handed_on.filter(ended_at__gte=database_now() - LATELY).count()


def handed_round(now: datetime) -> QuerySet[Interaction]:
    """What came of handing on a chat too often, in the last hour."""
    return Interaction.objects.filter(handed_round__gt=0, entered_at__gte=now - LATELY)
