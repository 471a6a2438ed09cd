"""What a model writes for the agent: a draft of a reply, a summary. Without an endpoint, none of it is there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from ..actions.assistant import asking
from ..exceptions import NotFound
from ..models import clock
from ..models.assistant import AssistantFailure, AssistantKind, AssistantState
from ..queries import assistant as queries
from ..queries import desk
from .base import part


@require_http_methods(["GET", "POST"])
@part
def draft(request, conversation_id):
    """How far the draft of a reply is; posted, it is asked for."""
    interaction = desk.handled_in(request.agent, desk.conversation_for(request.agent, conversation_id))
    if interaction is None:
        if request.method == "GET":  # it has ended meanwhile, of which the page hears otherwise
            return HttpResponse(status=204)
        raise NotFound("Conversation", conversation_id)
    return _told(request, interaction, AssistantKind.DRAFT)


@require_http_methods(["GET", "POST"])
@part
def summary(request, interaction_id):
    """How far the summary of a chat is; posted, it is asked for."""
    interaction = desk.interaction_for(request.agent, interaction_id)
    return _told(request, interaction, AssistantKind.SUMMARY)


@require_POST
@part
def refuse(request, conversation_id, request_id):
    """The agent does not want the draft."""
    interaction = desk.handled_in(request.agent, desk.conversation_for(request.agent, conversation_id))
    asking.refuse(queries.request_for(request.agent, interaction, request_id))
    return HttpResponse("")


def _told(request, interaction, kind):
    if not queries.is_offered(interaction):  # switched off while the page was open
        has_model = queries.options() is not None
        return render(request, "contactcenter_chat/desk/assistant_off.html", {"has_model": has_model})
    if request.method == "POST":
        wanted = {"interaction_id": interaction.pk, "agent": request.agent, "kind": kind}
        asking.ask(**wanted, language=get_language() or "")
    asked = queries.newest(interaction, request.agent, kind)
    if asked is not None and queries.is_overtaken(asked, clock.now()):
        asked = None
    is_late = asked is not None and asked.is_late(clock.now())
    context = {
        "interaction": interaction,
        "asked": asked,
        "waits": asked is not None and asked.state == AssistantState.ASKED and not is_late,
        "failure": AssistantFailure.LATE if is_late else asked.failure if asked else "",
    }
    return render(request, f"contactcenter_chat/desk/assistant_{kind.value}.html", context)
