"""Files in a chat: looked at, uploaded before they are sent, thrown away again."""

from urllib.parse import unquote

from django.http import JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from ..actions import attachments
from ..actions.participants import not_in_chat
from ..attachments.downloads import send
from ..events import AGENT
from ..http.uploads import received
from ..queries import desk
from .base import done, part


@require_POST
@part
def upload(request, conversation_id):
    """Keep the file that the request's body is, for a message to come; its name is in a header.

    The body is no form: one would be read as a whole when the request is checked for forgery.
    """
    conversation = desk.conversation_for(request.agent, conversation_id)
    if not desk.handles(request.agent, conversation):
        raise not_in_chat()
    with received(request) as file:
        attachment = attachments.add_attachment(
            conversation_id=conversation.pk,
            author_type=AGENT,
            agent=request.agent,
            name=unquote(request.headers.get("X-File-Name", "")),
            received=file,
        )
    return uploaded(attachment)


def uploaded(attachment):
    """The answer to whoever adds a file that is not sent yet: what the page shows of it."""
    url = reverse("contactcenter_chat:desk:attachment", args=[attachment.conversation_id, attachment.pk])
    size = filesizeformat(attachment.size)  # as it will stand in the chat
    return JsonResponse({"id": attachment.pk, "url": url, "image": attachment.is_shown, "size": size})


@require_safe
@part
def attachment(request, conversation_id, attachment_id):
    """The file."""
    return send(request, desk.attachment_for(request.agent, conversation_id, attachment_id))


@require_GET
@part
def attachment_line(request, conversation_id, attachment_id):
    """How the file stands in the chat, for one that was being checked."""
    attachment = desk.attachment_for(request.agent, conversation_id, attachment_id)
    context = {"conversation": attachment.conversation, "attachment": attachment}
    return render(request, "contactcenter_chat/desk/attachment.html", context)


@require_POST
@part
def discard(request, conversation_id, attachment_id):
    """Throw a file away that was not sent."""
    row = desk.attachment_for(request.agent, conversation_id, attachment_id)
    attachments.discard_attachment(conversation_id=row.conversation_id, attachment_id=row.pk, agent=request.agent)
    return done()
