"""What waits where, and who could take it?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Value

from ..models import Interaction, Offer, Queue, QueueMember
from ..models.conversations import InteractionState, OfferState
from ..models.queues import Agent, Presence
from ..routing.base import Candidate, Request

SAID_NO = (OfferState.REJECTED, OfferState.TIMED_OUT, OfferState.ACCEPTED)  # accepted, then taken away again
PAGE = 10  # the first one is nearly always offered


def queues_waiting_for(agent_id: str) -> Iterable[str]:
    """Ids of the queues where something waits that this agent could take."""
    waiting = Interaction.objects.filter(state=InteractionState.WAITING, is_remote=False).order_by()
    something = Exists(waiting.filter(queue=OuterRef("queue")))
    answers = QueueMember.objects.filter(something, agent_id=agent_id).values_list("queue", flat=True)
    return answers.union(waiting.filter(target_agent_id=agent_id).values_list("queue", flat=True))


def interactions_of(queue: Queue, now: datetime) -> Iterator[Interaction]:
    """The interactions of a queue that may be offered now, the next one first; read as far as they are looked at."""
    ready = Q(ask_again_at=None) | Q(ask_again_at__lte=now)
    waiting = Interaction.objects.filter(ready, queue=queue, state=InteractionState.WAITING, is_remote=False)
    waiting = waiting.order_by("rank_at", "pk")
    page = list(waiting[:PAGE])
    while page:
        yield from page
        last = page[-1]
        after = Q(rank_at__gt=last.rank_at) | Q(rank_at=last.rank_at, pk__gt=last.pk)
        page = list(waiting.filter(after)[:PAGE])


def candidates(queue: Queue, now: datetime) -> list[Candidate]:
    """The agents who could take one more chat of this queue now, or of one that is kept for them."""
    kept = Interaction.objects.filter(queue=queue, state=InteractionState.WAITING, target_agent__isnull=False)
    members = QueueMember.objects.filter(queue=queue).values_list("agent_id", "level")
    levels: dict[str, int] = defaultdict(int)
    for agent_id, level in members.union(kept.order_by().values_list("target_agent_id", Value(0))):
        levels[agent_id] = max(level, levels[agent_id])
    free = Q(paused_until=None) | Q(paused_until__lte=now)
    agents = Agent.objects.filter(free, pk__in=levels, presence=Presence.AVAILABLE, load__lt=F("capacity"))
    return [Candidate(a.pk, levels[a.pk], a.load, a.capacity, a.idle_since, a.first_in_line) for a in agents]


def request_for(interaction: Interaction, now: datetime) -> Request:
    """What the router is asked about an interaction."""
    kept = interaction.target_agent_id and interaction.target_until and interaction.target_until > now
    if kept:
        return Request(interaction.pk, only_agent_id=interaction.target_agent_id)
    asked = Offer.objects.filter(interaction=interaction, ask_round=interaction.ask_round, state__in=SAID_NO)
    return Request(interaction.pk, asked_agent_ids=frozenset(asked.values_list("agent_id", flat=True)))
