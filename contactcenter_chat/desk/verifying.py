"""Who is the customer? A code is sent, and checked when the customer gives it."""

from django.shortcuts import render
from django.views.decorators.http import require_POST

from ..actions.verification import check_code, send_code
from ..database import without_transaction
from ..models import clock
from ..queries import desk
from ..queries.identity import standing_of
from .base import part


@without_transaction  # a wrong code is counted, and a code is sent when that is sure
@require_POST
@part
def verify(request, conversation_id):
    """Check the code in the form; without one, send the customer a code."""
    conversation = desk.conversation_for(request.agent, conversation_id)
    about = {"conversation_id": conversation.pk, "agent": request.agent}
    has_code = "code" in request.POST
    if has_code:
        check_code(code=request.POST["code"], **about)
    else:
        send_code(**about)
    return render(
        request,
        "contactcenter_chat/desk/verification.html",
        {
            "conversation": conversation,
            "standing": standing_of(conversation, clock.now()),
            "handled": True,
            "is_sent": not has_code,  # where the keyboard goes on
            "is_checked": has_code,
        },
    )
