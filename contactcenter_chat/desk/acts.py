"""What prepared responses are about to do: undo it, or forget what could not be done."""

from django.views.decorators.http import require_POST

from ..actions.knowledge import acts
from ..queries import desk
from .base import done, part


@require_POST
@part
def undo(request, conversation_id, owed_id):
    """The agent has changed its mind."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    acts.undo_acts(owed_id=owed_id, agent=request.agent)
    return done(read=conversation.pk)


@require_POST
@part
def forget_problems(request, conversation_id, owed_id):
    """The agent has read what could not be done."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    acts.forget_problems(owed_id=owed_id, agent=request.agent)
    return done(read=conversation.pk)
