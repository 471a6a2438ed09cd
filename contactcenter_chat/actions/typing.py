"""Who types or thinks at this moment? It is shown for a while and never logged.

Somebody outside of this project is told by a worker (``deliveries.typing``), which finds the newest sign of each in
the database: so however many there are, one wake-up waits for them.
"""

from collections.abc import Sequence
from datetime import timedelta

from .. import live
from ..database import after_commit
from ..events import AGENT, BOT, CUSTOMER
from ..models import Conversation, Interaction, TypingSign, clock
from ..models.conversations import ConversationState, InteractionState
from ..wire.base import versions
from ..wire.tolerant import Envelope
from ..workers import wakeup
from .bots import elsewhere
from .center import customer_presence
from .remote.episodes import UNKNOWN_AGENT

TYPING, THINKING = "typing", "thinking"
TYPING_SECONDS = 8  # shown so long, unless it is said again


def show_typing(conversation_id: str, author_type: str) -> None:
    """Show at open desks, or have the remote centre told, that the customer or the bot types; best effort."""
    if Conversation.objects.filter(pk=conversation_id, is_remote=True).exists():
        _say(conversation_id, author_type)
        return
    live.sign(conversation_id=conversation_id, kind=TYPING, author_type=author_type, seconds=TYPING_SECONDS)
    if author_type == BOT:
        elsewhere.note_indicator(conversation_id, elsewhere.TYPES_SECONDS)
    if author_type == CUSTOMER:
        customer_presence.seen(conversation_id)


def show_thinking(conversation_id: str, author_type: str, seconds: float) -> None:
    """Show at open desks that the bot thinks, for so many seconds at most."""
    live.sign(conversation_id=conversation_id, kind=THINKING, author_type=author_type, seconds=seconds)
    if author_type == BOT:
        elsewhere.note_indicator(conversation_id, seconds)


def bot_thinks(conversation_id: str, bot: str, seconds: float) -> None:
    """Show the same of a bot that the app asks, and have the applications told whose format tells it; best effort."""
    show_thinking(conversation_id, BOT, seconds)
    able = versions(lambda each: each.thinking_body)
    if Conversation.objects.filter(pk=conversation_id, channel__webhook__version__in=able).exists():
        _say(conversation_id, BOT, [bot])


def agent_types(interaction_id: str, agent_id: str, *, types: bool) -> None:
    """Have the applications told that an agent types, or has stopped; best effort."""
    wants = Interaction.objects.filter(
        pk=interaction_id,
        agent_id=agent_id,
        state=InteractionState.HANDLING,
        conversation__channel__webhook__version__in=_versions(),
    )
    if conversation_id := wants.values_list("conversation_id", flat=True).first():
        _say(conversation_id, AGENT, [agent_id] if types else [])


def remote_agents_type(agent_ids: Sequence[str], envelope: Envelope, *, tenant_id: str, provider: str) -> None:
    """Have the applications told which agents of a remote centre type, if any; best effort.

    ``envelope`` says in which conversation, and when: what is older than TYPING_SECONDS is over.
    """
    if envelope.said_at and envelope.said_at < clock.now() - timedelta(seconds=TYPING_SECONDS):
        return
    known = Conversation.objects.known_there(
        tenant_id=tenant_id, provider=provider, remote_id=envelope.conversation_id
    )
    wants = known.filter(state=ConversationState.ACTIVE, erased_at=None, channel__webhook__version__in=_versions())
    if conversation_id := wants.values_list("pk", flat=True).first():
        _say(conversation_id, AGENT, [agent_id or UNKNOWN_AGENT for agent_id in agent_ids])


def _say(conversation_id: str, author_type: str, agent_ids: Sequence[str] = ()) -> None:
    TypingSign.objects.say(conversation_id, author_type, agent_ids)
    after_commit(wakeup.wake_typing)


def _versions() -> list[str]:
    """The versions of webhooks that can hear of it."""
    return versions(lambda each: each.typing_body)
