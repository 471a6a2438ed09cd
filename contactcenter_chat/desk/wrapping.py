"""Codes, more time, finish."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from ..actions.assistant.asking import note_used
from ..actions.center import wrapup
from ..models.assistant import AssistantKind
from ..queries.assistant import ready
from .base import done, part

CODES = "codes"  # how the names of the form's fields begin: each list of single choice has its own


@require_POST
@part
def codes(request, interaction_id):
    """Keep what was chosen so far."""
    wrapup.choose_codes(interaction_id=interaction_id, agent=request.agent, code_ids=_chosen(request))
    return HttpResponse(status=204)


@require_POST
@part
def finish(request, interaction_id):
    """All is said and done."""
    note = request.POST.get("note", "").replace("\r\n", "\n")
    written = ready(request.agent, interaction_id, request.POST.get("draft", ""), AssistantKind.SUMMARY)
    written = written if note.strip() else None
    interaction = wrapup.finish(
        interaction_id=interaction_id,
        agent=request.agent,
        code_ids=_chosen(request),
        note=note,
        drafted_by=written.drafted_by if written else "",
    )
    if written:
        note_used(written, note)
    return done(moved=interaction.conversation_id)


@require_POST
@part
def extend(request, interaction_id):
    """Some more time for wrap-up."""
    interaction = wrapup.extend(interaction_id=interaction_id, agent=request.agent)
    return done(moved=interaction.conversation_id)


def _chosen(request):
    return [value for name in request.POST if name.startswith(CODES) for value in request.POST.getlist(name) if value]
