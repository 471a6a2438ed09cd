"""How does this project's own contact centre answer? Agents do, at its desk."""

from typing import Any

from ..models import Conversation
from .base import Answerer, Provider, ToQueue


class EmbeddedCenter(Provider):
    """Agents of this project answer: those of the queue that had the conversation last, else of the channel's."""

    @classmethod
    def wrong_options(cls, options: dict[str, Any]) -> list[str]:
        # A project's own provider that is made from this one may have some, and says itself what is wrong with them.
        return [f"There is no option {name!r}." for name in options] if cls is EmbeddedCenter else []

    def answered_by(self, conversation: Conversation) -> Answerer:
        return ToQueue(conversation.last_queue or conversation.channel.queue)
