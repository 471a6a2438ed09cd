"""Who takes part in a conversation, and since when not any more? All of this expects the conversation locked."""

from django.utils import timezone

from ..events import AGENT, CUSTOMER, AgentLeft
from ..models import Participant


def participant_of(conversation, author_type, agent=None):
    """Return the participant that speaks, joining it when it has not yet. Expects the conversation locked."""
    if author_type == CUSTOMER and conversation.customer_participant_id:
        return Participant(pk=conversation.customer_participant_id, type=CUSTOMER)
    who = {"conversation_id": conversation.pk, "type": author_type, "agent": agent if author_type == AGENT else None}
    return Participant.objects.filter(**who).first() or Participant.objects.create(**who)


def leave(conversation, agent):
    """Note that an agent is no longer a participant."""
    Participant.objects.filter(conversation_id=conversation.pk, agent=agent).update(left_at=timezone.now())


def mark_customer_left(conversation):
    """Note that the customer is gone until the next message."""
    Participant.objects.filter(pk=conversation.customer_participant_id).update(left_at=timezone.now())


def mark_customer_back(conversation):
    """Note that the customer is there, having left or not."""
    Participant.objects.filter(pk=conversation.customer_participant_id).update(left_at=None)


def left_event(agent):
    """The fact that this agent no longer handles the conversation."""
    return AgentLeft(agent_id=agent.pk, first_name=agent.user.first_name, last_name=agent.user.last_name)
