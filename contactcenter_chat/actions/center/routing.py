"""Which waiting interaction is offered to whom?

One look at a queue makes many offers, in one transaction. The router may be the project's own: what it fails with
rests and is logged, and the others of the queue are offered.
"""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import NamedTuple

from ... import events
from ...conf import settings
from ...database import atomic
from ...models import Agent, Conversation, Interaction, Offer, Queue
from ...models.clock import NOW, database_now
from ...models.conversations import GIVEN, InteractionState
from ...models.prepared import PreparedInsert
from ...models.queues import Distribution
from ...queries import routing as waiting
from ...routing.base import Router, load_router
from ...routing.dispatch import Choice, Unroutable, choose
from ...routing.pace import has_room
from ...routing.plan import Plan
from ...workers import wakeup
from ..one_by_one import Step
from ..recording import Fact, record_each
from . import agents, decisions, placing, steps
from . import offers as taking

OFFERED, ROUTED = Step("interactions_offered"), Step("queues_routed")
INSERT = PreparedInsert(Offer)
IN_VAIN_MOST = 3  # looks one after the other that change nothing, since what was seen is another by then
FAILURES_MOST = 10  # of one call: whoever comes next goes on behind those that rest
AT_ONCE = 100  # offers of one look, whose conversations and agents are locked until it ends


class Broken(Exception):
    """Several offers could not be written together; the cause is why."""


class Look(NamedTuple):
    """What came of one look at the queues.

    ``done`` is how much was offered or put off, ``failed`` is what the router failed with, ``is_all`` says whether
    there is nothing else to do.
    """

    made: int = 0
    done: int = 0
    failed: Unroutable | None = None
    is_all: bool = True


def route_woken(queue_id: str) -> None:
    """As ``route_queue``; what a queue as a whole fails with, as a router that cannot be made, is noted.

    A queue that rests after that is tried all the same: somebody has just come.
    """
    about = ROUTED.marked(Queue.objects.filter(pk=queue_id)).values_list("tenant_id", "failed_before").first()
    if about:
        tenant_id, failed_before = about
        route = partial(route_queue, queue_id)
        ROUTED.attempt(route, key=queue_id, tenant_id=tenant_id, failed_before=failed_before)


def route_queue(queue_id: str) -> int:
    """Make the offers that can be made in a queue, and those of the queues that share its agents; return how many."""
    steps.skip_unmet(queue_id)
    made, failed, in_vain, at_once = 0, 0, 0, AT_ONCE
    while failed < FAILURES_MOST:
        try:
            look = _look(queue_id, at_once)
        except Broken:
            at_once = 1  # so that the one it fails with is found, and the others are offered
            continue
        except Unroutable as error:
            look = Look(failed=error)
        made += look.made
        in_vain = 0 if look.done else in_vain + 1
        if look.failed:
            _let_rest(look.failed)
            failed += 1
        elif look.is_all or in_vain == IN_VAIN_MOST:
            return made
    wakeup.wake_queue(queue_id)  # there may be others behind so many that rest now
    return made


def _let_rest(error: Unroutable) -> None:
    # Written down here, since the transaction is over: what failed may have broken it.
    interaction: Interaction = error.waiting.row
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    still_waits = waiting.waiting_and_there().filter(pk=interaction.pk)
    if still_waits.exists():
        OFFERED.note(cause, key=interaction.pk, tenant_id=interaction.tenant_id)
        still_waits.update(ask_again_at=OFFERED.rests_until(interaction.pk))


def _look(queue_id: str, at_once: int) -> Look:
    """Make at most so many offers. What comes to wait meanwhile, or is free again, wakes the queue itself.

    Raises Unroutable, Broken.
    """
    with atomic():
        now, router = database_now(), load_router()
        # One dispatcher a queue at a time: whoever waits here sees what the one before has done.
        queues = {
            queue.pk: queue
            for queue in Queue.objects.locked().filter(pk__in=waiting.connected(queue_id, now)).order_by("pk")
        }
        if not queues:
            return Look()
        choices, failed = _choices(queues, router, now, at_once)
        if failed and not choices:
            raise failed
        try:
            made, put_off = _write(choices, queues, router, now)
        except Exception as error:  # whatever one row brings about, or a router that fails behind it
            alone = len(choices) == 1 and not failed
            raise (Unroutable(choices[0].waiting) if alone else Broken()) from error
        done = made + put_off
        return Look(made, done, failed, is_all=len(choices) < at_once and done == len(choices))


def _choices(
    queues: dict[str, Queue], router: Router, now: datetime, at_once: int
) -> tuple[list[Choice], Unroutable | None]:
    """What is to be done, at most so much, up to one that the router fails with."""
    plans = {pk: queue.plan() for pk, queue in queues.items()}
    heads = [head for head in waiting.heads(queues) if _is_served(head, queues[head.queue_id], now)]
    skilled = any(plan != Plan() for plan in plans.values()) or any(head.required for head in heads)
    unslotted = any(not head.share for head in heads)
    free = waiting.free_agents(queues, now, skilled=skilled, unslotted=unslotted)
    groups = [waiting.group_from(head, queues[head.queue_id], plans[head.queue_id]) for head in heads]
    choices: list[Choice] = []
    try:
        for choice in islice(choose(groups, free, router=router, now=now), at_once):
            choices.append(choice)
    except Unroutable as error:
        return choices, error
    return choices, None


def _is_served(head: Interaction, queue: Queue, now: datetime) -> bool:
    """Whether its queue is open or serves what waited at closing, and asks agents; or it is kept for somebody."""
    if queue.way_of(head.pace) == Distribution.PICK:
        return head.target_agent_id is not None
    still_serves = not queue.is_closed or (queue.serves_until is not None and queue.serves_until > now)
    return still_serves or head.target_agent_id is not None


def _write(choices: list[Choice], queues: dict[str, Queue], router: Router, now: datetime) -> tuple[int, int]:
    """Do what was chosen, as far as it still can be; return how many offers were made, and how many put off."""
    if not choices:
        return 0, 0
    wanted = [choice for choice in choices if choice.decision.agent_id]
    conversations = Conversation.objects.lock_all(choice.waiting.row.conversation_id for choice in wanted)
    put_off = sum(_ask_again_later(choice.waiting.row) for choice in choices if choice.all_said_no)
    free = agents.lock_free({choice.decision.agent_id for choice in wanted}, now)
    offered, loads = _still_possible(wanted, free)
    if not offered:
        return 0, put_off
    offers = _make_offers(offered, queues)
    decisions.keep(offered, router)
    record_each(
        [(conversations[offer.interaction.conversation_id], [_fact(offer.interaction, offer)]) for offer in offers]
    )
    agents.ring(free, loads, _gaps(offered))
    for offer in offers:
        agent, queue = free[offer.agent_id], queues[offer.interaction.queue_id]
        takes_a_slot = offer.interaction.share > 0  # what takes none would be given without end
        if queue.distribution == Distribution.AUTO and takes_a_slot and agents.is_at_the_desk(agent, now):
            conversation = conversations[offer.interaction.conversation_id]
            taking.give(conversation, offer_id=offer.pk, agent=agent, reason=GIVEN)
    OFFERED.forget(*(choice.waiting.interaction_id for choice in offered))
    return len(offered), put_off


def _still_possible(wanted: list[Choice], free: dict[str, Agent]) -> tuple[list[Choice], Counter[str]]:
    """Those that still wait there for what they did, and whose agents have room for them still; what each agent gets.

    Where one's agent is gone, nothing behind it in its queue is offered before it: the next look sees to both.
    """
    ids = [choice.waiting.interaction_id for choice in wanted]
    ready = waiting.waiting_here().filter(pk__in=ids, ask_again_at=None, is_put_off=False)
    still = set(ready.values_list("pk", "queue_id", "group_key"))
    offered, loads, held_up = [], Counter[str](), set()
    for choice in wanted:
        row, agent = choice.waiting.row, free.get(choice.decision.agent_id)
        if row.queue_id in held_up or (row.pk, row.queue_id, row.group_key) not in still:
            continue
        if agent and has_room(agent.load + loads[agent.pk], agent.capacity, row.share):
            offered.append(choice)
            loads[agent.pk] += row.share
        else:
            held_up.add(row.queue_id)
    return offered, loads


def _make_offers(offered: list[Choice], queues: dict[str, Queue]) -> list[Offer]:
    offers, now = [], database_now()  # it rings from now on, however long we had to wait for the locks
    for choice in offered:
        interaction = choice.waiting.row
        interaction.state = InteractionState.OFFERING
        ring = queues[interaction.queue_id].ring_seconds or settings.RING_SECONDS
        offers.append(
            Offer(
                interaction=interaction,
                agent_id=choice.decision.agent_id,
                ask_round=interaction.ask_round,
                made_at=now,
                expires_at=now + timedelta(seconds=ring),
            )
        )
    Interaction.objects.filter(pk__in=[offer.interaction_id for offer in offers]).update(
        state=InteractionState.OFFERING
    )
    INSERT(*offers)
    return offers


def _fact(interaction: Interaction, offer: Offer) -> Fact:
    event = events.InteractionOffered(offer_id=offer.pk, agent_id=offer.agent_id)
    return Fact(event=event, interaction=interaction)


def _gaps(offered: list[Choice]) -> dict[str, float]:
    """For how many seconds each agent rests: the longest of what is offered to it."""
    gaps: dict[str, float] = {}
    for choice in offered:
        gaps[choice.decision.agent_id] = max(choice.waiting.gap, gaps.get(choice.decision.agent_id, 0))
    return gaps


def _ask_again_later(interaction: Interaction) -> int:
    """All who are free have said no: start a new round after a pause that doubles. Returns 0 for what is not there."""
    pause = min(settings.ASK_AGAIN_MAX_SECONDS, settings.ASK_AGAIN_SECONDS * 2**interaction.ask_round)
    still_there = waiting.waiting_and_there().filter(
        pk=interaction.pk, queue=interaction.queue_id, group_key=interaction.group_key
    )
    interaction.asked = []
    placing.regroup(interaction)
    return still_there.update(
        ask_round=interaction.ask_round + 1,
        ask_again_at=NOW + timedelta(seconds=pause),
        asked=[],
        group_key=interaction.group_key,
    )
