"""One chat: its log, and what the agent says in it."""

from datetime import timedelta
from functools import partial

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from ..actions import messages
from ..actions.assistant.asking import say_with_draft
from ..actions.center import agents
from ..actions.knowledge import acts, uses
from ..actions.reading import mark_read
from ..actions.typing import agent_types
from ..conf import settings
from ..events import AGENT
from ..exceptions import Invalid
from ..knowledge import variables
from ..models import Message, clock
from ..models.base import max_length
from ..models.conversations import NOTE_MAX
from ..queries import desk, log_lines
from ..queries.acts import owed_told
from ..queries.assistant import is_offered, options
from ..queries.code_choices import choices
from ..queries.identity import standing_of
from ..queries.optouts import is_out
from ..queries.tools import tools_for
from ..routing.pace import pace_of
from .base import number, part

CLIENT_ID_MAX = max_length(Message, "client_id")
NUMBERS_ASKED = 100
SHOWN_ANYWAY = ("name", "email", "company", "language")  # of the customer's data


@require_GET
@part
def chat(request, conversation_id):
    """The whole chat, with the end of its log."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    reading = log_lines.read_before(conversation)
    return render(request, "contactcenter_chat/desk/chat.html", _context(request, conversation, reading))


@require_GET
@part
def news(request, conversation_id):
    """What came after a number, and the parts of the chat that depend on its state."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    return _news(request, conversation, number(request.GET.get("after")))


@require_GET
@part
def earlier(request, conversation_id):
    """What came before a number."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    reading = log_lines.read_before(conversation, number(request.GET.get("before")))
    return render(request, "contactcenter_chat/desk/lines.html", _context(request, conversation, reading))


@require_GET
@part
def side(request, conversation_id):
    """What is known of the customer, and the earlier episodes."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    return render(request, "contactcenter_chat/desk/side.html", _side(request.agent, conversation))


@require_GET
@part
def deliveries(request, conversation_id):
    """How far these messages are on their way to the customer: {number: state}, ``late`` for those to worry about."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    numbers = [number(each) for each in request.GET.getlist("number")[:NUMBERS_ASKED]]
    late_before = clock.now() - timedelta(seconds=settings.UNDELIVERED_WARN_SECONDS)
    return JsonResponse(log_lines.deliveries_of(conversation, numbers, late_before=late_before))


@require_POST
@part
def say(request, conversation_id):
    """The agent says something; the answer is the news, with what was said among them."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    after = number(request.POST.get("after"))  # before anything is said
    client_id = request.POST.get("client_id", "")
    text = request.POST.get("text", "").replace("\r\n", "\n")
    _check_whole(text)
    said = {
        "conversation_id": conversation.pk,
        "agent": request.agent,
        "text": text,
        "attachments": request.POST.getlist("attachments"),
        "client_id": f"desk-{client_id}"[:CLIENT_ID_MAX] if client_id else "",
    }
    response_ids = request.POST.getlist("responses")
    say = (
        partial(acts.say, response_ids=response_ids)
        if response_ids
        else partial(messages.add_message, author_type=AGENT)
    )
    if draft_id := request.POST.get("draft"):
        about = {"conversation_id": conversation.pk, "agent": request.agent, "draft_id": draft_id, "text": text}
        say_with_draft(**about, say=lambda model: say(**said, drafted_by=model))
    else:
        say(**said)
    if inserted := request.POST.getlist("articles"):
        uses.note_sent(conversation, request.agent, inserted, text)
    return _news(request, conversation, after)


@require_POST
@part
def typing(request, conversation_id):
    """The agent types, or with ``stopped`` does no longer."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    if conversation.open_interaction_id:
        types = "stopped" not in request.POST
        if types:
            agents.note_typing(interaction_id=conversation.open_interaction_id, agent=request.agent)
        agent_types(conversation.open_interaction_id, request.agent.pk, types=types)
    return HttpResponse(status=204)


@require_POST
@part
def read(request, conversation_id):
    """The agent has read as far as this number."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    said_at = desk.said_until(conversation, number(request.POST.get("number")))
    if said_at:
        mark_read(conversation_id=conversation.pk, author_type=AGENT, agent=request.agent, read_at=said_at)
    return HttpResponse(status=204)


def _news(request, conversation, after):
    reading = log_lines.read_after(conversation, after)
    return render(request, "contactcenter_chat/desk/news.html", _context(request, conversation, reading))


def _context(request, conversation, reading):
    own = desk.own_interactions(request.agent, conversation)
    handled, has_model = desk.handled_of(own), bool(settings.ASSISTANT) and options() is not None
    return {
        "agent": request.agent,
        "conversation": conversation,
        "reading": reading,
        "handled": handled,
        "warn_at": _warn_at(handled),
        "is_silent": handled is not None and not desk.has_written(handled),
        "read_at": desk.read_by_customer(conversation),
        "has_finished": not own and desk.has_finished(request.agent, conversation),
        "is_assisted": has_model and handled is not None and is_offered(handled),
        "has_model": has_model,
        "note_length": NOTE_MAX,
        "wrap_ups": [(interaction, choices(interaction)) for interaction in own if interaction is not handled],
        "owed": owed_told(request.agent, conversation) if any(each.owes for each in own) else (),
        "variable": variables.PATTERN,
        "settings": settings,
    }


def _warn_at(handled):
    """When the desk warns that there is no first reply; None where nothing follows from that."""
    if handled is None or handled.first_reply_at:
        return None
    pace = pace_of(handled.pace)
    return handled.accepted_at + timedelta(seconds=pace.first_reply_warn) if pace.first_reply else None


def _side(agent, conversation):
    handled = desk.handled_of(desk.own_interactions(agent, conversation))
    return {
        "conversation": conversation,
        "data": [item for item in conversation.data_in_order.items() if item[0] not in SHOWN_ANYWAY],
        "handled": handled,
        "tools": tools_for(agent) if handled else (),
        "offered": choices(handled) if handled else None,
        "interactions": desk.interactions_of(conversation),
        "others": desk.other_conversations(agent, conversation),
        "standing": standing_of(conversation, clock.now()),
        "is_out": is_out(conversation.customer),
    }


def _check_whole(text):
    """Refuse a text with a gap, where a prepared response had no value. Raises Invalid."""
    if "{" in text and (gaps := variables.variables_in(text)):
        raise Invalid(_("Fill in %(variable)s first."), variable=f"{{{gaps[0]}}}", field="text")
