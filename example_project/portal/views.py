"""The pages of the client application, and the address its callbacks come to."""

import json
import logging
import re
from functools import wraps

import requests
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from contactcenter_chat.attachments.streaming import as_sent
from contactcenter_chat.cards.base import ADAPTIVE, kind_of
from contactcenter_chat.client import ApiError
from contactcenter_chat.exceptions import BadSignature, Invalid
from contactcenter_chat.http.requests import check_whole, watched

from . import assistant, center, inbox, turns
from .forms import SayForm, StartForm
from .models import Chat, Line
from .passed import passed

logger = logging.getLogger(__name__)

SESSION_KEY = "portal_chat"
REFUSED = (400, 409)  # what the visitor can do something about; the answer says what
KNOWN = {
    404: gettext_noop("This chat is over. Leave it, and start another one."),
    413: gettext_noop("This file is too large."),
}
FIELD = re.compile(r"^[\w.\[\]]+: ")  # begins a reason that is told to programs
FAILED = gettext_noop("This could not be sent. Please load the page again.")
PLAIN = "text/plain; charset=utf-8"
PIECE = 65_536  # bytes of a file
PASSED_ON = (
    "Content-Type",
    "Content-Length",
    "Content-Disposition",
    "Content-Security-Policy",
    "X-Content-Type-Options",
)
AWAITED = "X-Awaited"  # a header of the answer to the page: who is likely at an answer
BY_SCRIPT = "X-By-Script"  # a header of the page's own requests
READ_ON = 1  # milliseconds: times are told without what is less
DIGITS = 15  # of a line's number


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


def takes_forms(view):
    """A view that refuses a form of which only a part came, which Django would take for the whole."""

    @watched
    @wraps(view)
    def guarded(request, **path):
        try:
            check_whole(request)
        except Invalid as refusal:
            return HttpResponse(refusal.translated, status=refusal.status, content_type=PLAIN)
        return view(request, **path)

    return guarded


@require_GET
def landing(request):
    """Where to go from here."""
    return render(request, "portal/landing.html")


@require_GET
def icon(request):
    """The site's icon."""
    return redirect(static("portal/icon.svg"))


@takes_forms
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
    return _chat_page(request, _chat_of(request))


@require_GET
def lines(request):
    """The lines after a given one, as a fragment; nothing when there are none."""
    after = _number(request.GET.get("after", ""))
    if after is None:
        return HttpResponseBadRequest("after must be a number.")
    chat = _chat_of(request)
    found = _lines_after(chat, after) if Line.objects.filter(**_of(chat), pk__gt=after).exists() else None
    answer = render(request, "portal/lines.html", found) if found else HttpResponse(status=204)
    if turns.is_bots(chat):
        answer[AWAITED] = "assistant"
    return answer


@require_POST
@takes_forms
@asks_center
def say(request):
    """Pass on what the visitor says; what is refused stays in its field."""
    chat = _chat_of(request)
    form, files = SayForm(request.POST, request.FILES), request.FILES.getlist("files")
    error = form.first_error or _refusal(lambda: _say(chat, **form.cleaned_data, files=files))
    if BY_SCRIPT in request.headers:
        return HttpResponse(error, status=400 if error else 204, content_type=PLAIN)
    if error:
        return _chat_page(request, chat, status=400, refused=error, text=request.POST.get("text", ""))
    return redirect("portal:chat")


@require_POST
@takes_forms
@asks_center
def typing(request):
    """The visitor types."""
    center.gateway().show_typing(_chat_of(request).conversation_id)
    return HttpResponse(status=204)


@require_POST
@takes_forms
@asks_center
def read(request):
    """The visitor has had an agent's line, by its number, before the eyes."""
    chat, number = _chat_of(request), _number(request.POST.get("number", ""))
    if number is None:
        return HttpResponseBadRequest("number must be a number.")
    line = get_object_or_404(Line, conversation_id=chat.conversation_id, author=Line.Author.AGENT, pk=number)
    center.gateway().mark_read(chat.conversation_id, round(line.at.timestamp() * 1000) + READ_ON)
    return HttpResponse(status=204)


@require_POST
@takes_forms
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
    return render(request, "portal/card.html", {"shown": line.shown_card(card["id"]), "error": error})


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


@require_http_methods(["GET", "POST"])
@takes_forms
@asks_center
def leave(request):
    """The visitor leaves, having been asked."""
    chat = _chat_of(request)
    if request.method == "GET":
        return render(request, "portal/leave.html", {"chat": chat})
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


def _chat_page(request, chat, *, status=200, **said):
    return render(request, "portal/chat.html", {"chat": chat, **said, **_lines_after(chat, 0)}, status=status)


def _number(text):
    return int(text) if text.isdecimal() and len(text) <= DIGITS else None


def _start_chat(said, topics):
    customer = {"name": said["name"]} | ({"email": said["email"]} if said["email"] else {})
    # In the language of the page, so that a bot and the articles answer in it; the site's own is everybody's.
    if get_language() != settings.LANGUAGE_CODE:
        customer["language"] = get_language()
    greeting = assistant.greeting()
    conversation_id = center.api().start_conversation(said["topic"], customer, [("bot", greeting)])
    chat = Chat.objects.create(conversation_id=conversation_id, name=said["name"], topic=topics[said["topic"]])
    _note(chat, Line.Author.ASSISTANT, greeting)
    _say(chat, said["text"])
    if center.gateway().waits(conversation_id):
        _ask(chat, assistant.questions())
    return chat


def _say(chat, text, files=(), client_id=""):
    """Pass on what the visitor says; what the page sends again, as its answer was lost, once."""
    event_id = f"{chat.pk.hex}-{client_id}" if client_id else ""
    if event_id and Line.objects.filter(event_id=event_id).exists():
        return
    if files:
        _send_files(chat, text, files, event_id)
    else:
        center.api().say(chat.conversation_id, text, key=event_id)
        _note(chat, Line.Author.VISITOR, text, event_id=event_id)


def _send_files(chat, text, files, event_id):
    """Each file has a key of its own, so that what is sent again is the same message with the same files."""
    gateway, sent = center.gateway(), []
    for number, each in enumerate(files):
        key = f"{event_id}-{number}" if event_id else ""
        sent.append({"id": gateway.upload(chat.conversation_id, each.name, each, key=key), "filename": each.name})
    gateway.say(chat.conversation_id, text=text, attachments=[each["id"] for each in sent], key=event_id)
    _note(chat, Line.Author.VISITOR, text, files=sent, event_id=event_id)


def _ask(chat, card):
    """The assistant sends a card; its id is that of the newest one that says the same."""
    center.gateway().say(chat.conversation_id, author_type="bot", cards=[{"contentType": ADAPTIVE, "content": card}])
    for message in center.gateway().newest_messages(chat.conversation_id):
        if any(each["content"] == card for each in message["cards"]):
            _note(chat, Line.Author.ASSISTANT, "", cards=message["cards"])
            return


def _card_of(chat, card_id):
    lines = list(Line.objects.filter(**_of(chat)))
    over = passed(lines)
    for line in lines:
        line.is_passed = line.pk in over
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
    if line.answers.get(card["id"]) == chosen:  # sent again, as its answer was lost
        return
    last = Line.objects.filter(**_of(chat)).last()  # before the press: its answer may be faster than this one
    center.gateway().submit(chat.conversation_id, card["id"], chosen)
    line.answers[card["id"]] = chosen
    line.save(update_fields=["answers"])
    turns.press(chat, last, card)


def _refusal(act):
    """Do something; return why the contact centre refuses that, in words that the visitor can read; else nothing."""
    try:
        act()
    except ApiError as error:
        if error.status in KNOWN:
            return _(KNOWN[error.status])
        if error.status in REFUSED:
            return _(FIELD.sub("", error.reason) or FAILED)
        raise
    return ""


def _chat_of(request):
    return get_object_or_404(Chat, pk=request.session.get(SESSION_KEY))


def _lines_after(chat, number):
    """The lines after that number, and of those until then the choices that are over by these."""
    lines = list(Line.objects.filter(**_of(chat)))
    shown = [line for line in lines if line.pk <= number]
    over, over_before = passed(lines), passed(shown)
    for line in lines:
        line.is_passed = line.pk in over
    passed_now = [line for line in shown if line.is_passed and line.pk not in over_before]
    gone = [card for line in passed_now for card in line.shown_cards if card["over"]]
    return {"lines": lines[len(shown) :], "gone": gone, "after": lines[-1].pk if lines else number}


def _of(chat):
    return {"conversation_id": chat.conversation_id}


def _note(chat, author, text, *, event_id="", **contents):
    line = {"conversation_id": chat.conversation_id, "author": author, "text": text, **contents}
    if event_id:  # what was sent again while the first was under way
        Line.objects.get_or_create(event_id=event_id, defaults=line)
    else:
        Line.objects.create(**line)
