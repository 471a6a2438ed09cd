"""The customer writes again after the end: who gets the conversation, and is its last agent asked first?

A channel says for how many hours it is the same matter still. All of this expects the conversation locked.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from ... import events
from ...bots.base import is_bot
from ...conf import settings
from ...models import Agent, Conversation, Interaction, LogEntry, clock
from ...models.channels import ReopenTo
from ...models.clock import database_now
from ...models.conversations import ConversationState, InteractionState
from ...models.queues import Presence
from ...providers.base import Answerer, Provider, ToBot, ToQueue
from ...queries.assignment import SCRIPT, is_paused, is_reachable
from ...routing.pace import SHARES, has_room
from . import offers

logger = logging.getLogger(__name__)


def answered_by(conversation: Conversation, provider: Provider) -> Answerer:
    """Who is to answer: the provider says it, the channel's bot before agents, the channel of what opens again."""
    said, to = provider.answered_by(conversation), conversation.channel.reopen_to
    if isinstance(said, ToQueue) and (name := _first_bot(conversation)):
        said = ToBot(name)
    if conversation.is_remote or not to or not reopens(conversation):
        return said
    if to == ReopenTo.BOT and isinstance(said, ToQueue) and (name := _last_bot(conversation)):
        return ToBot(name)
    if to == ReopenTo.LAST_QUEUE and isinstance(said, ToBot) and conversation.last_queue:
        return ToQueue(conversation.last_queue)
    return said


def _first_bot(conversation: Conversation) -> str:
    """The channel's bot, unless a client has named a queue, or the bot is in trouble or gone; else none."""
    name: str = conversation.channel.bot
    is_new = conversation.state == ConversationState.CREATED
    if not name or (is_new and conversation.last_queue_id) or not _is_there(conversation, name):
        return ""
    return "" if is_paused(conversation.tenant_id, name) else name


def reopens(conversation: Conversation) -> bool:
    """Whether it had ended, and not too long ago."""
    given, ended_at = conversation.channel.reopen_hours, conversation.last_ended_at
    hours = settings.REOPEN_HOURS if given is None else given
    return ended_at is not None and clock.now() - ended_at < timedelta(hours=hours)


def kept_for_last_agent(conversation: Conversation) -> dict[str, Any]:
    """The fields that keep what opens again for its last agent, who is there and has room, or will have it in time."""
    given, agent = conversation.channel.sticky_seconds, conversation.last_agent
    seconds = settings.STICKY_SECONDS if given is None else given
    if not (agent and seconds and reopens(conversation)) or agent.presence != Presence.AVAILABLE:
        return {}
    until = database_now() + timedelta(seconds=seconds)
    share = SHARES[conversation.channel.pace]
    return offers.keep_for(agent, seconds) if _has_room_by(agent, until, share) else {}


def _has_room_by(agent: Agent, until: datetime, share: int) -> bool:
    """Whether the agent can take such a chat until then, as far as can be known: wrap-ups have their time."""
    if Agent.objects.free(until, share).filter(pk=agent.pk).exists():
        return True
    wrapped_up = Interaction.objects.filter(agent=agent, state=InteractionState.WRAP_UP, wrap_up_until__lte=until)
    load = agent.load - sum(each.takes for each in wrapped_up)
    return Agent.objects.rested(until).filter(pk=agent.pk).exists() and has_room(load, agent.capacity, share)


def _last_bot(conversation: Conversation) -> str:
    """The bot of the project that has had it last, if the settings name it still; else none."""
    assigned = LogEntry.objects.filter(conversation=conversation, kind=events.ConversationAssigned.name)
    scripts = (
        data["id"] for data in assigned.order_by("-number").values_list("data", flat=True) if data["to"] == SCRIPT
    )
    return next((name for name in scripts if _is_there(conversation, name)), "")


def _is_there(conversation: Conversation, name: str) -> bool:
    if is_bot(name) and not is_reachable(name, conversation.channel):
        logger.error(
            "The bot %s hears nothing of channel %s: its webhook is off or none.", name, conversation.channel_id
        )
        return False
    return is_bot(name)
