"""What becomes of what a queue does not serve: after the longest wait, closed, or with nobody there?"""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from ...conf import settings
from ...database import atomic
from ...models import Agent, Interaction, Queue
from ...models.conversations import HELD_STATES, InteractionState
from ...models.queues import Presence, Unserved
from ...queries.routing import waiting_here
from ..one_by_one import Step
from . import interactions, passing, placing, texts

AGAIN = timedelta(seconds=30)
LEFT = Step("empty_queues_left")


def due(now: datetime) -> QuerySet[Interaction]:
    """What has waited for as long as its queue lets it."""
    due = waiting_here().filter(overflows_at__lte=now, target_agent=None, away_since=None)
    return due.order_by("overflows_at", "pk")


def after_longest_wait(interaction_id: str, now: datetime) -> bool:
    """Pass it on. Where no other queue serves it now, it stays for a while."""
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id)
        is_due = interaction.overflows_at and interaction.overflows_at <= now
        if interaction.state != InteractionState.WAITING or not is_due:
            return False
        if not passing.pass_on(conversation, interaction, passing.MAX_WAIT):
            interaction.overflows_at = now + AGAIN
            interaction.save(update_fields=["overflows_at"])
        return True


# Nobody there


def perhaps_empty(now: datetime) -> QuerySet[Queue]:
    """The queues that do something when nobody is there, where something waits."""
    does_something = Queue.objects.exclude(when_empty=Unserved.WAIT).filter(is_closed=False)
    return does_something.filter(Q(Exists(_expecting(OuterRef("pk")))) | Q(empty_since__isnull=False)).order_by("pk")


def look(queue_id: str, now: datetime) -> int:
    """Do what a queue says when nobody has been there for EMPTY_SECONDS; return with how much it was done."""
    waits, there = _expecting(queue_id).exists(), _staff(queue_id).exists()
    queues = Queue.objects.filter(pk=queue_id)
    if there or not waits:
        queues.filter(empty_since__isnull=False).update(empty_since=None)
        return 0
    queues.filter(empty_since=None).update(empty_since=now)
    if not queues.filter(empty_since__lte=now - timedelta(seconds=settings.EMPTY_SECONDS)).exists():
        return 0
    passes_on = queues.filter(when_empty=Unserved.OVERFLOW).first()
    if passes_on and not passing.first_open(passes_on):
        return 0
    return LEFT.run(_expecting(queue_id).order_by("entered_at", "pk"), partial(leave, queue_id))


def leave(queue_id: str, interaction_id: str) -> bool:
    """Nobody is there for it: pass it on, or tell the customer and keep it for later."""
    with atomic():
        conversation, interaction = interactions.lock_interaction(interaction_id)
        still_expects = _expecting(queue_id).filter(pk=interaction_id).exists()
        if not still_expects or interaction.queue.when_empty == Unserved.WAIT or _staff(queue_id).exists():
            return False
        if interaction.queue.when_empty == Unserved.OVERFLOW:
            return passing.pass_on(conversation, interaction, passing.EMPTY)
        placing.follow_up(interaction)
        interaction.save(update_fields=placing.FOLLOW_UP)
        texts.tell(conversation, interaction.queue, texts.EMPTY)
        return True


def _expecting(queue: str | OuterRef) -> QuerySet[Interaction]:
    """What waits there for an answer soon."""
    expecting = waiting_here().filter(is_follow_up=False, is_put_off=False, away_since=None)
    return expecting.filter(queue=queue, target_agent=None)


def _staff(queue_id: str) -> QuerySet[Agent]:
    """Members who are available or in a chat, or were so when many were lost at once."""
    available = Q(presence=Presence.AVAILABLE) | Q(kept_presence=Presence.AVAILABLE)
    # Not by the load alone: mail and silent customers take no slot.
    in_a_chat = Q(load__gt=0) | Q(Exists(Interaction.objects.filter(agent=OuterRef("pk"), state__in=HELD_STATES)))
    return Agent.objects.expected().filter(available | in_a_chat, memberships__queue=queue_id)
