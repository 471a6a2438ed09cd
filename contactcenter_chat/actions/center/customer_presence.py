"""Is the customer there who waits, where the channel's application says so? What does it mean when nobody is?

Whoever is gone for a while is away: skipped, with its place kept, until there is a sign of life again. Whoever stays
away is answered later: nobody expects an answer at once any more. The customer's next word makes it live again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from ...conf import settings
from ...database import atomic
from ...models import Conversation, Interaction, clock
from ...models.clock import NOW, database_now
from ...models.conversations import OPEN_STATES, Outcome
from ...queries.routing import waiting_here
from ...workers import wakeup
from . import interactions, placing, segments

NOTED_AFTER = timedelta(seconds=10)  # of many signs of life, one is written down


def seen(conversation_id: str) -> None:
    """The customer has shown a sign of life: typed, read, or asked where the chat stands.

    Nothing happens where the channel has no presence, or nothing is going on.
    """
    going_on = Interaction.objects.filter(state__in=OPEN_STATES, customer_seen_at__isnull=False)
    row = going_on.filter(conversation=conversation_id).only("away_since", "is_follow_up", "customer_seen_at").first()
    if row is None:
        return
    if row.away_since and not row.is_follow_up:
        with atomic():
            _come_back(Conversation.objects.lock(conversation_id), has_spoken=False)
    elif row.customer_seen_at and row.customer_seen_at <= clock.now() - NOTED_AFTER:
        Interaction.objects.filter(pk=row.pk).update(customer_seen_at=NOW)


def spoken(conversation: Conversation) -> None:
    """The customer has written. Expects the conversation locked."""
    if conversation.open_interaction_id:
        _come_back(conversation, has_spoken=True)


def _come_back(conversation: Conversation, *, has_spoken: bool) -> None:
    interaction = interactions.open_of(conversation)
    if interaction is None or interaction.customer_seen_at is None:
        return
    now = database_now()
    interaction.customer_seen_at = now
    changed = ["customer_seen_at"]
    if interaction.away_since and (has_spoken or not interaction.is_follow_up):
        if interaction.is_follow_up:
            placing.live_again(interaction, now)
            changed += placing.LIVE_AGAIN
        interaction.away_since = interaction.ask_again_at = None
        changed += ["away_since", "ask_again_at"]
        wakeup.wake_queue(interaction.queue_id)
    interaction.save(update_fields=changed)


# What the clock does


def gone(now: datetime) -> QuerySet[Interaction]:
    """What waits for an answer soon, and whose customer has shown no sign of life for AWAY_SECONDS."""
    return _expecting().filter(away_since=None, customer_seen_at__lte=_ago(now, settings.AWAY_SECONDS))


def skip(interaction_id: str, now: datetime) -> bool:
    """The customer is away: it is offered to nobody for a while."""
    return _change(interaction_id, gone(now), _leave_out, now)


def given_up(now: datetime) -> QuerySet[Interaction]:
    """What waits, and whose customer has been away for AWAY_END_SECONDS."""
    return _expecting().filter(away_since__lte=_ago(now, settings.AWAY_END_SECONDS))


def keep_for_later(interaction_id: str, now: datetime) -> bool:
    """The customer stays away: it is answered later, and its time in the queue is over as far as it is measured."""
    return _change(interaction_id, given_up(now), _follow_up, now)


def _change(
    interaction_id: str, due: QuerySet[Interaction], change: Callable[[Interaction, datetime], None], now: datetime
) -> bool:
    with atomic():
        _conversation, interaction = interactions.lock_interaction(interaction_id)
        if not due.filter(pk=interaction_id).exists():
            return False
        change(interaction, now)
        return True


def _leave_out(interaction: Interaction, now: datetime) -> None:
    interaction.away_since = now
    interaction.ask_again_at = now + timedelta(seconds=settings.AWAY_END_SECONDS)
    interaction.save(update_fields=["away_since", "ask_again_at"])


def _follow_up(interaction: Interaction, now: datetime) -> None:
    segments.end(interaction, now, Outcome.SILENT_ABANDONED)
    placing.follow_up(interaction)
    interaction.ask_again_at = None
    interaction.save(update_fields=[*placing.FOLLOW_UP, "ask_again_at"])
    segments.begin(interaction, now)
    wakeup.wake_queue(interaction.queue_id)


def _expecting() -> QuerySet[Interaction]:
    """What waits for an answer soon where the customer's presence is known."""
    expecting = waiting_here().filter(is_follow_up=False, is_put_off=False, customer_seen_at__isnull=False)
    return expecting.order_by("customer_seen_at", "pk")


def _ago(now: datetime, seconds: float) -> datetime:
    return now - timedelta(seconds=seconds)
