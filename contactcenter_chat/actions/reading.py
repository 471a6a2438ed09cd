"""Who has read how far? A receipt only ever moves forward."""

from datetime import datetime

from django.db.models import Q

from ..database import atomic
from ..events import AGENT, CUSTOMER, MessagesRead
from ..models import Agent, Participant, clock
from ..wire.base import milliseconds
from .center import customer_presence
from .participants import check_handles, living, participant_of
from .recording import record


def mark_read(
    *,
    conversation_id: str,
    author_type: str,
    read_at: datetime,
    agent: Agent | None = None,
    tenant_id: str | None = None,
) -> bool:
    """Note that somebody has read all that was said until then; return whether that is news.

    ``agent`` is given for an agent and must be handling the conversation. What lies in the future counts as now.
    Raises NotFound, Conflict.
    """
    read_at = min(read_at, clock.now())
    with atomic():
        conversation = living(conversation_id, tenant_id)
        if author_type == CUSTOMER:
            customer_presence.seen(conversation_id)
        if author_type == AGENT:
            check_handles(conversation, agent)
        participant = participant_of(conversation, author_type, agent)
        before = Q(read_at=None) | Q(read_at__lt=read_at)
        if not Participant.objects.filter(before, pk=participant.pk).update(read_at=read_at):
            return False
        read = MessagesRead(
            participant_id=participant.pk,
            author_type=author_type,
            agent_id=agent.pk if agent else "",
            read_at=milliseconds(read_at),
        )
        record(conversation, read)
        return True
