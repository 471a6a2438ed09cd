"""Log out: asked first when chats are open; then the agent is offline, whichever page the log-out came from."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from ..actions.center.presence import leave
from ..models import Agent
from ..models.conversations import NEEDS_AGENT
from ..queries import desk
from .base import part


@require_GET
@part
def ask_to_leave(request):
    """Whether chats are really to be left."""
    chats = desk.handled_by(request.agent).filter(NEEDS_AGENT).count()
    return render(request, "contactcenter_chat/desk/leave.html", {"chats": chats})


def logged_out(sender, user, **kwargs):
    """A user logged out; ``apps`` connects this to Django's signal."""
    agent_id = Agent.objects.serving().filter(user_id=user.pk).values_list("pk", flat=True).first() if user else None
    if agent_id:
        leave(agent_id=agent_id)
