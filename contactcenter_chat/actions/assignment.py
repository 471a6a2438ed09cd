"""Who is to answer a conversation: agents in a queue, or a bot?

All of this expects the conversation locked by ``Conversation.objects.lock`` in the current transaction.
"""

from django.utils import timezone

from .. import events
from ..exceptions import Conflict
from ..models import PostAgentAssignment
from ..models.conversations import ConversationState, InteractionState
from ..queries.situation import bot_of
from . import agents, interactions
from .recording import record


def has_bot(conversation):
    """Whether a bot is to answer."""
    return bool(conversation.script or bot_of(conversation))


def begin(conversation, to, assigned_id):
    """A bot is to answer from now on."""
    conversation.state = ConversationState.ACTIVE
    record(conversation, events.ConversationAssigned(to=to, id=assigned_id))


def end_for_customer(conversation):
    """The customer leaves while a bot is to answer."""
    agents.leave_customer(conversation)
    record(conversation, events.CustomerLeft(participant_id=conversation.customer_participant_id))
    end(conversation)


def end(conversation):
    """The bot has it no more and nobody else has it either; nothing happens when no bot had it."""
    if not has_bot(conversation):
        return
    conversation.state, conversation.last_ended_at = ConversationState.IDLE, timezone.now()
    record(conversation, events.ConversationIdled())  # the bot is told as well
    _release(conversation)


def assign_to_queue(conversation, queue):
    """Have it wait in this queue: with its age when it waits already, anew when a bot had it.

    Nothing changes when it waits there. Raises Conflict when an agent has it, or nobody is to answer, or a remote
    centre is.
    """
    check_local(conversation.is_remote)
    if has_bot(conversation):
        _release(conversation)
        interactions.queue_interaction(conversation, queue)
        return
    interaction = interactions.open_of(conversation)
    if interaction is None:
        if queue.pk != conversation.last_queue_id:
            raise Conflict("The conversation is idle: it waits in no queue.")
    elif interaction.state == InteractionState.HANDLING:
        if queue.pk != interaction.queue_id:
            raise Conflict("An agent has the conversation.")
    elif interaction.queue_id != queue.pk:
        interactions.move_to_queue(conversation, interaction, queue)


def check_local(is_remote):
    """Refuse what a remote centre decides by itself."""
    if is_remote:
        raise Conflict("A remote centre answers the conversation: it cannot be assigned here.")


def _release(conversation):
    if conversation.script:
        conversation.script = ""
        conversation.save(update_fields=["script"])
    if bot_of(conversation):
        PostAgentAssignment.objects.filter(pk=conversation.pk).delete()
        conversation.post_agent = None
