"""Which waiting interaction is offered to whom?"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ... import events
from ...conf import settings
from ...models import Conversation, Interaction, Offer, Queue, RoutingDecision
from ...models.conversations import InteractionState
from ...queries import routing as waiting
from ...routing.base import Candidate, Decision, Request, Router, load_router
from ..recording import record
from . import agents

# What came of one look at a queue; overtaken: the interaction or the agent was gone when its turn came.
MADE, OVERTAKEN, NOTHING_TO_DO = "made", "overtaken", "nothing to do"
DECISION_CANDIDATES = 50  # more would make the record longer than anybody reads


def route_queue(queue_id: str) -> int:
    """Make the offers that can be made in a queue, each in a transaction of its own; return how many."""
    made = 0
    while (outcome := _offer_next(queue_id)) != NOTHING_TO_DO:
        made += outcome == MADE
    return made


def _offer_next(queue_id: str) -> str:
    """Make one offer in this queue."""
    with transaction.atomic():
        # One dispatcher a queue at a time: whoever waits here sees what the one before has done.
        queue = Queue.objects.locked().filter(pk=queue_id).first()
        if queue is None:
            return NOTHING_TO_DO
        now = timezone.now()
        router, candidates = load_router(), waiting.candidates(queue, now)
        if not candidates:
            return NOTHING_TO_DO
        for interaction in waiting.interactions_of(queue, now):
            request = waiting.request_for(interaction, now)
            decision = router.choose(request, candidates)
            if decision.agent_id:
                return _offer(queue, interaction, decision, router=router, candidates=candidates, now=now)
            _ask_again_later(interaction, request, candidates, now)
        return NOTHING_TO_DO


def _offer(
    queue: Queue,
    interaction: Interaction,
    decision: Decision,
    *,
    router: Router,
    candidates: list[Candidate],
    now: datetime,
) -> str:
    conversation = Conversation.objects.lock(interaction.conversation_id)
    waiting_here = Interaction.objects.filter(pk=interaction.pk, state=InteractionState.WAITING, queue=queue)
    agent = agents.lock_free(decision.agent_id, now)
    if agent is None or not waiting_here.update(state=InteractionState.OFFERING):
        return OVERTAKEN
    now = timezone.now()  # it rings from now on, however long we had to wait for the locks
    ring = timedelta(seconds=queue.ring_seconds or settings.RING_SECONDS)
    offer = Offer.objects.create(
        interaction=interaction,
        agent_id=decision.agent_id,
        ask_round=interaction.ask_round,
        made_at=now,
        expires_at=now + ring,
    )
    _keep_decision(interaction, decision, router, candidates)
    record(
        conversation,
        events.InteractionOffered(offer_id=offer.pk, agent_id=decision.agent_id),
        interaction=interaction,
    )
    agents.change_locked(agent, load=1, first_in_line=False)
    return MADE


def _keep_decision(interaction: Interaction, decision: Decision, router: Router, candidates: list[Candidate]) -> None:
    considered = [
        {
            "agent": c.agent_id,
            "level": c.level,
            "load": c.load,
            "capacity": c.capacity,
            "idle_since": c.idle_since.isoformat(),
            "ruled_out": decision.ruled_out.get(c.agent_id, ""),
        }
        for c in candidates[:DECISION_CANDIDATES]
    ]
    RoutingDecision.objects.create(
        interaction=interaction,
        router=f"{type(router).__module__}.{type(router).__qualname__}",
        agent_id=decision.agent_id,
        candidates=considered,
    )


def _ask_again_later(interaction: Interaction, request: Request, candidates: list[Candidate], now: datetime) -> None:
    """When all who are free have said no, start a new round after a pause that doubles."""
    free = {c.agent_id for c in candidates if c.level}
    if request.only_agent_id or not free <= request.asked_agent_ids:
        return
    pause = min(settings.ASK_AGAIN_MAX_SECONDS, settings.ASK_AGAIN_SECONDS * 2**interaction.ask_round)
    interaction.ask_round += 1
    interaction.ask_again_at = now + timedelta(seconds=pause)
    interaction.save(update_fields=["ask_round", "ask_again_at"])
