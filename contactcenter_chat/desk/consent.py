"""Does the customer want conversations that the business begins? An agent notes what the customer says."""

from django.shortcuts import render
from django.views.decorators.http import require_POST

from ..actions.optouts import set_opted_out
from ..queries import desk
from .base import part


@require_POST
@part
def opted_out(request, conversation_id):
    """Note that the customer wants none, or does again: ``out`` in the form says which."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    out = request.POST.get("out") == "1"
    set_opted_out(conversation_id=conversation.pk, agent=request.agent, opted_out=out)
    return render(
        request,
        "contactcenter_chat/desk/opted_out.html",
        {"conversation": conversation, "handled": True, "is_noted": True, "is_out": out},
    )
