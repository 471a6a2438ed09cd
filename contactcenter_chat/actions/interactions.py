"""How does an episode begin, pass on and end?"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import events
from ..conf import settings
from ..exceptions import Conflict, Invalid, NotFound
from ..models import Conversation, Interaction, InteractionCode, Participant
from ..models.conversations import ConversationState, EndedBy, InteractionState, Outcome
from ..models.prepared import Prepared
from ..models.queues import Presence, WrapUpMode
from ..models.wrapup import ABANDONED, CUSTOMER_IDLE
from . import agents, assignment, offers, post_agent
from .recording import Fact, record, record_all

INTERACTION = Prepared(
    lambda interaction_id: Interaction.objects.select_related("queue", "agent__user").filter(pk=interaction_id),
    "interaction_id",
)


def open_interaction(conversation):
    """See that the conversation is queued or handled. Expects it locked.

    A conversation that opens again goes to the queue that handled it last, and inside the reopen window to its last
    agent first. While a bot has it, it is the bot that answers.
    """
    if not (conversation.open_interaction_id or assignment.has_bot(conversation)):
        Participant.objects.filter(conversation_id=conversation.pk, type=events.CUSTOMER).update(left_at=None)
        queue = conversation.last_queue or conversation.channel.queue
        queue_interaction(conversation, queue, **_sticky(conversation))


def queue_interaction(conversation, queue, *, priority=0, **kept_for):
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
    facts = [Fact(queued_event(queue), interaction=interaction, at=now)]
    if conversation.state != ConversationState.ACTIVE:
        conversation.state = ConversationState.ACTIVE
        facts.insert(0, Fact(events.ConversationActivated(), interaction=interaction, at=now))
    record_all(conversation, facts)
    offers.wake_queue(queue.pk)
    return interaction


def queued_event(queue):
    """The fact that something waits in this queue."""
    return events.InteractionQueued(queue_id=queue.pk, queue_name=queue.name)


def move_to_queue(conversation, interaction, queue):
    """Have an interaction that waits wait in another queue, with its age. Expects the conversation locked."""
    offers.withdraw_offer(conversation, interaction, reason="assigned")
    interaction.state, interaction.queue = InteractionState.WAITING, queue
    interaction.target_agent, interaction.target_until, interaction.return_to_agent = None, None, None
    interaction.ask_round, interaction.ask_again_at = 0, None
    interaction.save()
    conversation.last_queue, conversation.open_interaction = queue, interaction
    record(conversation, queued_event(queue), interaction=interaction)
    offers.wake_queue(queue.pk)


def lock_interaction(interaction_id, *, tenant_id=None):
    """Lock an interaction's conversation; return both, freshly read. Must be called in a transaction."""
    found = Interaction.objects.filter(pk=interaction_id).values_list("conversation_id", "tenant_id").first()
    if found is None or tenant_id not in (None, found[1]):
        raise NotFound("Interaction", interaction_id)
    conversation = Conversation.objects.lock(found[0])
    return conversation, INTERACTION.first(interaction_id=interaction_id)


def transfer_to_queue(*, interaction_id, agent, queue, note=""):
    """Hand a chat on to a queue, with a note for whoever takes it; return the new interaction."""
    if queue.tenant_id != agent.tenant_id:
        raise NotFound("Queue", queue.pk)
    return _transfer(interaction_id, agent, queue=queue, note=note)


def transfer_to_agent(*, interaction_id, agent, to_agent, note=""):
    """Hand a chat on to a colleague who is available; return the new interaction.

    It is kept for the colleague for TRANSFER_ACCEPT_SECONDS, then comes back to the sender or to the queue.
    """
    if to_agent.tenant_id != agent.tenant_id:
        raise NotFound("Agent", to_agent.pk)
    if to_agent.pk == agent.pk:
        raise Invalid("You have this chat already.", field="to_agent")
    if to_agent.presence != Presence.AVAILABLE:
        raise Invalid(f"{to_agent} is not available.", field="to_agent")
    return _transfer(interaction_id, agent, to_agent=to_agent, note=note)


def _transfer(interaction_id, agent, *, queue=None, to_agent=None, note=""):
    with transaction.atomic():
        conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        check_handled_by(interaction, agent)
        queue = queue or interaction.queue
        transferred = events.InteractionTransferred(
            from_agent_id=agent.pk, to_queue_id=queue.pk, to_agent_id=to_agent.pk if to_agent else "", note=note
        )
        record(conversation, transferred, interaction=interaction)
        close(conversation, interaction, outcome=Outcome.TRANSFERRED, ended_by=EndedBy.AGENT, idles=False)
        kept_for = {}
        if to_agent:
            kept_for = keep_for(to_agent, settings.TRANSFER_ACCEPT_SECONDS) | {"return_to_agent": agent}
        priority = interaction.priority + settings.TRANSFER_PRIORITY
        return queue_interaction(conversation, queue, priority=priority, **kept_for)


def end_interaction(*, interaction_id, agent):
    """The agent ends the chat; return the interaction, which is wrapped up next. A repeat changes nothing."""
    with transaction.atomic():
        conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        if interaction.ended_at and interaction.agent_id == agent.pk:
            return interaction
        check_handled_by(interaction, agent)
        bot = post_agent.awaited_bot(conversation)
        close(conversation, interaction, outcome=Outcome.HANDLED, ended_by=EndedBy.AGENT, idles=not bot)
        if bot:
            post_agent.begin(conversation, bot)
        return interaction


def end_for_customer(conversation):
    """The customer leaves: end what is open and free the agent. Expects the conversation locked."""
    interaction = open_of(conversation)
    if interaction is None:
        return
    agents.leave_customer(conversation)
    left = events.CustomerLeft(participant_id=conversation.customer_participant_id)
    record(conversation, left, interaction=interaction)
    if interaction.state == InteractionState.HANDLING:
        close(conversation, interaction, outcome=Outcome.HANDLED, ended_by=EndedBy.CUSTOMER)
    else:
        _abandon(conversation, interaction)


def end_idle(*, interaction_id, silent_since):
    """The customer has been silent since then or longer: end the chat. Returns whether it did."""
    with transaction.atomic():
        conversation, interaction = lock_interaction(interaction_id)
        if not is_silent(conversation, interaction, silent_since):
            return False
        give_system_code(interaction, CUSTOMER_IDLE)
        close(conversation, interaction, outcome=Outcome.TIMED_OUT, ended_by=EndedBy.SYSTEM)
        return True


def is_silent(conversation, interaction, since):
    """Whether an agent is there, the last word is ours, and it was said at that time or before."""
    ours = conversation.last_word_by in (events.AGENT, events.BOT)
    return interaction.state == InteractionState.HANDLING and ours and conversation.last_word_at <= since


def cancel(conversation):
    """End whatever is open because the conversation itself goes away. Expects it locked."""
    interaction = open_of(conversation)
    if interaction is None:
        return
    offers.withdraw_offer(conversation, interaction, reason="cancelled")
    close(conversation, interaction, outcome=Outcome.CANCELLED, ended_by=EndedBy.SYSTEM)


def reroute(*, interaction_id, agent_id, reason):
    """Take a chat from an agent who does not answer and queue it again with its age. Returns whether it did.

    ``reason`` is ``no_reply`` or ``agent_lost``.
    """
    with transaction.atomic():
        conversation, interaction = lock_interaction(interaction_id)
        if interaction.state != InteractionState.HANDLING or interaction.agent_id != agent_id:
            return False
        agent = interaction.agent
        interaction.state, interaction.agent, interaction.accepted_at = InteractionState.WAITING, None, None
        interaction.save(update_fields=["state", "agent", "accepted_at"])
        agents.leave(conversation, agent)
        agents.change(agent.pk, load=-1)
        record_all(
            conversation,
            [
                Fact(events.InteractionRerouted(agent_id=agent.pk, reason=reason), interaction=interaction),
                Fact(agents.left_event(agent), interaction=interaction),
                Fact(queued_event(interaction.queue), interaction=interaction),
            ],
        )
        offers.wake_queue(interaction.queue_id)
        return True


def close(conversation, interaction, *, outcome, ended_by, idles=True):
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
        agents.leave(conversation, agent)
        # The chat is over, but whoever wraps it up is not free yet.
        agents.change(agent.pk, load=0 if wraps_up else -1, idle_since=now)
    return interaction


def check_handled_by(interaction, agent):
    """Refuse an agent who does not handle this interaction now."""
    if interaction.state != InteractionState.HANDLING or interaction.agent_id != agent.pk:
        raise Conflict("You are not in this chat any more.")


def keep_for(agent, seconds):
    """The fields that keep an interaction for one agent for a while."""
    return {"target_agent": agent, "target_until": timezone.now() + timedelta(seconds=seconds)}


def open_of(conversation):
    """Return the open interaction of a locked conversation, freshly read, or None."""
    if not conversation.open_interaction_id:
        return None
    return Interaction.objects.select_related("queue", "agent__user").get(pk=conversation.open_interaction_id)


def give_system_code(interaction, short_code):
    """Note a code that the contact centre gives by itself; a repeat changes nothing."""
    InteractionCode.objects.get_or_create(
        interaction=interaction, short_code=short_code, defaults={"label": short_code}
    )


def _abandon(conversation, interaction):
    offers.withdraw_offer(conversation, interaction, reason="customer_left")
    waited = timezone.now() - interaction.entered_at
    short = waited < timedelta(seconds=settings.SHORT_ABANDON_SECONDS)
    give_system_code(interaction, ABANDONED)
    outcome = Outcome.SHORT_ABANDONED if short else Outcome.ABANDONED
    close(conversation, interaction, outcome=outcome, ended_by=EndedBy.CUSTOMER)


def _record_close(conversation, interaction, agent, now, idles):
    conversation.open_interaction = None
    conversation.last_ended_at = now
    facts = [Fact(agents.left_event(agent), interaction=interaction, at=now)] if agent else []
    ended = events.InteractionEnded(outcome=interaction.outcome, ended_by=interaction.ended_by)
    facts.append(Fact(ended, interaction=interaction, at=now))
    if idles:
        conversation.state = ConversationState.IDLE
        facts.append(Fact(events.ConversationIdled(), interaction=interaction, at=now))
    record_all(conversation, facts)


def _wrap_up_until(queue, now):
    """When wrap-up ends by itself; None when it takes the time it takes."""
    if queue.wrap_up_mode == WrapUpMode.REQUIRED:
        return None
    seconds = settings.WRAP_UP_SECONDS if queue.wrap_up_seconds is None else queue.wrap_up_seconds
    return now + timedelta(seconds=seconds) if seconds else None


def _sticky(conversation):
    """The fields that keep a conversation that opens again for its last agent, if that agent is there."""
    agent, ended_at = conversation.last_agent, conversation.last_ended_at
    if not (agent and ended_at and settings.STICKY_SECONDS):
        return {}
    in_window = timezone.now() - ended_at < timedelta(hours=settings.REOPEN_HOURS)
    if not in_window or agent.presence != Presence.AVAILABLE:
        return {}
    return keep_for(agent, settings.STICKY_SECONDS)
