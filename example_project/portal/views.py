"""The pages of the client application, and the address its callbacks come to."""

import json
import logging
from functools import wraps

import requests
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from contactcenter_chat.attachments.streaming import as_sent
from contactcenter_chat.cards.base import ADAPTIVE, kind_of
from contactcenter_chat.client import ApiError
from contactcenter_chat.exceptions import BadSignature

from . import center, inbox
from .forms import SayForm, StartForm
from .models import Chat, Line

logger = logging.getLogger(__name__)

SESSION_KEY = "portal_chat"
REFUSED = (400, 409, 413)  # what the visitor can do something about
PIECE = 65_536  # bytes of a file
PASSED_ON = (
    "Content-Type",
    "Content-Length",
    "Content-Disposition",
    "Content-Security-Policy",
    "X-Content-Type-Options",
)
QUESTIONS = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": "While you wait", "size": "Medium", "weight": "Bolder"},
        {"type": "TextBlock", "text": "Your answers help my colleague to help you.", "isSubtle": True},
        {
            "type": "Input.ChoiceSet",
            "id": "who",
            "label": "You are",
            "isRequired": True,
            "choices": [
                {"title": "a student", "value": "student"},
                {"title": "an applicant", "value": "applicant"},
                {"title": "somebody else", "value": "other"},
            ],
        },
        {"type": "Input.Text", "id": "number", "label": "Student number, if you have one"},
        {"type": "Input.Toggle", "id": "call", "title": "You may call me back"},
    ],
    "actions": [{"type": "Action.Submit", "title": "Send"}],
}
GREETING = "Hello, I am the college's assistant. Tell me what you need, and I fetch a colleague."


def asks_center(view):
    """A view that calls the contact centre, and says so when that does not answer as it should."""

    @wraps(view)
    def guarded(request, **path):
        try:
            return view(request, **path)
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
    form, files = SayForm(request.POST), request.FILES.getlist("files")
    error = _refusal(lambda: _say(chat, form.cleaned_data["text"], files)) if form.is_valid() else ""
    if not request.htmx:
        if error:
            messages.error(request, error)
        return redirect("portal:chat")
    response = render(request, "portal/say.html", {"focus": True, "error": error})
    response["HX-Trigger"] = "said"
    return response


@require_POST
@asks_center
def answer(request):
    """The visitor answers a card."""
    chat = _chat_of(request)
    line, card = _card_of(chat, request.POST.get("card", ""))
    error = _refusal(lambda: _answer(chat, line, card, request.POST))
    if not request.htmx:
        if error:
            messages.error(request, error)
        return redirect("portal:chat")
    return render(request, "portal/line.html", {"line": line, "error": error})


@require_safe
@asks_center
def file(request, attachment_id):
    """A file of the visitor's chat; the contact centre's own address and key stay here."""
    chat = _chat_of(request)
    said = Line.objects.filter(conversation_id=chat.conversation_id)
    if not any(each["id"] == attachment_id for line in said for each in line.files):
        raise Http404
    content = center.gateway().content(chat.conversation_id, attachment_id)
    response = StreamingHttpResponse(as_sent(request, content.iter_content(PIECE)))
    for name in PASSED_ON:
        if name in content.headers:
            response[name] = content.headers[name]
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
    try:
        inbox.receive(event_id, json.loads(request.body))
    except (ApiError, requests.RequestException) as error:
        logger.warning("The contact centre could not be asked for a message: %s", error)
        return HttpResponse("Please tell it again.", status=503)
    return HttpResponse(status=204)


def _start_chat(said, topics):
    customer = {"name": said["name"]} | ({"email": said["email"]} if said["email"] else {})
    conversation_id = center.api().start_conversation(said["topic"], customer, [("bot", GREETING)])
    chat = Chat.objects.create(conversation_id=conversation_id, name=said["name"], topic=topics[said["topic"]])
    _note(chat, Line.Author.ASSISTANT, GREETING)
    _say(chat, said["text"])
    _ask(chat, QUESTIONS)
    return chat


def _say(chat, text, files=()):
    if not files:
        if text:
            center.api().say(chat.conversation_id, text)
            _note(chat, Line.Author.VISITOR, text)
        return
    sent = [
        {"id": center.gateway().upload(chat.conversation_id, each.name, each), "filename": each.name} for each in files
    ]
    center.gateway().say(chat.conversation_id, text=text, attachments=[each["id"] for each in sent])
    _note(chat, Line.Author.VISITOR, text, files=sent)


def _ask(chat, card):
    """The assistant sends a card; its id is that of the newest one that says the same."""
    center.gateway().say(chat.conversation_id, author_type="bot", cards=[{"contentType": ADAPTIVE, "content": card}])
    for message in center.gateway().newest_messages(chat.conversation_id):
        if any(each["content"] == card for each in message["cards"]):
            _note(chat, Line.Author.ASSISTANT, "", cards=message["cards"])
            return


def _card_of(chat, card_id):
    for line in Line.objects.filter(conversation_id=chat.conversation_id):
        for card in line.cards:
            if card["id"] == card_id:
                return line, card
    raise Http404


def _answer(chat, line, card, form):
    kind = kind_of(card["contentType"])
    try:
        chosen = kind.chosen(card["content"], int(form.get("button", "")), lambda name: form.getlist(f"field.{name}"))
    except (ValueError, IndexError) as error:
        raise Http404 from error
    center.gateway().submit(chat.conversation_id, card["id"], chosen)
    line.answers[card["id"]] = chosen
    line.save(update_fields=["answers"])


def _refusal(act):
    """Do something; return what the contact centre says when it refuses that, else nothing."""
    try:
        act()
    except ApiError as error:
        if error.status in REFUSED:
            return error.reason
        raise
    return ""


def _chat_of(request):
    return get_object_or_404(Chat, pk=request.session.get(SESSION_KEY))


def _lines_after(chat, number):
    found = list(Line.objects.filter(conversation_id=chat.conversation_id, pk__gt=number))
    return {"lines": found, "after": found[-1].pk if found else number}


def _note(chat, author, text, **contents):
    Line.objects.create(conversation_id=chat.conversation_id, author=author, text=text, **contents)
