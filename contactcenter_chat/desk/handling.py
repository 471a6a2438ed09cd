"""Hand a chat on, or end it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.shortcuts import render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..actions.assistant.asking import note_used
from ..actions.bots import after_agent
from ..actions.center import interactions, transfers
from ..actions.center.estimates import snapshot_of_tenant
from ..database import without_transaction
from ..exceptions import Invalid
from ..models import clock
from ..models.assistant import AssistantKind
from ..models.conversations import NOTE_MAX
from ..queries import assignment, assistant, desk, doors
from ..queries.departments import department_door, departments_of
from ..queries.estimates import expected_in
from ..queries.handing_on import OFTEN, handed_on_lately
from ..queries.queue_figures import queues_of
from .base import done, number, part

TO_ASSISTANT = "assistant"
VERBS: dict[str, tuple[Callable[..., Any], str]] = {
    "queue": (transfers.transfer_to_queue, "queue"),
    "department": (transfers.transfer_to_department, "department"),
    "agent": (transfers.transfer_to_agent, "to_agent"),
}


@without_transaction  # what is found out about queues is shared at once
@require_http_methods(["GET", "POST"])
@part
def transfer(request, interaction_id):
    """To whom a chat can be handed on, and the handing on."""
    interaction = desk.interaction_for(request.agent, interaction_id)
    if request.method == "GET":
        return render(request, "contactcenter_chat/desk/transfer.html", _targets(request.agent, interaction))
    _transfer(request, interaction)
    return done(moved=interaction.conversation_id)


@require_GET
@part
def ask_to_end(request, interaction_id):
    """Whether the chat is really to be ended."""
    interaction = desk.interaction_for(request.agent, interaction_id)
    conversation = desk.conversation_for(request.agent, interaction.conversation_id)
    awaited = assignment.awaited_bot(conversation)
    context = {
        "interaction": interaction,
        "conversation": conversation,
        "awaited": awaited,
        "assistant": "" if awaited else assignment.assistant_for(conversation),
        "to_assistant": TO_ASSISTANT,
    }
    return render(request, "contactcenter_chat/desk/end.html", context)


@require_POST
@part
def end(request, interaction_id):
    """The agent ends the chat, and may give it back to the assistant."""
    bot = _assistant(request, interaction_id) if request.POST.get("then") == TO_ASSISTANT else ""
    heard = number(request.POST["seen"]) if "seen" in request.POST else None
    interaction = interactions.end_interaction(
        interaction_id=interaction_id, agent=request.agent, bot=bot, heard=heard
    )
    return done(moved=interaction.conversation_id)


@require_POST
@part
def nobody_there(request, interaction_id):
    """The agent ends a chat in which nobody is there."""
    interaction = interactions.nobody_there(interaction_id=interaction_id, agent=request.agent)
    return done(moved=interaction.conversation_id)


def _assistant(request, interaction_id):
    interaction = desk.interaction_for(request.agent, interaction_id)
    conversation = desk.conversation_for(request.agent, interaction.conversation_id)
    name = assignment.assistant_for(conversation)
    if not name:
        raise after_agent.cannot_go_on()
    return name


def _targets(agent, interaction):
    handed_on = handed_on_lately(interaction.conversation_id)
    standing, now = snapshot_of_tenant(agent.tenant), clock.now()
    waiting = desk.transfer_queues(agent, interaction.share)
    queues = [_found(queue, standing, now, waits) for queue, waits in waiting]
    return {
        "interaction": interaction,
        "queues": queues,
        "departments": _departments(agent, {queue.pk: found for queue, *found in queues}, now),
        "agents": desk.transfer_agents(agent, interaction.share),
        "handed_on": handed_on if handed_on + 1 >= OFTEN else 0,
        "note_length": NOTE_MAX,
        "is_assisted": assistant.is_offered(interaction),
    }


def _found(queue, standing, now, waits):
    """A queue, what waits there, how long who comes would wait, and how it is found."""
    expect = partial(expected_in, queue.pk, standing)
    return queue, waits, expect(), doors.door_of(queue, now, expect)


def _departments(agent, queues, now):
    """Each with its entry queue, how long who comes would wait there, and how the department is found."""
    departments = []
    for department in departments_of(agent.tenant_id):
        for row in department.entry_rows:
            _waits, expected, door = queues[row.queue_id]
            departments.append((department, row.queue, expected, department_door(department, door, now)))
    return departments


def _transfer(request, interaction):
    note = request.POST.get("note", "").strip()
    if len(note) > NOTE_MAX:
        raise Invalid(gettext_noop("The note is too long."), field="note")
    kind, _colon, pk = request.POST.get("target", "").partition(":")
    free = desk.transfer_agents(request.agent, interaction.share).filter(is_free=True)
    tenant_id = request.agent.tenant_id
    targets = {"queue": queues_of(tenant_id), "department": departments_of(tenant_id), "agent": free}
    target = targets[kind].filter(pk=pk).first() if kind in targets else None
    if target is None:
        raise Invalid(gettext_noop("Choose a queue, or a colleague who is available."), field="target")
    verb, name = VERBS[kind]
    written = assistant.ready(request.agent, interaction.pk, request.POST.get("draft", ""), AssistantKind.SUMMARY)
    drafted_by = written.drafted_by if written and note else ""
    verb(interaction_id=interaction.pk, agent=request.agent, note=note, drafted_by=drafted_by, **{name: target})
    if written and note:
        note_used(written, note)
