"""What does a queue tell the customer: closed, nobody there, passed on, waiting still?

All of this expects the conversation locked.
"""

from ...events import SYSTEM, MessageAdded
from ...models import Conversation, Message, Queue, clock
from ...models.prepared import PreparedInsert
from ...routing.plan import serves
from .. import participants
from ..recording import next_number, record

CLOSED, EMPTY, OVERFLOW, WAITING = KINDS = ("closed", "empty", "overflow", "waiting")
INSERT = PreparedInsert(Message)


def tell(conversation: Conversation, queue: Queue, kind: str) -> bool:
    """Say the queue's text of this kind, in the customer's language if there is one; return whether it has any."""
    text = text_of(queue, kind, conversation.language)
    if not text:
        return False
    now = clock.now()
    participant = participants.participant_of(conversation, SYSTEM)
    message = Message(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        interaction_id=conversation.open_interaction_id,
        participant=participant,
        author_type=SYSTEM,
        number=next_number(conversation),
        created_at=now,
        text=text,
    )
    INSERT(message)
    event = MessageAdded(message_id=message.pk, author_type=SYSTEM, participant_id=participant.pk, text=text)
    record(conversation, event, message=message, at=now)
    return True


def text_of(queue: Queue, kind: str, language: str) -> str:
    """The customer's language first, else the first one written down."""
    texts: dict[str, str] = queue.texts.get(kind, {})
    return next((text for tag, text in texts.items() if language and serves(tag, language)), "") or next(
        iter(texts.values()), ""
    )
