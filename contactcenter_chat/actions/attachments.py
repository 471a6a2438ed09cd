"""How do files come into a conversation, and how do they go?

No file is written, read or deleted with a transaction open: a storage may be far away. The row is there before the
file and goes after it.
"""

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ..attachments import storing
from ..attachments.scanning.base import scanner
from ..attachments.storing import Received
from ..conf import settings
from ..events import AGENT, AttachmentInfected
from ..exceptions import Invalid, NotFound, Unavailable
from ..models import Agent, Attachment, Conversation, Message
from ..models.attachments import AttachmentState
from ..models.base import max_length
from ..workers import wakeup
from .participants import check_handles, living
from .recording import record

logger = logging.getLogger(__name__)

FOLDER = "contactcenter_chat"
NAME_LENGTH = max_length(Attachment, "name")
FOUND_LENGTH = max_length(Attachment, "found")
SENDABLE = (AttachmentState.CLEAN, AttachmentState.QUARANTINED)
SCAN_AGAIN = timedelta(minutes=5)  # after a scanner that could not say, or that never came back


def add_attachment(
    *,
    conversation_id: str,
    author_type: str,
    name: str,
    received: Received,
    agent: Agent | None = None,
    tenant_id: str | None = None,
) -> Attachment:
    """Keep a file for a message to come, and return its Attachment; ``received`` is a ``storing.Received``.

    ``agent`` is given for an agent's file and must be handling the conversation. With a ``tenant_id`` the
    conversation must be that tenant's. Raises NotFound, Conflict, Invalid, Unavailable.
    """
    if not received.size:
        raise Invalid(_("The file is empty."), field="attachment")
    with transaction.atomic():
        conversation = living(conversation_id, tenant_id)
        if author_type == AGENT:
            check_handles(conversation, agent)
        attachment = _register(conversation, author_type, cleaned(name), received)
    try:
        path = storing.keep(attachment.path, received.file)
    except Exception as error:  # whatever a storage raises
        logger.exception("The attachment %s could not be stored", attachment.pk)
        raise Unavailable(_("The file could not be stored. Please try again.")) from error
    return finish(attachment, path)


def finish(attachment: Attachment, path: str, **found: Any) -> Attachment:
    """Say that the file is there, and what was ``found`` of it. Must not be called in a transaction.

    When it is not wanted any more, since the conversation was erased meanwhile or another worker fetches it, it is
    deleted and NotFound raised.
    """
    attachment.path = path
    attachment.state = AttachmentState.CLEAN
    if settings.ATTACHMENT_SCANNER:
        attachment.state, attachment.scan_at = AttachmentState.QUARANTINED, timezone.now()
    still = Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.RECEIVING, fetches=attachment.fetches)
    if not still.update(path=path, state=attachment.state, scan_at=attachment.scan_at, **found):
        storing.storage().delete(path)
        raise NotFound("Conversation", attachment.conversation_id)
    if attachment.scan_at:
        transaction.on_commit(wakeup.wake_scanning)
    return attachment


def place_of(attachment: Attachment) -> str:
    """Where its file is to be kept. Nothing in it was chosen by whoever sends the file."""
    return f"{FOLDER}/{attachment.tenant_id}/{attachment.conversation_id}/{attachment.pk}"


def cleaned(name: str | None) -> str:
    """A file's name without folders, and without what does not show or turns the direction of writing."""
    name = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(each for each in name if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    stem, dot, ending = shown.strip().rpartition(".")
    if len(ending) >= NAME_LENGTH // 2:
        return shown[:NAME_LENGTH]
    return f"{stem[: NAME_LENGTH - len(dot + ending)]}{dot}{ending}" or "file"


def attachments_to_send(conversation: Conversation, ids: Iterable[str], author_type: str) -> list[Attachment]:
    """Lock and return the attachments with these ids, in this order, for one message. Raises Invalid.

    Expects the conversation locked.
    """
    ids = list(dict.fromkeys(ids))
    if len(ids) > settings.ATTACHMENTS_PER_MESSAGE:
        raise Invalid(
            _("May not have more than %(most)s items."), most=settings.ATTACHMENTS_PER_MESSAGE, field="attachments"
        )
    rows = Attachment.objects.locked().filter(conversation_id=conversation.pk, message=None, pk__in=ids)
    own = {row.pk: row for row in rows.order_by("pk") if (row.author_type == AGENT) == (author_type == AGENT)}
    for pk in ids:
        if pk not in own or own[pk].state not in (*SENDABLE, AttachmentState.INFECTED):
            raise Invalid(_("There is no attachment %(id)s to send."), id=pk, field="attachments", value=pk)
        if own[pk].state == AttachmentState.INFECTED:
            raise Invalid(_("This file is not safe and cannot be sent."), field="attachments", value=pk)
    return [own[pk] for pk in ids]


def attach(message: Message, attachments: Sequence[Attachment]) -> None:
    """Make these attachments, locked by ``attachments_to_send``, those of a message."""
    for position, attachment in enumerate(attachments):
        attachment.message, attachment.position, attachment.author_type = message, position, message.author_type
    Attachment.objects.bulk_update(attachments, ["message", "position", "author_type"])


def discard_attachment(*, conversation_id: str, attachment_id: str, agent: Agent) -> None:
    """Delete a file that the agent has not sent; nothing happens when there is none."""
    unsent = Attachment.objects.filter(conversation_id=conversation_id, message=None, author_type=AGENT)
    with transaction.atomic():
        check_handles(living(conversation_id), agent)
        unsent.filter(pk=attachment_id).update(state=AttachmentState.REMOVED)
    _delete(Attachment.objects.filter(pk=attachment_id, state=AttachmentState.REMOVED))


def erase_attachments(conversation: Conversation) -> None:
    """Delete a conversation's files after the commit. Expects it locked."""
    rows = Attachment.objects.filter(conversation=conversation)
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        nothing = {"name": "", "sha256": "", "found": "", "source": "", "scan_at": None, "fetch_at": None}
        rows.update(state=AttachmentState.REMOVED, **nothing)
        # Those that cannot be deleted now the next purge deletes.
        transaction.on_commit(partial(remove, ids), robust=True)


def remove(ids: Iterable[str]) -> int:
    """Delete those of these attachments that are removed or were never sent, each file before its row.

    Returns how many. Must not be called in a transaction.
    """
    rows = Attachment.objects.filter(pk__in=ids)
    rows.filter(message=None).update(state=AttachmentState.REMOVED)
    return _delete(rows.filter(state=AttachmentState.REMOVED))


def remove_of_conversations(ids: Iterable[str]) -> int:
    """Delete all files of these conversations, each before its row. Must not be called in a transaction."""
    return _delete(Attachment.objects.filter(conversation__in=ids))


def scan_due() -> int:
    """Have what waits in quarantine scanned; return how many could be judged."""
    judged = 0
    while attachment := _claim():
        judged += _scan(attachment)
    return judged


def _register(conversation: Conversation, author_type: str, name: str, received: Received) -> Attachment:
    attachment = Attachment(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        author_type=author_type,
        name=name,
        content_type=received.content_type(name),
        size=received.size,
        sha256=received.sha256,
    )
    attachment.path = place_of(attachment)
    attachment.save(force_insert=True)
    return attachment


def _delete(rows: QuerySet[Attachment]) -> int:
    deleted = 0
    for pk, path in rows.order_by("pk").values_list("pk", "path"):
        storing.storage().delete(path)
        deleted += Attachment.objects.filter(pk=pk).delete()[0]
    return deleted


def _claim() -> Attachment | None:
    """Return the next attachment to be scanned, which is this worker's for a while; None when there is none."""
    due = Attachment.objects.filter(state=AttachmentState.QUARANTINED, scan_at__lte=timezone.now())
    while attachment := due.order_by("scan_at", "pk").first():
        claimed = due.filter(pk=attachment.pk, scan_at=attachment.scan_at)
        if claimed.update(scan_at=timezone.now() + SCAN_AGAIN):
            return attachment
    return None


def _scan(attachment: Attachment) -> bool:
    """Judge one attachment; False when the scanner cannot say, and it is to be asked again later."""
    chosen = scanner()
    try:
        with storing.storage().open(attachment.path) as file:
            found = chosen.scan(file) if chosen else ""
    except Exception:  # whatever a scanner or a storage raises
        logger.exception("The attachment %s could not be scanned", attachment.pk)
        return False
    _judge(attachment, found)
    return True


def _judge(attachment: Attachment, found: str) -> None:
    state = AttachmentState.INFECTED if found else AttachmentState.CLEAN
    found = found[:FOUND_LENGTH]
    waiting = Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.QUARANTINED)
    with transaction.atomic():
        conversation = Conversation.objects.lock(attachment.conversation_id)
        if waiting.update(state=state, found=found, scan_at=None) and found:
            record(conversation, AttachmentInfected(attachment_id=attachment.pk, found=found))
