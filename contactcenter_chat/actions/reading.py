"""Who has read how far? A receipt only ever moves forward."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ..events import AGENT, MessagesRead
from ..exceptions import Conflict, NotFound
from ..models import Conversation, Interaction, Participant
from ..models.conversations import InteractionState
from .participants import participant_of
from .recording import record


def mark_read(*, conversation_id, author_type, read_at, agent=None, tenant_id=None):
    """Note that somebody has read all that was said until then; return whether that is news.

    ``agent`` is given for an agent and must be handling the conversation. What lies in the future counts as now.
    Raises NotFound, Conflict.
    """
    read_at = min(read_at, timezone.now())
    with transaction.atomic():
        conversation = Conversation.objects.lock(conversation_id, tenant_id=tenant_id)
        if conversation.erased_at:
            raise NotFound("Conversation", conversation_id)
        if author_type == AGENT and not _handles(conversation, agent):
            raise Conflict(_("You are not in this chat any more."))
        participant = participant_of(conversation, author_type, agent)
        before = Q(read_at=None) | Q(read_at__lt=read_at)
        if not Participant.objects.filter(before, pk=participant.pk).update(read_at=read_at):
            return False
        read = MessagesRead(
            participant_id=participant.pk,
            author_type=author_type,
            agent_id=agent.pk if agent else "",
            read_at=int(read_at.timestamp() * 1000),
        )
        record(conversation, read)
        return True


def _handles(conversation, agent):
    handled = Interaction.objects.filter(
        pk=conversation.open_interaction_id, state=InteractionState.HANDLING, agent=agent
    )
    return handled.exists()
