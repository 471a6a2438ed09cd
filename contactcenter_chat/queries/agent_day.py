"""What has an agent done today, and what waits in the agent's queues? For a desk where no chat is open.

Such a desk asks again and again: each question here reads one agent's day, or what waits at this moment, and no more.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from ..models import Interaction, Offer, Queue
from ..models.conversations import OfferState, Outcome
from .queue_figures import waiting_in

REACH = timedelta(days=1)  # what was queued longer ago than that before this day is not looked for


@dataclass(frozen=True)
class Day:
    """What an agent's chats that ended today came to; the times are None where there was none.

    How long they took is without the time in which a silent customer's chat took no slot.
    """

    chats: int
    handed_on: int
    missed: int
    first_reply: timedelta | None  # on average
    average: timedelta | None
    longest: timedelta | None


def day_of(agent):
    """Return the Day of an agent; it began at midnight in the current time zone."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ended = Interaction.objects.filter(agent=agent, entered_at__gte=midnight - REACH, ended_at__gte=midnight)
    chats = list(ended.only("outcome", "accepted_at", "first_reply_at", "ended_at", "freed_at", "freed_seconds"))
    talks = [_talk(each) for each in chats if each.accepted_at]
    replies = [each.first_reply_at - each.accepted_at for each in chats if each.first_reply_at and each.accepted_at]
    return Day(
        chats=len(chats),
        handed_on=sum(each.outcome == Outcome.TRANSFERRED for each in chats),
        missed=Offer.objects.filter(agent=agent, state=OfferState.TIMED_OUT, ended_at__gte=midnight).count(),
        first_reply=_average(replies),
        average=_average(talks),
        longest=max(talks, default=None),
    )


def _talk(chat):
    until = chat.freed_at or chat.ended_at  # it takes no slot from then on
    return until - chat.accepted_at - timedelta(seconds=chat.freed_seconds)


def _average(times):
    return sum(times, timedelta()) / len(times) if times else None


def queues_of(agent):
    """Return each queue that the agent answers with its Waiting, by name."""
    queues = list(Queue.objects.filter(members__agent=agent).order_by("name"))
    waiting = waiting_in([queue.pk for queue in queues])
    return [(queue, waiting[queue.pk]) for queue in queues]
