"""Hand a chat on, or end it."""

from django.shortcuts import render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..actions.center import interactions, transfers
from ..exceptions import Invalid
from ..queries import desk
from .base import done, part

NOTE_LENGTH = 2000


@require_http_methods(["GET", "POST"])
@part
def transfer(request, interaction_id):
    """To whom a chat can be handed on, and the handing on."""
    interaction = desk.interaction_for(request.agent, interaction_id)
    queues, agents = desk.transfer_queues(request.agent), desk.transfer_agents(request.agent)
    if request.method == "GET":
        context = {"interaction": interaction, "queues": queues, "agents": agents, "note_length": NOTE_LENGTH}
        return render(request, "contactcenter_chat/desk/transfer.html", context)
    _transfer(request, interaction, queues, agents)
    return done(moved=interaction.conversation_id)


@require_GET
@part
def ask_to_end(request, interaction_id):
    """Whether the chat is really to be ended."""
    interaction = desk.interaction_for(request.agent, interaction_id)
    return render(request, "contactcenter_chat/desk/end.html", {"interaction": interaction})


@require_POST
@part
def end(request, interaction_id):
    """The agent ends the chat."""
    interaction = interactions.end_interaction(interaction_id=interaction_id, agent=request.agent)
    return done(moved=interaction.conversation_id)


def _transfer(request, interaction, queues, agents):
    note = request.POST.get("note", "").strip()
    if len(note) > NOTE_LENGTH:
        raise Invalid(gettext_noop("The note is too long."), field="note")
    kind, _colon, pk = request.POST.get("target", "").partition(":")
    target = {"queue": queues, "agent": agents}[kind].filter(pk=pk).first() if kind in ("queue", "agent") else None
    if target is None:
        raise Invalid(gettext_noop("Choose a queue, or a colleague who is available."), field="target")
    if kind == "queue":
        transfers.transfer_to_queue(interaction_id=interaction.pk, agent=request.agent, queue=target, note=note)
    else:
        transfers.transfer_to_agent(interaction_id=interaction.pk, agent=request.agent, to_agent=target, note=note)
