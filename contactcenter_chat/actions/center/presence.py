"""Is an agent there, and does it take chats? What an agent chooses, and what its silence means."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from ...conf import settings
from ...database import after_commit, atomic
from ...exceptions import Conflict, Invalid
from ...models import Agent, Interaction, Offer
from ...models.base import max_length
from ...models.clock import NOW, database_now
from ...models.conversations import NEEDS_AGENT, InteractionState, OfferState
from ...models.queues import Presence
from ...storable import check_text
from ..one_by_one import Step
from . import agents, interactions, mass_loss, offers

LOST = "lost"
TAKEN_BACK = Step("offers_taken_back", tenant="interaction__tenant")
GIVEN_BACK = Step("chats_given_back")
REASON_MAX = max_length(Agent, "presence_reason")
CHOSEN = (Presence.OFFLINE, Presence.AVAILABLE, Presence.ON_BREAK, Presence.WORK_OFFLINE, Presence.DRAINING)

# A choice overrules what was missed, paused or lost before.
NOTHING_KEPT: dict[str, Any] = {
    "missed_in_a_row": 0,
    "paused_until": None,
    "lost_at": None,
    "kept_presence": "",
    "kept_reason": "",
}


def set_presence(*, agent_id: str, presence: str, reason: str = "") -> None:
    """Choose a presence. Live offers are taken back unless it is ``available`` or ``draining``.

    Raises Invalid for an unknown presence and Conflict when an agent with chats wants to go offline.
    """
    if presence not in CHOSEN:
        raise Invalid(_("Unknown presence."), field="presence", value=presence)
    check_text(reason, "reason")
    with atomic():
        if presence == Presence.OFFLINE and _has_chats(agent_id):
            raise Conflict(_("End or hand on your chats first, or choose “no new chats”."))
        agents.change(
            agent_id,
            presence=presence,
            presence_reason=reason[:REASON_MAX],
            last_seen_at=database_now(),
            **NOTHING_KEPT,
        )
    if presence not in (Presence.AVAILABLE, Presence.DRAINING):
        _take_back_offers(agent_id, state=OfferState.REJECTED, reason="presence")


def heartbeat(*, agent_id: str, idle_seconds: float | None = None) -> None:
    """The desk says that it is there; an agent who was lost is back.

    ``idle_seconds`` is for how long no key and no pointer was used there; of several desks, the one in use counts.
    """
    used = {}
    if idle_seconds is not None and 0 <= idle_seconds <= settings.INPUT_SECONDS:
        used["input_at"] = NOW - timedelta(seconds=idle_seconds)
    if Agent.objects.filter(pk=agent_id, lost_at=None).update(last_seen_at=NOW, **used):
        return
    with atomic():
        agent = Agent.objects.locked().filter(pk=agent_id).first()
        if agent and agent.lost_at:
            now = database_now()
            back = _given_back(agent, now)
            agents.change_locked(agent, last_seen_at=now, lost_at=None, kept_presence="", kept_reason="", **back)
            # The chats it has still are answered from now on: its line was gone, not the agent.
            _chats_of(agent_id).filter(first_reply_at=None).update(agent_typed_at=now)


def leave(*, agent_id: str, for_good: bool = False) -> None:
    """The agent logged out: offline at once, and the chats go back to their queues.

    Mail and the chats of silent customers stay, unless the agent is gone for good: may not work here any more.
    """
    with atomic():
        agents.change(agent_id, presence=Presence.OFFLINE, presence_reason="", **NOTHING_KEPT)
    _take_back_offers(agent_id, state=OfferState.REJECTED, reason="presence")
    # A chat that cannot go back goes with those of lost agents.
    GIVEN_BACK.run(
        _chats_of(agent_id).filter(Q() if for_good else NEEDS_AGENT).order_by("pk"),
        lambda pk: interactions.reroute(interaction_id=pk, agent_id=agent_id, reason="agent_gone"),
    )


def lose(*, agent_id: str, seen_before: datetime) -> bool:
    """No heartbeat: the agent counts as offline and loses its offers. Returns whether it did."""
    with atomic():
        agent = Agent.objects.locked().filter(pk=agent_id, last_seen_at__lt=seen_before, lost_at=None).first()
        if agent is None:
            return False
        agents.change_locked(
            agent,
            presence=Presence.OFFLINE,
            presence_reason=LOST,
            lost_at=database_now(),
            **_unheard(agent),
        )
    mass_loss.look(agent.tenant_id, database_now())
    _take_back_offers(agent_id, state=OfferState.WITHDRAWN, reason="agent_lost")
    return True


def unpause(*, agent_id: str) -> None:
    """The pause after a missed offer is over."""
    with atomic():
        agents.change(agent_id, paused_until=None)


def end_gap(*, agent_id: str) -> bool:
    """The gap after the agent's last offer is over: what waits may be offered though it is not due.

    Returns whether it is: there may have been another offer since.
    """
    with atomic():
        agent = Agent.objects.locked().filter(pk=agent_id, rested_at__lte=NOW).first()
        if agent is None:
            return False
        agents.change_locked(agent, rested_at=None)
        after_commit(agents.wake_queues_of, agent_id)
        return True


def _given_back(agent: Agent, now: datetime) -> dict[str, Any]:
    """What was chosen before, after a short loss; after a long one the agent stays offline until it is chosen anew."""
    if agent.kept_presence and agent.lost_at and now - agent.lost_at < timedelta(seconds=settings.RETURN_SECONDS):
        return {"presence": agent.kept_presence, "presence_reason": agent.kept_reason}
    return {}


def _unheard(agent: Agent) -> dict[str, Any]:
    """What is kept of an agent who is lost. What rang after the last sign of life was heard by nobody: not missed."""
    kept = {"kept_presence": agent.presence, "kept_reason": agent.presence_reason}
    if agent.missed_at is None or agent.last_seen_at is None or agent.missed_at <= agent.last_seen_at:
        return kept
    if agent.presence == Presence.ON_BREAK and agent.presence_reason == agents.MISSED:
        kept = {"kept_presence": Presence.AVAILABLE, "kept_reason": ""}
    return {**kept, "missed_in_a_row": 0, "paused_until": None}


def _take_back_offers(agent_id: str, *, state: str, reason: str) -> None:
    # After the presence, each in a transaction of its own: the conversation's lock comes before the agent's.
    # One that cannot be taken back ends when its time is over.
    live = Offer.objects.filter(agent_id=agent_id, state=OfferState.PENDING).order_by("pk")
    TAKEN_BACK.run(live, lambda offer_id: offers.end_offer(offer_id=offer_id, state=state, reason=reason))


def _has_chats(agent_id: str) -> bool:
    return _chats_of(agent_id).filter(NEEDS_AGENT).exists()


def _chats_of(agent_id: str) -> QuerySet[Interaction]:
    return Interaction.objects.filter(agent_id=agent_id, state=InteractionState.HANDLING)
