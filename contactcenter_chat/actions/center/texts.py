"""What does a queue tell the customer: closed, nobody there, passed on, waiting still?

All of this expects the conversation locked.
"""

from ...models import Conversation, Queue
from ...routing.plan import serves
from .. import own_words

CLOSED, EMPTY, OVERFLOW, WAITING = KINDS = ("closed", "empty", "overflow", "waiting")


def tell(conversation: Conversation, queue: Queue, kind: str) -> bool:
    """Say the queue's text of this kind, in the customer's language if there is one; return whether it has any."""
    text = text_of(queue, kind, conversation.language)
    if not text:
        return False
    own_words.say(conversation, text)
    return True


def text_of(queue: Queue, kind: str, language: str) -> str:
    """The customer's language first, else the first one written down."""
    texts: dict[str, str] = queue.texts.get(kind, {})
    return next((text for tag, text in texts.items() if language and serves(tag, language)), "") or next(
        iter(texts.values()), ""
    )
