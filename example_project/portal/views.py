"""The pages of the client application, and the address its callbacks come to."""

import json
import logging
from functools import wraps

import requests
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from contactcenter_chat.client import ApiError
from contactcenter_chat.exceptions import BadSignature

from . import center, inbox
from .forms import SayForm, StartForm
from .models import Chat, Line

logger = logging.getLogger(__name__)

SESSION_KEY = "portal_chat"
GREETING = "Hello, I am the college's assistant. Tell me what you need, and I fetch a colleague."


def asks_center(view):
    """A view that calls the contact centre, and says so when that does not answer as it should."""

    @wraps(view)
    def guarded(request):
        try:
            return view(request)
        except (ApiError, requests.RequestException) as error:
            logger.warning("The contact centre could not be asked: %s", error)
            return render(request, "portal/unreachable.html", status=503)

    return guarded


@require_GET
def landing(request):
    """Where to go from here."""
    return render(request, "portal/landing.html")


@require_GET
def icon(request):
    """The site's icon."""
    return redirect(static("portal/icon.svg"))


@asks_center
def start(request):
    """Ask who it is and what it is about, and start a conversation."""
    if not center.is_connected():
        return render(request, "portal/not_connected.html", status=503)
    topics = center.topics()
    form = StartForm(request.POST or None, topics=topics)
    if not form.is_valid():
        return render(request, "portal/start.html", {"form": form})
    chat = _start_chat(form.cleaned_data, topics)
    request.session[SESSION_KEY] = str(chat.pk)
    return redirect("portal:chat")


@require_GET
def chat(request):
    """The chat of this visitor."""
    if SESSION_KEY not in request.session:
        return redirect("portal:start")
    chat = _chat_of(request)
    return render(request, "portal/chat.html", {"chat": chat, **_lines_after(chat, 0)})


@require_GET
def lines(request):
    """The lines after a given one, as a fragment; nothing when there are none."""
    after = request.GET.get("after", "")
    if not after.isdecimal():
        return HttpResponseBadRequest("after must be a number.")
    found = _lines_after(_chat_of(request), int(after))
    if not found["lines"]:
        return HttpResponse(status=204)
    return render(request, "portal/lines.html", found)


@require_POST
@asks_center
def say(request):
    """Pass on what the visitor says."""
    chat = _chat_of(request)
    form = SayForm(request.POST)
    if form.is_valid():
        _say(chat, form.cleaned_data["text"])
    if not request.htmx:
        return redirect("portal:chat")
    response = render(request, "portal/say.html", {"focus": True})
    response["HX-Trigger"] = "said"
    return response


@require_POST
@asks_center
def leave(request):
    """The visitor leaves."""
    chat = _chat_of(request)
    center.api().leave(chat.conversation_id)
    del request.session[SESSION_KEY]
    messages.info(request, _("You have left the chat. Goodbye!"))
    return redirect("portal:start")


@csrf_exempt  # the signature says who sends it
@require_POST
def callback(request):
    """An event of the contact centre. Any 2xx says that we have it; it comes again otherwise."""
    try:
        event_id = center.event_id(request.headers, request.body)
    except BadSignature as error:
        return HttpResponse(str(error), status=401)
    inbox.receive(event_id, json.loads(request.body))
    return HttpResponse(status=204)


def _start_chat(said, topics):
    customer = {"name": said["name"]} | ({"email": said["email"]} if said["email"] else {})
    conversation_id = center.api().start_conversation(said["topic"], customer, [("bot", GREETING)])
    chat = Chat.objects.create(conversation_id=conversation_id, name=said["name"], topic=topics[said["topic"]])
    _note(chat, Line.Author.ASSISTANT, GREETING)
    _say(chat, said["text"])
    return chat


def _say(chat, text):
    center.api().say(chat.conversation_id, text)
    _note(chat, Line.Author.VISITOR, text)


def _chat_of(request):
    return get_object_or_404(Chat, pk=request.session.get(SESSION_KEY))


def _lines_after(chat, number):
    found = list(Line.objects.filter(conversation_id=chat.conversation_id, pk__gt=number))
    return {"lines": found, "after": found[-1].pk if found else number}


def _note(chat, author, text):
    Line.objects.create(conversation_id=chat.conversation_id, author=author, text=text)
