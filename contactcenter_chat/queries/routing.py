"""What waits where, and who could take it?"""

from django.db.models import F, Q

from ..models import Interaction, Offer, Queue, QueueMember
from ..models.conversations import InteractionState, OfferState
from ..models.queues import Agent, Presence
from ..routing.base import Candidate, Request

SAID_NO = (OfferState.REJECTED, OfferState.TIMED_OUT, OfferState.ACCEPTED)  # accepted, then taken away again
PAGE = 10  # the first one is nearly always offered


def queues_waiting_for(agent_id):
    """Ids of the queues where something waits that this agent could take."""
    waits = Q(interactions__state=InteractionState.WAITING)
    mine = Q(members__agent_id=agent_id) | Q(interactions__target_agent_id=agent_id)
    return Queue.objects.filter(waits & mine).values_list("pk", flat=True).distinct()


def interactions_of(queue, now):
    """The interactions of a queue that may be offered now, the next one first; read as far as they are looked at."""
    ready = Q(ask_again_at=None) | Q(ask_again_at__lte=now)
    waiting = Interaction.objects.filter(ready, queue=queue, state=InteractionState.WAITING).order_by("rank_at", "pk")
    page = list(waiting[:PAGE])
    while page:
        yield from page
        last = page[-1]
        after = Q(rank_at__gt=last.rank_at) | Q(rank_at=last.rank_at, pk__gt=last.pk)
        page = list(waiting.filter(after)[:PAGE])


def candidates(queue, now):
    """The agents who could take one more chat of this queue now, or of one that is kept for them."""
    kept_for = Interaction.objects.filter(
        queue=queue, state=InteractionState.WAITING, target_agent__isnull=False
    ).values("target_agent")
    free = Q(paused_until=None) | Q(paused_until__lte=now)
    agents = Agent.objects.filter(
        free,
        Q(memberships__queue=queue) | Q(pk__in=kept_for),
        tenant_id=queue.tenant_id,
        presence=Presence.AVAILABLE,
        load__lt=F("capacity"),
    ).distinct()
    levels = dict(QueueMember.objects.filter(queue=queue).values_list("agent_id", "level"))
    return [Candidate(a.pk, levels.get(a.pk, 0), a.load, a.capacity, a.idle_since, a.first_in_line) for a in agents]


def request_for(interaction, now):
    """What the router is asked about an interaction."""
    kept = interaction.target_agent_id and interaction.target_until and interaction.target_until > now
    if kept:
        return Request(interaction.pk, only_agent_id=interaction.target_agent_id)
    asked = Offer.objects.filter(interaction=interaction, ask_round=interaction.ask_round, state__in=SAID_NO)
    return Request(interaction.pk, asked_agent_ids=frozenset(asked.values_list("agent_id", flat=True)))
