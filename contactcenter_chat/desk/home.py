"""The page, the list beside the chats, the agent's day, and whether anything changed."""

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ..actions.center import agents, presence
from ..conf import settings
from ..models.queues import Presence
from ..queries import agent_day, desk
from .base import page, part
from .stream import BEAT_SECONDS


@require_GET
@page
def home(request):
    """The desk."""
    return render(
        request,
        "contactcenter_chat/desk/home.html",
        {
            "settings": settings,
            "presences": Presence.choices,
            "beat_seconds": round(BEAT_SECONDS),
            **_rail(request.agent),
            **_day(request.agent),
        },
    )


@require_GET
@part
def rail(request):
    """The list beside the chats: what rings, the chats, what is still to do."""
    return render(request, "contactcenter_chat/desk/rail.html", _rail(request.agent))


@require_GET
@part
def day(request):
    """The agent's day and queues, which stand where no chat is open."""
    return render(request, "contactcenter_chat/desk/day.html", _day(request.agent))


@require_GET
@part
def state(request):
    """Whether the desk changed and how far its chats are, for a page that has no stream."""
    snapshot = desk.snapshots([request.agent.pk])[request.agent.pk]
    return JsonResponse({"version": snapshot.version, "numbers": snapshot.numbers})


def _rail(agent):
    offers = list(desk.offers_to(agent))
    asked = desk.asked_of(offers)
    to_pick, more_to_pick = desk.to_pick_by(agent) if agent.presence == Presence.AVAILABLE else ([], False)
    return {
        "agent": agent,
        "to_pick": to_pick,
        "more_to_pick": more_to_pick,
        "is_missed": agent.presence_reason == agents.MISSED,
        "is_lost": agent.presence_reason == presence.LOST,
        "offers": [(offer, asked[offer.pk]) for offer in offers],
        "chats": list(desk.chats_of(agent)),
        "to_do": list(desk.to_do_of(agent)),
        "recent": list(desk.recent_of(agent)),
    }


def _day(agent):
    return {"agent": agent, "day": agent_day.day_of(agent), "queues": agent_day.queues_of(agent)}
