"""Prepared responses: those for a chat, and those that the agent has for itself."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..actions.knowledge import responses
from ..conf import settings
from ..models import PreparedResponse
from ..queries import desk
from ..queries import responses as queries
from .base import part


@require_GET
@part
def offered(request, conversation_id):
    """The prepared responses in which these words stand: none for a chat that has ended, as when one types on.

    As buttons, or with ``inline`` as the options that a field of text offers.
    """
    conversation = desk.conversation_for(request.agent, conversation_id)
    handled = desk.handled_of(desk.own_interactions(request.agent, conversation))
    found = queries.offered(request.agent, handled, request.GET.get("words", "")) if handled else []
    name = "options" if "inline" in request.GET else "responses"
    context = {"responses": found, "conversation": conversation}
    return render(request, f"contactcenter_chat/desk/{name}.html", context)


@require_GET
@part
def own(request):
    """Those that the agent has for itself, to be changed."""
    return _own(request)


@require_POST
@part
def draft(request):
    """A form for a new one, with what stands where the agent writes."""
    return _form(request, PreparedResponse(text=request.POST.get("text", ""), language=get_language()))


@require_http_methods(["GET", "POST"])
@part
def own_response(request, response_id=None):
    """The form of one, and its saving; of a new one without an id."""
    response = queries.own_response(request.agent, response_id) if response_id else None
    if request.method == "GET":
        return _form(request, response or PreparedResponse(language=get_language()))
    values = {name: request.POST[name].strip() for name in responses.OWN_VALUES if name in request.POST}
    if "text" in values:
        values["text"] = values["text"].replace("\r\n", "\n")
    responses.save_own_response(owner=request.agent, response=response, **values)
    return _own(request)


@require_POST
@part
def delete(request, response_id):
    """The agent has no use for it any more."""
    responses.delete_prepared_response(queries.own_response(request.agent, response_id))
    return _own(request)


def _own(request):
    rows = queries.own_responses(request.agent)
    return render(request, "contactcenter_chat/desk/own_responses.html", {"responses": rows})


def _form(request, response):
    context = {"response": response, "settings": settings, "is_new": response._state.adding}
    return render(request, "contactcenter_chat/desk/own_response.html", context)
