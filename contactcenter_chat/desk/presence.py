"""Whether the agent is there."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from ..actions.center.presence import heartbeat as heard_from
from ..actions.center.presence import set_presence
from .base import done, part


@require_POST
@part
def presence(request):
    """Choose a presence, with a reason where there is one to give."""
    reason = request.POST.get("reason", "").strip()
    set_presence(agent_id=request.agent.pk, presence=request.POST.get("presence", ""), reason=reason)
    return done()


@require_POST
@part
def heartbeat(request):
    """The desk is open, and for so many seconds nobody has used it (``idle``)."""
    idle = request.POST.get("idle", "")
    heard_from(agent_id=request.agent.pk, idle_seconds=int(idle) if idle.isdecimal() and len(idle) < 10 else None)
    return HttpResponse(status=204)
