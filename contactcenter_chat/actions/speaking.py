"""Who may say something in a conversation?"""

from django.utils.translation import gettext_noop as _

from ..exceptions import Conflict, NotFound
from ..models import Conversation, Interaction
from ..models.conversations import InteractionState


def living(conversation_id, tenant_id=None):
    """Lock and return a conversation that was not erased, of this tenant if one is named. Raises NotFound."""
    conversation = Conversation.objects.lock(conversation_id, tenant_id=tenant_id)
    if conversation.erased_at:
        raise NotFound("Conversation", conversation_id)
    return conversation


def check_handles(conversation, agent):
    """Raises Conflict when the agent does not handle the conversation."""
    handles = Interaction.objects.filter(
        pk=conversation.open_interaction_id,
        state=InteractionState.HANDLING,
        agent=agent,
        tenant_id=agent.tenant_id,
    )
    if not handles.exists():
        raise Conflict(_("You are not in this chat any more."))
