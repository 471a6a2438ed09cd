"""Who types or thinks at this moment? It is shown for a while and never stored."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from .. import live
from ..encryption import decrypt
from ..models import Conversation, Interaction, Receiver
from ..models.conversations import ConversationState, InteractionState
from ..queries.assignment import receivers_of
from ..wire.base import known_format, versions
from ..wire.tolerant import Envelope
from ..workers import wakeup
from .receivers import post_once
from .remote.episodes import UNKNOWN_AGENT

logger = logging.getLogger(__name__)

TYPING, THINKING = "typing", "thinking"
TYPING_SECONDS = 8  # shown so long, unless it is said again


def show_typing(conversation_id: str, author_type: str) -> None:
    """Show at open desks, or have the remote centre told, that the customer or the bot types; best effort."""
    if Conversation.objects.filter(pk=conversation_id, is_remote=True).exists():
        wakeup.wake_forward_typing(conversation_id, author_type)
        return
    live.sign(conversation_id=conversation_id, kind=TYPING, author_type=author_type, seconds=TYPING_SECONDS)


def show_thinking(conversation_id: str, author_type: str, seconds: float) -> None:
    """Show at open desks that the bot thinks, for so many seconds at most."""
    live.sign(conversation_id=conversation_id, kind=THINKING, author_type=author_type, seconds=seconds)


def agent_types(interaction_id: str, agent_id: str, *, types: bool) -> None:
    """Have the applications told that an agent types, or has stopped; best effort."""
    wants = Interaction.objects.filter(
        pk=interaction_id,
        agent_id=agent_id,
        state=InteractionState.HANDLING,
        conversation__channel__webhook__version__in=_versions(),
    )
    if conversation_id := wants.values_list("conversation_id", flat=True).first():
        wakeup.wake_typing(conversation_id, (agent_id,) if types else ())


def remote_agents_type(agent_ids: Sequence[str], envelope: Envelope, *, tenant_id: str, provider: str) -> None:
    """Have the applications told which agents of a remote centre type, if any; best effort.

    ``envelope`` says in which conversation, and when: what is older than TYPING_SECONDS is over.
    """
    if envelope.said_at and envelope.said_at < timezone.now() - timedelta(seconds=TYPING_SECONDS):
        return
    known = Conversation.objects.known_there(
        tenant_id=tenant_id, provider=provider, remote_id=envelope.conversation_id
    )
    wants = known.filter(state=ConversationState.ACTIVE, erased_at=None, channel__webhook__version__in=_versions())
    if conversation_id := wants.values_list("pk", flat=True).first():
        wakeup.wake_typing(conversation_id, tuple(agent_id or UNKNOWN_AGENT for agent_id in agent_ids))


def tell_typing(conversation_id: str, agent_ids: Sequence[str]) -> None:
    """Tell each receiver that can hear of it which agents type; one attempt, without a trace."""
    conversation = Conversation.objects.select_related(
        "tenant", "channel__webhook", "post_agent__webhook", "open_interaction"
    ).get(pk=conversation_id)
    now = timezone.now()
    told = {
        each.pk: spoken.typing_body
        for each in receivers_of(conversation)
        if (spoken := known_format(each.version)) and spoken.typing_body
    }
    for receiver in Receiver.objects.filter(pk__in=told, enabled=True).exclude(paused_until__gt=now):
        body = told[receiver.pk](agent_ids, conversation_id=conversation_id, at=now)
        answer = post_once(conversation.tenant, uri=receiver.uri, secret=decrypt(receiver.secret), body=body, at=now)
        if not answer.ok:
            logger.info("Receiver %s was not told who types: %s", receiver.pk, answer.error or answer.status)


def _versions() -> list[str]:
    """The versions of webhooks that can hear of it."""
    return versions(lambda each: each.typing_body)
