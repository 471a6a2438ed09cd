"""The page, the list beside the chats, and whether anything changed."""

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ..conf import settings
from ..models.queues import Presence
from ..queries import desk
from .base import page, part


@require_GET
@page
def home(request):
    """The desk."""
    return render(
        request,
        "contactcenter_chat/desk/home.html",
        {"settings": settings, "presences": Presence.choices, **_rail(request.agent)},
    )


@require_GET
@part
def rail(request):
    """The list beside the chats: what rings, the chats, what is still to do."""
    return render(request, "contactcenter_chat/desk/rail.html", _rail(request.agent))


@require_GET
@part
def state(request):
    """Whether the desk changed and how far its chats are, for a page that has no stream."""
    snapshot = desk.snapshots([request.agent.pk])[request.agent.pk]
    return JsonResponse({"version": snapshot.version, "numbers": snapshot.numbers})


def _rail(agent):
    return {
        "agent": agent,
        "offers": list(desk.offers_to(agent)),
        "chats": list(desk.chats_of(agent)),
        "to_do": list(desk.to_do_of(agent)),
        "recent": list(desk.recent_of(agent)),
    }
