"""What can be said in a conversation: add a message."""

from django.utils import timezone

from ..conf import settings
from ..events import AGENT, CUSTOMER, MessageAdded
from ..exceptions import Conflict, Invalid, NotFound
from ..models import Conversation, Interaction, Message, Participant
from ..models.prepared import PreparedInsert
from ..models.transactions import atomic
from ..providers.base import provider_for
from .recording import next_number, record

INSERT = PreparedInsert(Message)


def add_message(*, conversation_id, author_type, text, agent=None, client_id="", tenant_id=None):
    """Add a message, tell everyone who follows the conversation, and return it.

    ``author_type`` is one of ``events.AUTHOR_TYPES``; ``agent`` is given for an agent's message and must be
    handling the conversation. A repeat of a ``client_id`` returns the first message. With a ``tenant_id`` the
    conversation must be that tenant's. Raises NotFound, Invalid, Conflict.
    """
    check_text(text)
    with atomic():
        conversation = Conversation.objects.lock(conversation_id, tenant_id=tenant_id)
        if conversation.erased_at:
            raise NotFound("Conversation", conversation_id)
        if client_id and (repeated := _repeated(conversation, client_id)):
            return repeated
        if author_type == AGENT:
            _check_handles(conversation, agent)
        elif author_type == CUSTOMER:
            provider_for(conversation.channel).customer_wrote(conversation)
        participant = participant_of(conversation, author_type, agent)
        return _write(conversation, participant, text, agent, client_id)


def check_text(text):
    """Refuse what is no message: empty, too long, or with a character that PostgreSQL cannot store."""
    if not text.strip():
        raise Invalid("May not be empty.", field="text", value=text)
    if len(text) > settings.MESSAGE_MAX_LENGTH:
        raise Invalid(f"May not be longer than {settings.MESSAGE_MAX_LENGTH} characters.", field="text")
    if "\x00" in text:
        raise Invalid("May not contain the character U+0000.", field="text")


def participant_of(conversation, author_type, agent=None):
    """Return the participant that speaks, joining it when it has not yet. Expects the conversation locked."""
    if author_type == CUSTOMER and conversation.customer_participant_id:
        return Participant(pk=conversation.customer_participant_id, type=CUSTOMER)
    participant, _ = Participant.objects.get_or_create(
        conversation_id=conversation.pk, type=author_type, agent=agent if author_type == AGENT else None
    )
    return participant


def message_event(message, agent=None):
    """The fact that this message was added."""
    return MessageAdded(
        message_id=message.pk,
        author_type=message.author_type,
        participant_id=message.participant_id,
        agent_id=agent.pk if agent else "",
        agent_first_name=agent.user.first_name if agent else "",
        agent_last_name=agent.user.last_name if agent else "",
        history=message.history,
        text=message.text,
    )


def _write(conversation, participant, text, agent, client_id):
    now = timezone.now()
    message = Message(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        interaction_id=conversation.open_interaction_id,
        participant=participant,
        author_type=participant.type,
        text=text,
        number=next_number(conversation),
        client_id=client_id,
        created_at=now,
    )
    INSERT(message)
    conversation.last_word_by, conversation.last_word_at = participant.type, now
    if participant.type == AGENT:
        Interaction.objects.filter(pk=conversation.open_interaction_id, first_reply_at=None).update(first_reply_at=now)
    record(conversation, message_event(message, agent), message=message, at=now)
    return message


def _repeated(conversation, client_id):
    return Message.objects.filter(conversation_id=conversation.pk, client_id=client_id).first()


def _check_handles(conversation, agent):
    handles = Interaction.objects.filter(
        pk=conversation.open_interaction_id, state="handling", agent=agent, tenant_id=agent.tenant_id
    )
    if not handles.exists():
        raise Conflict("You are not in this chat any more.")
