"""What is due by the clock?

Each timer finds the rows that are due, those due longest first, and acts on each: in a transaction of its own, looking
again under the lock: a timer that comes late or twice does no harm. A row that a timer fails with keeps no other from
its time. What is due is judged by the database's clock: that of this process may be wrong.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from ... import events
from ...conf import settings
from ...database import atomic
from ...models import Agent, Interaction, Offer, PostAgentAssignment, Queue
from ...models.clock import database_now
from ...models.conversations import HELD_STATES, NEEDS_AGENT, InteractionState, OfferState
from ...models.people import active, can_be_inactive
from ...models.queues import Presence
from ...queries.routing import waiting_and_there
from ...routing.pace import Pace, pace_of, paces
from ...workers import wakeup
from ..bots import after_agent, ends
from ..knowledge import acts
from ..one_by_one import Step
from ..recording import record
from . import (
    customer_presence,
    interactions,
    mass_loss,
    offers,
    opening,
    overflow,
    presence,
    releasing,
    slots,
    steps,
    still_waiting,
    wrapup,
)


class Timer(NamedTuple):
    """``due(now)`` are the rows; ``act(key, now)`` does what is due with one, and returns whether it did."""

    step: Step
    due: Callable[[datetime], QuerySet[Any]]
    act: Callable[[str, datetime], Any]


def run_timers() -> dict[str, int]:
    """Do everything that is due; return how often each timer acted, by name."""
    now = database_now()
    return WHOLE.attempt_all({timer.step.name: partial(_run, timer, now) for timer in TIMERS})


def _run(timer: Timer, now: datetime) -> int:
    return timer.step.run(timer.due(now), lambda key: timer.act(key, now))


# Offers and agents


def _offers_timed_out(now: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(state=OfferState.PENDING, expires_at__lte=now).order_by("expires_at", "pk")


def _end_offer(offer_id: str, now: datetime) -> bool:
    return offers.end_offer(offer_id=offer_id, state=OfferState.TIMED_OUT)


def _agents_lost(now: datetime) -> QuerySet[Agent]:
    return Agent.objects.filter(_at_work(NEEDS_AGENT), last_seen_at__lt=_stale(now), lost_at=None).order_by(
        "last_seen_at", "pk"
    )


def _lose(agent_id: str, now: datetime) -> bool:
    return presence.lose(agent_id=agent_id, seen_before=_stale(now))


def _agents_inactive(now: datetime) -> QuerySet[Agent]:
    return (
        Agent.objects.filter(_at_work(Q()), ~active("user")).order_by("pk")
        if can_be_inactive()
        else Agent.objects.none()
    )


def _leave(agent_id: str, now: datetime) -> bool:
    presence.leave(agent_id=agent_id, for_good=True)
    return True


def _agents_released(now: datetime) -> QuerySet[Agent]:
    """Those who have something all the same, which could not be taken from them at once."""
    own = Interaction.objects.filter(agent=OuterRef("pk"))
    to_do, held = Exists(own.filter(codes_missing=True)), Exists(own.filter(state__in=HELD_STATES))
    something = Q(load__gt=0) | Q(to_do) | Q(held)  # not all that is held takes a slot
    return Agent.objects.filter(something, released_at__isnull=False).order_by("released_at", "pk")


def _take_from_released(agent_id: str, now: datetime) -> bool:
    releasing.give_all_back(agent_id)
    return True


def _at_work(which: Q) -> Q:
    """Agents who are there, and those who are not and have such chats all the same: a log-out that was cut short."""
    chats = Interaction.objects.filter(which, agent=OuterRef("pk"), state=InteractionState.HANDLING)
    return ~Q(presence=Presence.OFFLINE) | Q(Exists(chats))


def _stale(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.STALE_SECONDS)


def _chats_of_lost_agents(now: datetime) -> QuerySet[Interaction]:
    gone = now - timedelta(seconds=settings.LOST_SECONDS)
    taken = _handled().filter(NEEDS_AGENT, agent__lost_at__lte=gone).exclude(mass_loss.spared(now))
    return taken.order_by("agent__lost_at", "pk")


def _take_from_lost(interaction_id: str, now: datetime) -> bool:
    gone = now - timedelta(seconds=settings.LOST_SECONDS)
    due = NEEDS_AGENT & Q(agent__lost_at__lte=gone) & ~mass_loss.spared(now)
    return _reroute(interaction_id, due, reason="agent_lost")


def _agents_paused(now: datetime) -> QuerySet[Agent]:
    return Agent.objects.filter(paused_until__lte=now).order_by("paused_until", "pk")


def _unpause(agent_id: str, now: datetime) -> bool:
    presence.unpause(agent_id=agent_id)
    return True


def _agents_rested(now: datetime) -> QuerySet[Agent]:
    return Agent.objects.filter(rested_at__lte=now).order_by("rested_at", "pk")


def _rested(agent_id: str, now: datetime) -> bool:
    return presence.end_gap(agent_id=agent_id)


# What waits


def _targets_over(now: datetime) -> QuerySet[Interaction]:
    kept = Interaction.objects.filter(state=InteractionState.WAITING, target_until__lte=now)
    return kept.order_by("target_until", "pk")


def _release_target(interaction_id: str, now: datetime) -> bool:
    with atomic():
        _conversation, interaction = interactions.lock_interaction(interaction_id)
        over = interaction.target_until and interaction.target_until <= now
        if interaction.state != InteractionState.WAITING or not over:
            return False
        offers.release_target(interaction)
        wakeup.wake_queue(interaction.queue_id)
        return True


def _asked_again(now: datetime) -> QuerySet[Any, Any]:
    waiting = waiting_and_there().filter(ask_again_at__lte=now)
    return waiting.values("queue").annotate(due_at=Min("ask_again_at")).order_by("due_at", "queue")


def _ask_again(queue_id: str, now: datetime) -> bool:
    with atomic():
        Queue.objects.locked().get(pk=queue_id)  # in whose order others change what waits there
        waiting_and_there().filter(queue=queue_id, ask_again_at__lte=now).update(ask_again_at=None)
        wakeup.wake_queue(queue_id)
        return True


# What is handled


def _first_replies_missing(now: datetime) -> QuerySet[Interaction]:
    silent = _handled().filter(_without_reply(now)).exclude(mass_loss.spared(now))
    return silent.order_by("accepted_at", "pk")


def _take_from_silent(interaction_id: str, now: datetime) -> bool:
    return _reroute(interaction_id, _without_reply(now) & ~mass_loss.spared(now), reason="no_reply")


def _without_reply(now: datetime) -> Q:
    def late(pace: Pace) -> Q:
        since = now - timedelta(seconds=pace.first_reply)
        types_not = Q(agent_typed_at=None) | Q(agent_typed_at__lte=since)
        return Q(types_not, accepted_at__lte=since)

    return _by_pace(lambda pace: pace.first_reply, late) & Q(first_reply_at=None)


def _customers_warned(now: datetime) -> QuerySet[Interaction]:
    unwarned = Q(warned_at=None) | Q(warned_at__lt=F("conversation__last_word_at"))
    silent = _by_pace(lambda pace: pace.idle_warn, lambda pace: _silent_for(pace.idle_warn, now))
    return _last_word_is_ours().filter(silent, unwarned)


def _warn(interaction_id: str, now: datetime) -> bool:
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id)
        after = pace_of(interaction.pace).idle_warn
        if not after or not interactions.is_silent(conversation, interaction, now - timedelta(seconds=after)):
            return False
        interaction.warned_at = database_now()  # as long as there were others to warn: now is when it is written
        interaction.save(update_fields=["warned_at"])
        record(conversation, events.CustomerWarned(), interaction=interaction)
        return True


def _customers_idle(now: datetime) -> QuerySet[Interaction]:
    def over(pace: Pace) -> Q:
        # Who was warned until then has had the time to answer, however late the warning came.
        answerable_until = now - timedelta(seconds=pace.idle_end - pace.idle_warn)
        warned = Q(warned_at__gte=F("conversation__last_word_at"), warned_at__lte=answerable_until)
        return _silent_for(pace.idle_end, now) & (warned if pace.idle_warn else Q())

    return _last_word_is_ours().filter(_by_pace(lambda pace: pace.idle_end, over))


def _end_idle(interaction_id: str, now: datetime) -> bool:
    return interactions.end_idle(interaction_id=interaction_id, now=now)


# What is over


def _bots_over(now: datetime) -> QuerySet[PostAgentAssignment]:
    return PostAgentAssignment.objects.filter(due_at__lte=now).order_by("due_at", "pk")


def _end_bot(conversation_id: str, now: datetime) -> bool:
    return after_agent.end_overdue(conversation_id=conversation_id, now=now)


def _wrap_ups_over(now: datetime) -> QuerySet[Interaction]:
    over = Interaction.objects.filter(state=InteractionState.WRAP_UP, wrap_up_until__lte=now)
    return over.order_by("wrap_up_until", "pk")


def _end_wrap_up(interaction_id: str, now: datetime) -> bool:
    return wrapup.time_out(interaction_id=interaction_id, now=now)


WHOLE = Step("timers", tenant="")  # one that cannot even find what is due keeps no other from it
TIMERS = (
    Timer(Step("offers_timed_out", tenant="interaction__tenant"), _offers_timed_out, _end_offer),
    Timer(Step("agents_lost"), _agents_lost, _lose),
    Timer(Step("agents_inactive"), _agents_inactive, _leave),
    Timer(Step("agents_released"), _agents_released, _take_from_released),
    Timer(Step("chats_of_lost_agents"), _chats_of_lost_agents, _take_from_lost),
    Timer(Step("agents_paused"), _agents_paused, _unpause),
    Timer(Step("agents_rested"), _agents_rested, _rested),
    Timer(Step("targets_over"), _targets_over, _release_target),
    Timer(Step("customers_away"), customer_presence.gone, customer_presence.skip),
    Timer(Step("customers_given_up"), customer_presence.given_up, customer_presence.keep_for_later),
    Timer(Step("asked_again", key="queue"), _asked_again, _ask_again),
    Timer(Step("steps_due", key="queue"), steps.due, steps.take),
    Timer(Step("queues_turned"), opening.due, opening.turn_due),
    Timer(Step("queues_opened", key="queue"), opening.opened, opening.resume),
    Timer(Step("left_waiting"), opening.left_waiting, opening.put_off),
    Timer(Step("overflows_due"), overflow.due, overflow.after_longest_wait),
    Timer(Step("still_waiting_told"), still_waiting.due, still_waiting.tell),
    Timer(Step("queues_empty"), overflow.perhaps_empty, overflow.look),
    Timer(Step("queues_replanned"), steps.changed, lambda queue_id, now: steps.replan(queue_id)),
    Timer(Step("acts_owed"), acts.due, acts.carry_out),
    Timer(Step("first_replies_missing"), _first_replies_missing, _take_from_silent),
    Timer(Step("slots_freed"), slots.due, slots.free),
    Timer(Step("customers_warned"), _customers_warned, _warn),
    Timer(Step("customers_idle"), _customers_idle, _end_idle),
    Timer(Step("bots_over", tenant="conversation__tenant"), _bots_over, _end_bot),
    Timer(Step("bots_overdue"), ends.overdue, lambda key, now: ends.give_up(int(key), now)),
    Timer(Step("bots_quiet"), ends.quiet, lambda key, now: ends.give_up_quiet(int(key), now)),
    Timer(Step("bots_silent"), ends.silent, lambda key, now: ends.look(int(key), now)),
    Timer(Step("wrap_ups_over"), _wrap_ups_over, _end_wrap_up),
)


def _handled() -> QuerySet[Interaction]:
    return Interaction.objects.filter(state=InteractionState.HANDLING, is_remote=False)


def _last_word_is_ours() -> QuerySet[Interaction]:
    """Interactions where an agent is there and the last word is ours."""
    silent = _handled().filter(conversation__last_word_by__in=(events.AGENT, events.BOT))
    return silent.order_by("conversation__last_word_at", "pk")


def _silent_for(seconds: int, now: datetime) -> Q:
    """Those that have had their agent, and in which nothing was said, for so long."""
    since = now - timedelta(seconds=seconds)
    return Q(conversation__last_word_at__lte=since, accepted_at__lte=since)


def _by_pace(seconds: Callable[[Pace], int], due: Callable[[Pace], Q]) -> Q:
    """What is due of each pace that has a time for it."""
    found = Q(pk__in=())
    for pace in paces():
        if seconds(pace):
            found |= Q(due(pace), pace=pace.name)
    return found


def _reroute(interaction_id: str, due: Q, *, reason: str) -> bool:
    """Take a chat from its agent, unless it is not due any more or was passed on meanwhile."""
    agent_id = _handled().filter(due, pk=interaction_id).values_list("agent_id", flat=True).first()
    if agent_id is None:
        return False
    return interactions.reroute(interaction_id=interaction_id, agent_id=agent_id, reason=reason)
