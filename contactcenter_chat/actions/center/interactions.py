"""How does an episode begin, pass on and end?"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ... import events
from ...conf import settings
from ...events import InteractionQueued
from ...exceptions import Conflict, NotFound
from ...models import Agent, Conversation, Interaction, InteractionCode, Queue
from ...models.conversations import ConversationState, EndedBy, InteractionState, Outcome
from ...models.prepared import Prepared
from ...models.queues import Presence, WrapUpMode
from ...models.wrapup import ABANDONED, CUSTOMER_IDLE
from ...queries import assignment
from ...workers import wakeup
from .. import participants
from ..bots import after_agent
from ..recording import Fact, record, record_all
from . import agents, offers

INTERACTION = Prepared(
    lambda interaction_id: Interaction.objects.select_related("queue", "agent__user").filter(pk=interaction_id),
    "interaction_id",
)


def open_interaction(conversation: Conversation, queue: Queue) -> None:
    """The customer wrote, and nobody answers yet: have it wait in this queue. Expects the conversation locked.

    One that opens again inside the reopen window is kept for its last agent first.
    """
    queue_interaction(conversation, queue, **_sticky(conversation))


def queue_interaction(conversation: Conversation, queue: Queue, *, priority: int = 0, **kept_for: Any) -> Interaction:
    """Open an interaction in a queue and return it. Expects the conversation locked, with none open.

    ``priority`` counts as minutes already waited; ``kept_for`` are target_agent, target_until, return_to_agent.
    """
    now = timezone.now()
    interaction = Interaction.objects.create(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        queue=queue,
        priority=priority,
        entered_at=now,
        rank_at=now - timedelta(minutes=priority),
        **kept_for,
    )
    conversation.open_interaction = interaction
    conversation.last_queue = queue
    facts = [Fact(event=queued_event(queue), interaction=interaction, at=now)]
    if conversation.state != ConversationState.ACTIVE:
        conversation.state = ConversationState.ACTIVE
        facts.insert(0, Fact(event=events.ConversationActivated(), interaction=interaction, at=now))
    record_all(conversation, facts)
    wakeup.wake_queue(queue.pk)
    return interaction


def queued_event(queue: Queue) -> InteractionQueued:
    """The fact that something waits in this queue."""
    return events.InteractionQueued(queue_id=queue.pk, queue_name=queue.name)


def lock_interaction(interaction_id: str, *, tenant_id: str | None = None) -> tuple[Conversation, Interaction]:
    """Lock an interaction's conversation; return both, freshly read. Must be called in a transaction."""
    found = Interaction.objects.filter(pk=interaction_id).values_list("conversation_id", "tenant_id").first()
    if found is None or tenant_id not in (None, found[1]):
        raise NotFound("Interaction", interaction_id)
    conversation = Conversation.objects.lock(found[0])
    return conversation, INTERACTION.get(interaction_id=interaction_id)


def end_interaction(*, interaction_id: str, agent: Agent) -> Interaction:
    """The agent ends the chat; return the interaction, which is wrapped up next. A repeat changes nothing."""
    with transaction.atomic():
        conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        if interaction.ended_at and interaction.agent_id == agent.pk:
            return interaction
        check_handled_by(interaction, agent)
        bot = assignment.awaited_bot(conversation)
        close(conversation, interaction, outcome=Outcome.HANDLED, ended_by=EndedBy.AGENT, idles=not bot)
        if bot:
            after_agent.hand_back(conversation, bot)
        return interaction


def end_for_customer(conversation: Conversation) -> None:
    """The customer leaves: end what is open and free the agent. Expects the conversation locked."""
    interaction = open_of(conversation)
    if interaction is None:
        return
    participants.mark_customer_left(conversation)
    left = events.CustomerLeft(participant_id=conversation.customer_participant_id)
    record(conversation, left, interaction=interaction)
    if interaction.state == InteractionState.HANDLING:
        close(conversation, interaction, outcome=Outcome.HANDLED, ended_by=EndedBy.CUSTOMER)
    else:
        _abandon(conversation, interaction)


def end_idle(*, interaction_id: str, silent_since: datetime) -> bool:
    """The customer has been silent since then or longer: end the chat. Returns whether it did."""
    with transaction.atomic():
        conversation, interaction = lock_interaction(interaction_id)
        if not is_silent(conversation, interaction, silent_since):
            return False
        give_system_code(interaction, CUSTOMER_IDLE)
        close(conversation, interaction, outcome=Outcome.TIMED_OUT, ended_by=EndedBy.SYSTEM)
        return True


def is_silent(conversation: Conversation, interaction: Interaction, since: datetime) -> bool:
    """Whether an agent is there, the last word is ours, and it was said at that time or before."""
    ours, said_at = conversation.last_word_by in (events.AGENT, events.BOT), conversation.last_word_at
    return interaction.state == InteractionState.HANDLING and ours and said_at is not None and said_at <= since


def cancel(conversation: Conversation) -> None:
    """End whatever is open because the conversation itself goes away. Expects it locked."""
    interaction = open_of(conversation)
    if interaction is None:
        return
    offers.withdraw_offer(conversation, interaction, reason="cancelled")
    close(conversation, interaction, outcome=Outcome.CANCELLED, ended_by=EndedBy.SYSTEM)


def reroute(*, interaction_id: str, agent_id: str, reason: str) -> bool:
    """Take a chat from an agent who does not answer and queue it again with its age. Returns whether it did.

    ``reason`` is ``no_reply`` or ``agent_lost``.
    """
    with transaction.atomic():
        conversation, interaction = lock_interaction(interaction_id)
        agent = interaction.agent
        if interaction.state != InteractionState.HANDLING or agent is None or agent.pk != agent_id:
            return False
        interaction.state, interaction.agent, interaction.accepted_at = InteractionState.WAITING, None, None
        interaction.save(update_fields=["state", "agent", "accepted_at"])
        participants.leave(conversation, agent)
        agents.change(agent.pk, load=-1)
        record_all(
            conversation,
            [
                Fact(event=events.InteractionRerouted(agent_id=agent.pk, reason=reason), interaction=interaction),
                Fact(event=participants.left_event(agent), interaction=interaction),
                Fact(event=queued_event(interaction.queue), interaction=interaction),
            ],
        )
        wakeup.wake_queue(interaction.queue_id)
        return True


def close(
    conversation: Conversation, interaction: Interaction, *, outcome: str, ended_by: str, idles: bool = True
) -> Interaction:
    """End the talk of an interaction; wrap-up follows when an agent had it. Expects the conversation locked.

    ``idles`` says whether the conversation falls idle: not when it is handed on.
    """
    now = timezone.now()
    agent = interaction.agent
    interaction.outcome, interaction.ended_by, interaction.ended_at = outcome, ended_by, now
    wraps_up = agent is not None and interaction.queue.wrap_up_mode != WrapUpMode.NONE
    if wraps_up:
        interaction.state = InteractionState.WRAP_UP
        interaction.wrap_up_until = _wrap_up_until(interaction.queue, now)
    else:
        interaction.state, interaction.finished_at = InteractionState.FINISHED, now
    interaction.save()
    _record_close(conversation, interaction, agent, now, idles)
    if agent:
        participants.leave(conversation, agent)
        # The chat is over, but whoever wraps it up is not free yet.
        agents.change(agent.pk, load=0 if wraps_up else -1, idle_since=now)
    return interaction


def check_handled_by(interaction: Interaction, agent: Agent) -> None:
    """Refuse an agent who does not handle this interaction now."""
    if interaction.state != InteractionState.HANDLING or interaction.agent_id != agent.pk:
        raise Conflict(_("You are not in this chat any more."))


def open_of(conversation: Conversation) -> Interaction | None:
    """Return the open interaction of a locked conversation, freshly read, or None."""
    if not conversation.open_interaction_id:
        return None
    return Interaction.objects.select_related("queue", "agent__user").get(pk=conversation.open_interaction_id)


def give_system_code(interaction: Interaction, short_code: str) -> None:
    """Note a code that the contact centre gives by itself; a repeat changes nothing."""
    InteractionCode.objects.get_or_create(
        interaction=interaction, short_code=short_code, defaults={"label": short_code}
    )


def _abandon(conversation: Conversation, interaction: Interaction) -> None:
    offers.withdraw_offer(conversation, interaction, reason="customer_left")
    waited = timezone.now() - interaction.entered_at
    short = waited < timedelta(seconds=settings.SHORT_ABANDON_SECONDS)
    give_system_code(interaction, ABANDONED)
    outcome = Outcome.SHORT_ABANDONED if short else Outcome.ABANDONED
    close(conversation, interaction, outcome=outcome, ended_by=EndedBy.CUSTOMER)


def _record_close(
    conversation: Conversation, interaction: Interaction, agent: Agent | None, now: datetime, idles: bool
) -> None:
    conversation.open_interaction = None
    conversation.last_ended_at = now
    facts = [Fact(event=participants.left_event(agent), interaction=interaction, at=now)] if agent else []
    ended = events.InteractionEnded(outcome=interaction.outcome, ended_by=interaction.ended_by)
    facts.append(Fact(event=ended, interaction=interaction, at=now))
    if idles:
        conversation.state = ConversationState.IDLE
        facts.append(Fact(event=events.ConversationIdled(), interaction=interaction, at=now))
    record_all(conversation, facts)


def _wrap_up_until(queue: Queue, now: datetime) -> datetime | None:
    """When wrap-up ends by itself; None when it takes the time it takes."""
    if queue.wrap_up_mode == WrapUpMode.REQUIRED:
        return None
    seconds = settings.WRAP_UP_SECONDS if queue.wrap_up_seconds is None else queue.wrap_up_seconds
    return now + timedelta(seconds=seconds) if seconds else None


def _sticky(conversation: Conversation) -> dict[str, Any]:
    """The fields that keep a conversation that opens again for its last agent, if that agent is there."""
    agent, ended_at = conversation.last_agent, conversation.last_ended_at
    if not (agent and ended_at and settings.STICKY_SECONDS):
        return {}
    in_window = timezone.now() - ended_at < timedelta(hours=settings.REOPEN_HOURS)
    if not in_window or agent.presence != Presence.AVAILABLE:
        return {}
    return offers.keep_for(agent, settings.STICKY_SECONDS)
