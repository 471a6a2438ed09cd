"""Who answers a customer? The channel's provider says it; here it is written down.

All of this expects the conversation locked by ``Conversation.objects.lock`` in the current transaction.
"""

from django.core.exceptions import ImproperlyConfigured

from ..bots.base import is_bot
from ..models import Conversation
from ..models.conversations import ConversationState
from ..providers.base import Nobody, Provider, ToBot, ToQueue, ToRemote, provider_for
from ..queries.assignment import has_bot
from . import participants
from .bots import control, spells
from .center import customer_presence, interactions, reopening, slots
from .remote import telling


def have_answered(conversation: Conversation, provider: Provider | None = None) -> None:
    """The customer wrote: see that somebody is to answer. Nothing changes while somebody is.

    An agent who has taken others while the customer was silent may have no room any more: then somebody else is.
    """
    if conversation.channel.has_presence:
        customer_presence.spoken(conversation)
    if conversation.is_freed:
        slots.take_again(conversation)
    if conversation.open_interaction_id or has_bot(conversation):
        return
    if conversation.state == ConversationState.IDLE:
        participants.mark_customer_back(conversation)
    spells.take_back(conversation)
    provider = provider or provider_for(conversation.channel)
    match reopening.answered_by(conversation, provider):
        case ToQueue(queue):
            interactions.open_interaction(conversation, queue)
        case ToRemote() if conversation.is_remote:
            telling.expect_answer(conversation)
        case ToBot(name) if is_bot(name):
            control.give_to_script(conversation, name)
        case Nobody():
            pass
        case other:
            raise ImproperlyConfigured(f"The provider {provider.name} cannot be answered by {other!r}.")


def end_for_customer(conversation: Conversation, said: str = "") -> None:
    """The customer ends what is going on, with what is ``said`` of it; nothing happens when nothing is."""
    if has_bot(conversation):
        control.end_for_customer(conversation, said)
    elif conversation.is_remote:
        telling.tell_leaving(conversation, said)
    else:
        interactions.end_for_customer(conversation, said)
