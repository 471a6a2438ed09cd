"""Who is to answer a conversation: agents in a queue, or a bot?

All of this expects the conversation locked by ``Conversation.objects.lock`` in the current transaction.
"""

from django.utils.translation import gettext_noop as _

from ... import events
from ...bots.base import has_turns
from ...exceptions import Conflict, ControlMoved, Invalid
from ...models import Conversation, PostAgentAssignment, clock
from ...models.channels import BotFencing
from ...models.conversations import Control, ConversationState
from ...models.spells import SpellEnd
from ...queries.assignment import SCRIPT, bot_of, control_of, has_bot
from .. import participants
from ..recording import record
from . import elsewhere, spells


def give_to_script(conversation: Conversation, name: str, heard: int | None = None) -> None:
    """A script of the project, one of BOTS, is to answer from now on; ``heard`` as of ``spells.begin``."""
    if conversation.script != name:
        conversation.script = name
        conversation.save(update_fields=["script"])
    give(conversation, SCRIPT, name)
    if has_turns(name) or elsewhere.seconds_for(conversation):
        spells.begin(conversation, name, heard)


def give(conversation: Conversation, to: str, assigned_id: str) -> None:
    """A bot is to answer from now on."""
    conversation.state = ConversationState.ACTIVE
    record(conversation, events.ConversationAssigned(to=to, id=assigned_id))


def end_for_customer(conversation: Conversation, said: str = "") -> None:
    """The customer leaves while a bot is to answer."""
    participants.mark_customer_left(conversation)
    spells.end_for_customer(conversation)
    record(conversation, events.CustomerLeft(participant_id=conversation.customer_participant_id, said=said))
    take(conversation)


def take(conversation: Conversation) -> None:
    """The bot has it no more and nobody else has it either; nothing happens when no bot had it."""
    if not has_bot(conversation):
        return
    conversation.state, conversation.last_ended_at = ConversationState.IDLE, clock.now()
    record(conversation, events.ConversationIdled())  # the bot is told as well
    release(conversation)


def check_may_speak(conversation: Conversation, epoch: int | None) -> None:
    """Refuse a bot's words when somebody else speaks for the business by now. Raises ControlMoved, Invalid.

    ``epoch`` is the one under which the bot speaks, None when it does not say. While an agent has the conversation,
    a channel may keep its bot silent in any case.
    """
    if epoch is not None:
        if epoch > conversation.control_epoch:
            raise Invalid(_("It has not come so far yet."), field="epoch", value=epoch)
        if epoch < conversation.control_epoch:
            raise ControlMoved()
    is_fenced = conversation.channel.bot_fencing == BotFencing.AGENT
    if is_fenced and control_of(conversation)[0] == Control.AGENT:
        raise ControlMoved()


def check_local(is_remote: bool) -> None:
    """Refuse what a remote centre decides by itself."""
    if is_remote:
        raise Conflict(_("A remote centre answers the conversation: it cannot be assigned here."))


def release(conversation: Conversation) -> None:
    if has_bot(conversation):
        spells.end(conversation, SpellEnd.WITHDRAWN)
    if conversation.script:
        conversation.bot_before, conversation.script = conversation.script, ""
        conversation.save(update_fields=["script"])
    if bot_of(conversation):
        PostAgentAssignment.objects.filter(pk=conversation.pk).delete()
        conversation.post_agent = None
