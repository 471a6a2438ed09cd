"""What do all views of the desk share? Who asks, and how is a refusal told?"""

import json
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from ..exceptions import ContactCenterError, Invalid
from ..http.requests import check_request, watched
from ..queries.access import agent_of


def page(view):
    """A page for agents: others are asked to log in, or told politely that they are no agents."""

    @login_not_required  # it asks for one itself
    @never_cache
    @watched
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.agent = agent_of(request.user)
        if request.agent is None:
            return render(request, "contactcenter_chat/desk/no_agent.html", status=403)
        try:
            check_request(request, kwargs)
        except Invalid as error:
            return refused(error.translated, error.status)
        return view(request, *args, **kwargs)

    return wrapped


def part(view):
    """A part of the page, or something that an agent does: a refusal is one sentence of plain text."""

    @login_not_required  # it asks for one itself
    @never_cache
    @watched
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        request.agent = agent_of(request.user)
        if request.agent is None:
            return refused(_("You are not logged in any more."), 401)
        try:
            check_request(request, kwargs)
            return view(request, *args, **kwargs)
        except ContactCenterError as error:
            return refused(error.translated, error.status)

    return wrapped


def number(text):
    """Read a number of the log. Raises Invalid."""
    if not (text and text.isdecimal() and len(text) < 10):
        raise Invalid(gettext_noop("This is not a number of the log."), field="number")
    return int(text)


def refused(text, status):
    """The answer that a form shows in its place."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def done(**happened):
    """The answer to what needs no other. The header tells the page what happened, for instance ``open`` a chat.

    It is a header of our own: htmx tells its own to the element that asked, which may be gone by then.
    """
    response = HttpResponse(status=204)
    response["X-Desk"] = json.dumps(happened)
    return response
