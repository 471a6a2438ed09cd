"""What is due by the clock?

Each kind of timer finds the ids that are due and yields what is to be done with each: in a transaction of its own,
looking again under the lock: a timer that comes late or twice does no harm.
"""

import logging
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ... import events
from ...conf import settings
from ...models import Agent, Interaction, Offer, PostAgentAssignment
from ...models.conversations import InteractionState, OfferState
from ...workers import wakeup
from ..bots import after_agent
from ..recording import record
from . import interactions, offers, presence, wrapup

logger = logging.getLogger(__name__)


def run_timers():
    """Do everything that is due; return how often each timer acted, by name."""
    now = timezone.now()
    return {timer.__name__.strip("_"): sum(_acts(act) for act in timer(now)) for timer in TIMERS}


def _acts(act):
    """Whether a timer did something; what goes wrong with one row keeps no other from its time."""
    try:
        return bool(act())
    except Exception:
        logger.exception("A timer failed: %s", act)
        return False


def _offers_timed_out(now):
    for pk in _ids(Offer.objects.filter(state=OfferState.PENDING, expires_at__lte=now)):
        yield partial(offers.end_offer, offer_id=pk, state=OfferState.TIMED_OUT)


def _agents_lost(now):
    stale = now - timedelta(seconds=settings.STALE_SECONDS)
    for pk in _ids(Agent.objects.filter(last_seen_at__lt=stale, lost_at=None).exclude(presence="offline")):
        yield partial(presence.lose, agent_id=pk, seen_before=stale)


def _chats_of_lost_agents(now):
    gone = now - timedelta(seconds=settings.LOST_SECONDS)
    for interaction in _handled().filter(agent__lost_at__lte=gone):
        yield partial(
            interactions.reroute, interaction_id=interaction.pk, agent_id=interaction.agent_id, reason="agent_lost"
        )


def _agents_paused(now):
    for pk in _ids(Agent.objects.filter(paused_until__lte=now)):
        yield partial(_unpause, pk)


def _targets_over(now):
    kept = Interaction.objects.filter(state=InteractionState.WAITING, target_until__lte=now)
    for pk in _ids(kept):
        yield partial(_release_target, pk, now)


def _asked_again(now):
    for queue_id in set(
        Interaction.objects.filter(state=InteractionState.WAITING, ask_again_at__lte=now).values_list(
            "queue", flat=True
        )
    ):
        yield partial(_wake_queue, queue_id)


def _first_replies_missing(now):
    if not settings.FIRST_REPLY_SECONDS:
        return
    late = now - timedelta(seconds=settings.FIRST_REPLY_SECONDS)
    typing = Q(agent_typed_at__gt=late)
    for interaction in _handled().filter(first_reply_at=None, accepted_at__lte=late).exclude(typing):
        yield partial(
            interactions.reroute, interaction_id=interaction.pk, agent_id=interaction.agent_id, reason="no_reply"
        )


def _customers_warned(now):
    silent = now - timedelta(seconds=settings.CUSTOMER_IDLE_WARN_SECONDS)
    unwarned = Q(warned_at=None) | Q(warned_at__lt=F("conversation__last_word_at"))
    for interaction in _silent_since(silent).filter(unwarned):
        yield partial(_warn, interaction.pk, silent)


def _customers_idle(now):
    silent = now - timedelta(seconds=settings.CUSTOMER_IDLE_END_SECONDS)
    for interaction in _silent_since(silent).filter(warned_at__gte=F("conversation__last_word_at")):
        yield partial(interactions.end_idle, interaction_id=interaction.pk, silent_since=silent)


def _bots_over(now):
    for pk in _ids(PostAgentAssignment.objects.filter(due_at__lte=now)):
        yield partial(after_agent.end_overdue, conversation_id=pk, now=now)


def _wrap_ups_over(now):
    for pk in _ids(Interaction.objects.filter(state=InteractionState.WRAP_UP, wrap_up_until__lte=now)):
        yield partial(wrapup.time_out, interaction_id=pk)


TIMERS = (
    _offers_timed_out,
    _agents_lost,
    _chats_of_lost_agents,
    _agents_paused,
    _targets_over,
    _asked_again,
    _first_replies_missing,
    _customers_warned,
    _customers_idle,
    _bots_over,
    _wrap_ups_over,
)


def _ids(queryset):
    return list(queryset.values_list("pk", flat=True))


def _handled():
    return Interaction.objects.filter(state=InteractionState.HANDLING, is_remote=False)


def _silent_since(time):
    """Interactions where the last word is ours and was said before that time."""
    ours = (events.AGENT, events.BOT)
    return _handled().filter(conversation__last_word_by__in=ours, conversation__last_word_at__lte=time)


def _unpause(agent_id):
    presence.unpause(agent_id=agent_id)
    return True


def _wake_queue(queue_id):
    wakeup.wake_queue(queue_id)
    return True


def _release_target(interaction_id, now):
    with transaction.atomic():
        _conversation, interaction = interactions.lock_interaction(interaction_id)
        over = interaction.target_until and interaction.target_until <= now
        if interaction.state != InteractionState.WAITING or not over:
            return False
        offers.release_target(interaction)
        wakeup.wake_queue(interaction.queue_id)
        return True


def _warn(interaction_id, silent):
    with transaction.atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id)
        if not interactions.is_silent(conversation, interaction, silent):
            return False
        interaction.warned_at = timezone.now()
        interaction.save(update_fields=["warned_at"])
        record(conversation, events.CustomerWarned(), interaction=interaction)
        return True
