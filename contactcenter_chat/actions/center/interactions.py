"""How does an episode begin, wait again and end?"""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from ... import events
from ...conf import settings
from ...database import atomic
from ...exceptions import Conflict, NotFound
from ...models import Agent, Conversation, Interaction, InteractionCode, Queue, clock
from ...models.conversations import ConversationState, EndedBy, InteractionState, Outcome
from ...models.prepared import Prepared
from ...models.queues import WrapUpMode
from ...models.wrapup import ABANDONED, CUSTOMER_IDLE, NOBODY_THERE
from ...queries import desk
from ...routing.pace import SHARES, SLOT, pace_of
from ...workers import wakeup
from .. import participants
from ..bots import after_agent
from ..recording import Fact, record, record_all
from . import agents, offers, passing, placing, reopening, segments

FREED = ("freed_at", "freed_seconds", "frees_at")
TAKEN_BACK = (
    "state",
    "agent",
    "queued_at",
    "accepted_at",
    "warned_at",
    "asked",
    "overflows_at",
    "told_again_at",
    "returned_at",
    "is_follow_up",
    "customer_seen_at",
    "away_since",
    "ask_again_at",
    *FREED,
)
INTERACTION = Prepared(
    lambda interaction_id: Interaction.objects.select_related("queue", "agent__user").filter(pk=interaction_id),
    "interaction_id",
)


def open_interaction(conversation: Conversation, queue: Queue) -> None:
    """The customer wrote, and nobody answers yet: have it wait in this queue. Expects the conversation locked.

    One that opens again inside the reopen window is kept for its last agent first. Who had left while waiting, a short
    while ago, has the place of then.
    """
    queue_interaction(
        conversation, queue, **_kept_place(conversation, queue), **reopening.kept_for_last_agent(conversation)
    )


def queue_interaction(conversation: Conversation, queue: Queue, *, priority: int = 0, **kept: Any) -> Interaction:
    """Open an interaction in a queue and return it. Expects the conversation locked, with none open.

    ``priority`` is minutes by which it is due earlier, ``kept`` are target_agent, target_until, return_to_agent,
    place_from, asked (agents who come after all others), pace: by default the channel's.
    """
    now, asked = clock.now(), kept.pop("asked", [])
    interaction = Interaction(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        queue=queue,
        priority=priority,
        entered_at=now,
        **{"pace": conversation.channel.pace, **kept},
    )
    placing.enter(interaction, conversation, at=now, asked=asked)
    interaction.save(force_insert=True)
    segments.begin(interaction, now)
    conversation.open_interaction = interaction
    conversation.last_queue = queue
    facts = [Fact(event=passing.queued_event(interaction), interaction=interaction, at=now)]
    if conversation.state != ConversationState.ACTIVE:
        conversation.state = ConversationState.ACTIVE
        facts.insert(0, Fact(event=events.ConversationActivated(), interaction=interaction, at=now))
    record_all(conversation, facts)
    passing.arrive(conversation, interaction)
    wakeup.wake_queue(queue.pk)
    return interaction


def lock_interaction(interaction_id: str, *, tenant_id: str | None = None) -> tuple[Conversation, Interaction]:
    """Lock an interaction's conversation; return both, freshly read. Must be called in a transaction."""
    found = Interaction.objects.filter(pk=interaction_id).values_list("conversation_id", "tenant_id").first()
    if found is None or tenant_id not in (None, found[1]):
        raise NotFound("Interaction", interaction_id)
    conversation = Conversation.objects.lock(found[0])
    return conversation, INTERACTION.get(interaction_id=interaction_id)


def share_of(interaction_id: str) -> int:
    """What an interaction takes of an agent who has it, in thirds of a slot; a whole one of what is not there."""
    pace = Interaction.objects.filter(pk=interaction_id).values_list("pace", flat=True).first()
    return SHARES.get(pace or "", SLOT)


def end_interaction(*, interaction_id: str, agent: Agent, bot: str = "", heard: int | None = None) -> Interaction:
    """The agent ends the chat; return the interaction, which is wrapped up next. A repeat changes nothing.

    A ``bot``, one of BOTS, has the conversation next, else the one of ``assign_post_agent``, if there is one. What the
    customer has said after the log's number ``heard``, which the agent has not seen, is that bot's to answer, and what
    nobody has answered. Raises NotFound, and Conflict when it is not the agent's chat, or the bot cannot go on.
    """
    with atomic():
        conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        if interaction.ended_at and interaction.agent_id == agent.pk:
            return interaction
        check_handled_by(interaction, agent)
        goes_on = after_agent.for_end(conversation, bot)
        if goes_on and goes_on.bot:
            handed_back = events.ConversationHandedBack(agent_id=agent.pk, bot=goes_on.bot)
            record(conversation, handed_back, interaction=interaction)
        close(conversation, interaction, outcome=Outcome.HANDLED, ended_by=EndedBy.AGENT, idles=not goes_on)
        if goes_on:
            after_agent.hand_back(conversation, goes_on, heard)
        return interaction


def nobody_there(*, interaction_id: str, agent: Agent) -> Interaction:
    """The agent finds nobody there: end the chat, with nothing to wrap up; return the interaction.

    A repeat changes nothing. Raises Conflict when the customer has said something since the agent came.
    """
    with atomic():
        conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        if interaction.ended_at and interaction.agent_id == agent.pk:
            return interaction
        check_handled_by(interaction, agent)
        if desk.has_written(interaction):
            raise Conflict(_("The customer has written since: end the chat instead."))
        give_system_code(interaction, NOBODY_THERE)
        close(conversation, interaction, outcome=Outcome.TIMED_OUT, ended_by=EndedBy.AGENT, wraps_up=False)
        return interaction


def end_for_customer(conversation: Conversation, said: str = "") -> None:
    """The customer leaves: end what is open and free the agent. Expects the conversation locked."""
    interaction = open_of(conversation)
    if interaction is None:
        return
    participants.mark_customer_left(conversation)
    left = events.CustomerLeft(participant_id=conversation.customer_participant_id, said=said)
    record(conversation, left, interaction=interaction)
    if interaction.state == InteractionState.HANDLING:
        close(conversation, interaction, outcome=Outcome.HANDLED, ended_by=EndedBy.CUSTOMER)
    else:
        _abandon(conversation, interaction)


def end_idle(*, interaction_id: str, now: datetime) -> bool:
    """The customer has been silent for as long as the chat's pace allows: end it. Returns whether it did.

    Nothing happens unless the customer was warned of it, where the pace warns, and had the time to answer since.
    """
    with atomic():
        conversation, interaction = lock_interaction(interaction_id)
        pace = pace_of(interaction.pace)
        silent_since = now - timedelta(seconds=pace.idle_end)
        answerable_until = now - timedelta(seconds=pace.idle_end - pace.idle_warn)
        warned = interaction.warned_at is not None and interaction.warned_at <= answerable_until
        is_due = pace.idle_end and (warned or not pace.idle_warn)
        if not is_due or not is_silent(conversation, interaction, silent_since):
            return False
        give_system_code(interaction, CUSTOMER_IDLE)
        close(conversation, interaction, outcome=Outcome.TIMED_OUT, ended_by=EndedBy.SYSTEM)
        return True


def is_silent(conversation: Conversation, interaction: Interaction, since: datetime) -> bool:
    """Whether an agent is there since then, the last word is ours, and it was said at that time or before.

    Who waited for an agent, after whatever was said before, has not been silent meanwhile.
    """
    ours = conversation.last_word_by in (events.AGENT, events.BOT)
    times = (conversation.last_word_at, interaction.accepted_at)
    return interaction.state == InteractionState.HANDLING and ours and all(at and at <= since for at in times)


def cancel(conversation: Conversation) -> None:
    """End whatever is open because the conversation itself goes away. Expects it locked."""
    interaction = open_of(conversation)
    if interaction is None:
        return
    offers.withdraw_offer(conversation, interaction, reason="cancelled")
    close(conversation, interaction, outcome=Outcome.CANCELLED, ended_by=EndedBy.SYSTEM)


def reroute(*, interaction_id: str, agent_id: str, reason: str) -> bool:
    """Take a chat from an agent who does not answer and queue it again with its age. Returns whether it did.

    ``reason`` is ``no_reply``, ``agent_lost`` or ``agent_gone``.
    """
    with atomic():
        conversation, interaction = lock_interaction(interaction_id)
        agent = interaction.agent
        if interaction.state != InteractionState.HANDLING or agent is None or agent.pk != agent_id:
            return False
        interaction.asked = [*interaction.asked, agent.pk]  # it accepted, and does not answer: others come first
        take_back(conversation, interaction, agent, reason=reason)
        return True


def take_back(conversation: Conversation, interaction: Interaction, agent: Agent, *, reason: str) -> None:
    """Take a chat from its agent and queue it again. Expects the conversation locked."""
    now, took = clock.now(), interaction.takes
    if interaction.overflows_at and interaction.accepted_at:  # it has not waited meanwhile
        interaction.overflows_at += now - interaction.accepted_at
    interaction.state, interaction.agent = InteractionState.WAITING, None
    interaction.queued_at, interaction.accepted_at, interaction.warned_at = now, None, None
    interaction.frees_at = None
    if interaction.customer_seen_at:  # how long nothing was heard while an agent had it says nothing
        interaction.customer_seen_at, interaction.away_since, interaction.ask_again_at = now, None, None
    end_freed(conversation, interaction, now)
    interaction.told_again_at = placing.told_again_at(interaction.queue, now)
    placing.put_back(interaction)
    segments.wait_again(interaction)
    interaction.save(update_fields=[*TAKEN_BACK, *placing.PUT_BACK])
    participants.leave(conversation, agent)
    agents.change(agent.pk, load=-took)
    told = (
        events.InteractionRerouted(agent_id=agent.pk, reason=reason),
        participants.left_event(agent),
        passing.queued_event(interaction),
    )
    record_all(conversation, [Fact(event=event, interaction=interaction) for event in told])
    wakeup.wake_queue(interaction.queue_id)


def end_freed(conversation: Conversation, interaction: Interaction, now: datetime) -> None:
    """It is no chat of a silent customer any more. Whoever calls saves it (FREED), and sees to the agent's load."""
    conversation.is_freed = False
    if interaction.freed_at:
        interaction.freed_seconds += max(0, round((now - interaction.freed_at).total_seconds()))
        interaction.freed_at = None


def close(
    conversation: Conversation,
    interaction: Interaction,
    *,
    outcome: str,
    ended_by: str,
    idles: bool = True,
    wraps_up: bool = True,
) -> Interaction:
    """End the talk of an interaction; wrap-up follows when an agent had it. Expects the conversation locked.

    ``idles`` says whether the conversation falls idle: not when it is handed on. ``wraps_up`` says whether there can
    be anything to wrap up.
    """
    now = clock.now()
    agent = interaction.agent
    interaction.outcome, interaction.ended_by, interaction.ended_at = outcome, ended_by, now
    conversation.is_freed = False  # the interaction is still: what it does not take, its wrap-up does not take either
    wraps_up = wraps_up and agent is not None and interaction.queue.wrap_up_mode != WrapUpMode.NONE
    if wraps_up:
        interaction.state = InteractionState.WRAP_UP
        interaction.wrap_up_until = _wrap_up_until(interaction.queue, now)
    else:
        interaction.state, interaction.finished_at = InteractionState.FINISHED, now
    interaction.save()
    segments.end(interaction, now, outcome)
    _record_close(conversation, interaction, agent, now, idles)
    if agent:
        participants.leave(conversation, agent)
        # The chat is over, but whoever wraps it up is not free yet.
        agents.change(agent.pk, load=0 if wraps_up else -interaction.takes, idle_since=now)
    return interaction


def check_handled_by(interaction: Interaction, agent: Agent) -> None:
    """Raises Conflict for an agent who does not handle this interaction now."""
    if interaction.state != InteractionState.HANDLING or interaction.agent_id != agent.pk:
        raise participants.not_in_chat()


def open_of(conversation: Conversation) -> Interaction | None:
    """Return the open interaction of a locked conversation, freshly read, or None."""
    if not conversation.open_interaction_id:
        return None
    return INTERACTION.get(interaction_id=conversation.open_interaction_id)


def give_system_code(interaction: Interaction, short_code: str) -> None:
    """Note a code that the contact centre gives by itself; a repeat changes nothing."""
    InteractionCode.objects.get_or_create(
        interaction=interaction, short_code=short_code, defaults={"label": short_code}
    )


def _abandon(conversation: Conversation, interaction: Interaction) -> None:
    offers.withdraw_offer(conversation, interaction, reason="customer_left")
    waited = clock.now() - interaction.entered_at
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


def _kept_place(conversation: Conversation, queue: Queue) -> dict[str, Any]:
    """The fields that give who left while waiting, a short while ago, the place of then."""
    kept, ended_at = timedelta(seconds=settings.PLACE_KEPT_SECONDS), conversation.last_ended_at
    if not (kept and ended_at) or clock.now() - ended_at > kept:
        return {}
    last = conversation.interactions.order_by("-entered_at", "-pk").first()
    if last is None or last.queue_id != queue.pk or last.outcome not in (Outcome.ABANDONED, Outcome.SHORT_ABANDONED):
        return {}
    # Not the place that this one was given itself: who comes and goes does not keep the first one for ever.
    return {"place_from": last.entered_at, "priority": last.priority}
