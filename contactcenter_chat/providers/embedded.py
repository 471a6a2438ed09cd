"""How does this project's own contact centre answer? By an interaction in the channel's queue."""

from ..actions import interactions
from .base import Provider


class EmbeddedCenter(Provider):
    """Agents of this project answer at its desk."""

    def customer_wrote(self, conversation):
        interactions.open_interaction(conversation)

    def customer_left(self, conversation):
        interactions.end_for_customer(conversation)
