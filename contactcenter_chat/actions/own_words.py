"""What does the app itself say in a conversation, by no agent and no client? The centre's words, or a bot's.

All of this expects the conversation locked.
"""

from collections.abc import Sequence
from typing import Any

from ..events import SYSTEM, MessageAdded
from ..models import Card, Conversation, Message, clock
from ..models.prepared import PreparedInsert
from ..queries.message_contents import told_cards
from . import participants
from .recording import next_number, record

INSERT = PreparedInsert(Message)


def say(
    conversation: Conversation,
    text: str,
    *,
    author_type: str = SYSTEM,
    bot: str = "",
    courtesy: bool = False,
    formality: bool = False,
    cards: Sequence[tuple[str, Any]] = (),
) -> Message:
    """Say this; return the message. ``bot`` is the name of the bot whose words they are, ``cards`` come with them.

    ``courtesy`` and ``formality`` are as of ``MessageAdded``.
    """
    now = clock.now()
    participant = participants.participant_of(conversation, author_type)
    message = Message(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        interaction_id=conversation.open_interaction_id,
        participant=participant,
        author_type=author_type,
        number=next_number(conversation),
        created_at=now,
        text=text,
    )
    INSERT(message)
    shown = Card.objects.bulk_create(Card.rows_of(message, cards)) if cards else []
    event = MessageAdded(
        message_id=message.pk,
        author_type=author_type,
        participant_id=participant.pk,
        text=text,
        bot=bot,
        courtesy=courtesy,
        formality=formality,
        cards=told_cards(shown),
    )
    record(conversation, event, message=message, at=now)
    return message
