"""Is an agent there, and does it take chats? What an agent chooses, and what its silence means."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ...exceptions import Conflict, Invalid
from ...models import Agent, Interaction, Offer
from ...models.base import max_length
from ...models.conversations import InteractionState, OfferState
from ...models.queues import Presence
from ...storable import check_text
from . import agents, offers

LOST = "lost"
REASON_MAX = max_length(Agent, "presence_reason")
CHOSEN = (Presence.OFFLINE, Presence.AVAILABLE, Presence.ON_BREAK, Presence.WORK_OFFLINE, Presence.DRAINING)


def set_presence(*, agent_id: str, presence: str, reason: str = "") -> None:
    """Choose a presence. Live offers are taken back unless it is ``available`` or ``draining``.

    Raises Invalid for an unknown presence and Conflict when an agent with chats wants to go offline.
    """
    if presence not in CHOSEN:
        raise Invalid(_("Unknown presence."), field="presence", value=presence)
    check_text(reason, "reason")
    now = timezone.now()
    with transaction.atomic():
        if presence == Presence.OFFLINE and _has_chats(agent_id):
            raise Conflict(_("End or hand on your chats first, or choose “no new chats”."))
        agents.change(
            agent_id,
            presence=presence,
            presence_reason=reason[:REASON_MAX],
            last_seen_at=now,
            missed_in_a_row=0,
            paused_until=None,
            lost_at=None,
        )
    if presence not in (Presence.AVAILABLE, Presence.DRAINING):
        _take_back_offers(agent_id, state=OfferState.REJECTED, reason="presence")


def heartbeat(*, agent_id: str) -> None:
    """The desk says that it is there; an agent who was lost is back."""
    now = timezone.now()
    if Agent.objects.filter(pk=agent_id, lost_at=None).update(last_seen_at=now):
        return
    with transaction.atomic():
        agent = Agent.objects.locked().filter(pk=agent_id).first()
        if agent and agent.lost_at:
            agents.change(agent_id, presence=Presence.AVAILABLE, presence_reason="", last_seen_at=now, lost_at=None)


def lose(*, agent_id: str, seen_before: datetime) -> bool:
    """No heartbeat: the agent counts as offline and loses its offers. Returns whether it did."""
    with transaction.atomic():
        agent = Agent.objects.locked().filter(pk=agent_id, last_seen_at__lt=seen_before, lost_at=None).first()
        if agent is None:
            return False
        agents.change(agent_id, presence=Presence.OFFLINE, presence_reason=LOST, lost_at=timezone.now())
    _take_back_offers(agent_id, state=OfferState.WITHDRAWN, reason="agent_lost")
    return True


def unpause(*, agent_id: str) -> None:
    """The pause after a missed offer is over."""
    with transaction.atomic():
        agents.change(agent_id, paused_until=None)


def _take_back_offers(agent_id: str, *, state: str, reason: str) -> None:
    # After the presence, each in a transaction of its own: the conversation's lock comes before the agent's.
    for offer_id in Offer.objects.filter(agent_id=agent_id, state=OfferState.PENDING).values_list("pk", flat=True):
        offers.end_offer(offer_id=offer_id, state=state, reason=reason)


def _has_chats(agent_id: str) -> bool:
    return Interaction.objects.filter(agent_id=agent_id, state=InteractionState.HANDLING).exists()
