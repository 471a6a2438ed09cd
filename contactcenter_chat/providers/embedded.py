"""How does this project's own contact centre answer? Agents do, at its desk."""

from ..models import Conversation
from .base import Answerer, Provider, ToQueue


class EmbeddedCenter(Provider):
    """Agents of this project answer: those of the queue that had the conversation last, else of the channel's."""

    def answered_by(self, conversation: Conversation) -> Answerer:
        return ToQueue(conversation.last_queue or conversation.channel.queue)
