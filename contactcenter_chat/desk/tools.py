"""Functions of the project that the agent calls for the customer: the form of one, and what came of it."""

from uuid import uuid4

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from ..actions.tools import KEY_MAX, call_tool
from ..exceptions import Conflict
from ..models import clock
from ..queries import desk
from ..queries.identity import counted, standing_of
from ..queries.tools import tool_for
from ..wire.levels import Level
from .base import part

KEY, CONFIRMED = "call-key", "call-confirmed"  # no argument of a function can be called so


@require_http_methods(["GET", "POST"])
@part
def tool(request, conversation_id, name):
    """The form of a tool; posted, what came of it. What is wrong with it is said beside its fields."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    found = tool_for(request.agent, name)
    form = found.form(request.POST) if request.method == "POST" else found.form()
    context = {
        "conversation": conversation,
        "tool": found,
        "form": form,
        "key": request.POST.get(KEY) or uuid4().hex,
    }
    if request.method == "GET" or not form.is_valid():
        context["refusal"] = _refusal(request.agent, conversation, found)
        return render(request, "contactcenter_chat/desk/tool.html", context)
    context["call"] = call_tool(
        conversation_id=conversation.pk,
        tool=found.name,
        arguments={field: request.POST.get(field) for field in form.fields if field in request.POST},
        key=_key(request),
        agent=request.agent,
        is_confirmed=CONFIRMED in request.POST,
    )
    return render(request, "contactcenter_chat/desk/tool_done.html", context)


def _refusal(agent, conversation, tool):
    """Why a call would be refused, whatever the form says; empty where it would not be."""
    if desk.handled_in(agent, conversation) is None:
        return "left"
    standing = standing_of(conversation, clock.now())
    if counted(conversation, standing.level) >= tool.needs:
        return ""
    if standing.level >= tool.needs:
        return "address"
    helps = standing.level < Level.CODE and tool.needs <= Level.CODE
    return "code" if helps and standing.address else "unsure"


def _key(request):
    """The form's own key: one that is sent twice is called once, and is no bot's. Raises Conflict without one."""
    key = request.POST.get(KEY, "")
    if not key:
        raise Conflict
    return f"desk-{request.agent.pk}-{key}"[:KEY_MAX]
