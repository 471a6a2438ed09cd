"""What do all views of the desk share? Who asks, and how is a refusal told?"""

import json
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from ..exceptions import AlreadyTaken, ContactCenterError, NotFound
from ..queries.access import agent_of

# What the verbs say when they refuse something, for the translators.
REFUSALS = (
    gettext_noop("You are not in this chat any more."),
    gettext_noop("This chat is not offered to you any more."),
    gettext_noop("End or hand on your chats first, or choose “no new chats”."),
    gettext_noop("End the chat first."),
    gettext_noop("There is no time limit to extend."),
    gettext_noop("The time was extended as often as is allowed."),
    gettext_noop("This is not yours to wrap up."),
    gettext_noop("This code cannot be chosen."),
    gettext_noop("May not be empty."),
    gettext_noop("The file is empty."),
    gettext_noop("The file could not be stored. Please try again."),
    gettext_noop("This file is not safe and cannot be sent."),
    gettext_noop("This file is still being checked. Please try again in a minute."),
    gettext_noop("This file is not safe and cannot be opened."),
)


def page(view):
    """A page for agents: others are asked to log in, or told politely that they are no agents."""

    @never_cache
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.agent = agent_of(request.user)
        if request.agent is None:
            return render(request, "contactcenter_chat/desk/no_agent.html", status=403)
        return view(request, *args, **kwargs)

    return wrapped


def part(view):
    """A part of the page, or something that an agent does: a refusal is one sentence of plain text."""

    @never_cache
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        request.agent = agent_of(request.user)
        if request.agent is None:
            return refused(_("You are not logged in any more."), 401)
        try:
            return view(request, *args, **kwargs)
        except ContactCenterError as error:
            return refused(sentence(error), error.status)

    return wrapped


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


def sentence(error):
    """Return what went wrong in the agent's language."""
    if isinstance(error, AlreadyTaken) and error.agent:
        return _("%(agent)s has this chat.") % {"agent": error.agent}
    if isinstance(error, NotFound):
        return _("This is not there, or it is not yours to see.")
    return _(error.message)
