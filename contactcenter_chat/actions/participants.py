"""Who takes part in a conversation, since when not any more, and who may speak?

But for ``living``, which locks it, all of this expects the conversation locked.
"""

from django.utils.translation import gettext_noop as _

from ..events import AGENT, CUSTOMER, AgentLeft
from ..exceptions import Conflict, NotFound
from ..models import Agent, Conversation, Interaction, Participant, clock, people
from ..models.conversations import InteractionState


def participant_of(conversation: Conversation, author_type: str, agent: Agent | None = None) -> Participant:
    """Return the participant that speaks, joining it when it has not yet. Expects the conversation locked."""
    if author_type == CUSTOMER and conversation.customer_participant_id:
        return Participant(pk=conversation.customer_participant_id, type=CUSTOMER)
    who = {"conversation_id": conversation.pk, "type": author_type, "agent": agent if author_type == AGENT else None}
    return Participant.objects.filter(**who).first() or Participant.objects.create(**who)


def leave(conversation: Conversation, agent: Agent) -> None:
    """Note that an agent is no longer a participant."""
    Participant.objects.filter(conversation_id=conversation.pk, agent=agent).update(left_at=clock.now())


def mark_customer_left(conversation: Conversation) -> None:
    """Note that the customer is gone until the next message."""
    Participant.objects.filter(pk=conversation.customer_participant_id).update(left_at=clock.now())


def mark_customer_back(conversation: Conversation) -> None:
    """Note that the customer is there, having left or not."""
    Participant.objects.filter(pk=conversation.customer_participant_id).update(left_at=None)


def left_event(agent: Agent) -> AgentLeft:
    """The fact that this agent no longer handles the conversation."""
    first_name, last_name = people.names_of(agent.user)
    return AgentLeft(agent_id=agent.pk, first_name=first_name, last_name=last_name)


def living(conversation_id: str, tenant_id: str | None = None) -> Conversation:
    """Lock and return a conversation that was not erased, of this tenant if one is named. Raises NotFound."""
    conversation = Conversation.objects.lock(conversation_id, tenant_id=tenant_id)
    if conversation.erased_at:
        raise NotFound("Conversation", conversation_id)
    return conversation


def check_handles(conversation: Conversation, agent: Agent | None) -> None:
    """Raises Conflict when the agent does not handle the conversation, or none is given."""
    handled = Interaction.objects.filter(pk=conversation.open_interaction_id, state=InteractionState.HANDLING)
    if agent is None or not handled.filter(agent=agent, tenant_id=agent.tenant_id).exists():
        raise not_in_chat()


def not_in_chat() -> Conflict:
    """The exception for an agent who does not handle the conversation."""
    return Conflict(_("You are not in this chat any more."))
