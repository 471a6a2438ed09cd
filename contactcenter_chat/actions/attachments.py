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

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from ..attachments import storing
from ..attachments.scanning.base import scanner
from ..attachments.storing import Received
from ..conf import settings
from ..database import after_commit, atomic
from ..events import AGENT, AttachmentInfected
from ..exceptions import Invalid, NotFound
from ..models import Agent, ApiKey, Attachment, Conversation, Message, clock
from ..models.attachments import AttachmentState
from ..models.base import max_length
from ..models.clock import NOW
from ..workers import wakeup
from .one_by_one import Step
from .participants import check_handles, living
from .recording import record
from .unsent import check_room

logger = logging.getLogger(__name__)

FOLDER = "contactcenter_chat"
NAME_MAX = max_length(Attachment, "name")
FOUND_MAX = max_length(Attachment, "found")
SENDABLE = (AttachmentState.CLEAN, AttachmentState.QUARANTINED)
SCANNED, DELETED = Step("files_scanned"), Step("files_deleted")
SCAN_AGAIN = timedelta(minutes=5)  # after a scanner that could not say, or that never came back


def add_attachment(
    *,
    conversation_id: str,
    author_type: str,
    name: str,
    received: Received,
    agent: Agent | None = None,
    api_key: ApiKey | None = None,
    tenant_id: str | None = None,
) -> Attachment:
    """Keep a file for a message to come, and return its Attachment.

    ``received`` is an ``attachments.storing.Received`` to which the file was written. ``agent`` is given for an
    agent's file and must be handling the conversation, ``api_key`` for a file that comes by an API: what either has
    uploaded and not sent is limited. With a ``tenant_id`` the conversation must be that tenant's.
    Raises NotFound, Conflict, Invalid, RateLimited, Unavailable.
    """
    if not received.size:
        raise Invalid(_("The file is empty."), field="attachment")
    with atomic():
        conversation = living(conversation_id, tenant_id)
        if author_type == AGENT:
            check_handles(conversation, agent)
        uploader = agent or api_key
        if uploader:
            check_room(uploader, received.size)
        attachment = _register(conversation, author_type, cleaned(name), received, uploader)
    try:
        path = storing.keep(attachment.path, received.file)
    except Exception as error:  # whatever a storage raises
        logger.exception("The attachment %s could not be stored", attachment.pk)
        # What may be there of it the purge deletes; it takes no room of who sent it.
        Attachment.objects.filter(pk=attachment.pk).update(state=AttachmentState.REMOVED)
        raise storing.not_stored() from error
    return finish(attachment, path)


def finish(attachment: Attachment, path: str, **found: Any) -> Attachment:
    """Say that the file is there, and what was ``found`` of it. Must not be called in a transaction.

    When it is not wanted any more, since the conversation was erased meanwhile or another worker fetches it, it is
    deleted and NotFound raised.
    """
    attachment.path = path
    attachment.state = AttachmentState.CLEAN
    if settings.ATTACHMENT_SCANNER:
        attachment.state = AttachmentState.QUARANTINED
    scan_at = NOW if settings.ATTACHMENT_SCANNER else None
    still = Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.RECEIVING, fetches=attachment.fetches)
    if not still.update(path=path, state=attachment.state, scan_at=scan_at, **found):
        delete_unwanted(path)
        raise NotFound("Conversation", attachment.conversation_id)
    if scan_at:
        after_commit(wakeup.wake_scanning)
    return attachment


def delete_unwanted(path: str) -> None:
    """Delete a file whose row is gone. Must not be called in a transaction."""
    try:
        storing.storage().delete(path)
    except Exception:  # whatever a storage raises: whoever sent it is told all the same that it is not wanted
        logger.exception("A file that nobody wants any more could not be deleted: %s", path)


def place_of(attachment: Attachment) -> str:
    """Where its file is to be kept. Nothing in it was chosen by whoever sends the file."""
    return f"{FOLDER}/{attachment.tenant_id}/{attachment.conversation_id}/{attachment.pk}"


def cleaned(name: str | None) -> str:
    """A file's name without folders, and without what does not show or turns the direction of writing."""
    name = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(each for each in name if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    stem, dot, ending = shown.strip().rpartition(".")
    if len(ending) >= NAME_MAX // 2:
        return shown[:NAME_MAX]
    return f"{stem[: NAME_MAX - len(dot + ending)]}{dot}{ending}" or "file"


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
    with atomic():
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
        # Those that cannot be deleted now are deleted later: by the sweep when a person is erased, else by the purge.
        after_commit(remove, ids)


def remove(ids: Iterable[str]) -> int:
    """Delete those of these attachments that are removed or were never sent, each file before its row.

    Returns how many; one whose file cannot be deleted stays, and rests. Must not be called in a transaction.
    """
    rows = Attachment.objects.filter(pk__in=ids)
    rows.filter(message=None).update(state=AttachmentState.REMOVED)
    return _delete(rows.filter(state=AttachmentState.REMOVED))


def delete_with_file(row: QuerySet[Any]) -> int:
    """Delete the row of a file, the file before it; return how many rows. Must not be called in a transaction."""
    if path := row.values_list("path", flat=True).first():
        storing.storage().delete(path)
    return row.delete()[0]


def remove_of_conversations(ids: Iterable[str]) -> int:
    """Delete all files of these conversations, as ``remove`` does. Must not be called in a transaction."""
    return _delete(Attachment.objects.filter(conversation__in=ids))


def scan_due() -> int:
    """Have what waits in quarantine scanned; return how many could be judged."""
    judged = 0
    while attachment := _claim():
        key, tenant_id = attachment.pk, attachment.tenant_id
        before: bool = attachment.failed_before  # type: ignore[attr-defined]
        scan = partial(_scan, attachment)
        judged += SCANNED.attempt(scan, key=key, tenant_id=tenant_id, failed_before=before) or 0
    return judged


def _register(
    conversation: Conversation, author_type: str, name: str, received: Received, uploader: ApiKey | Agent | None
) -> Attachment:
    attachment = Attachment(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.pk,
        author_type=author_type,
        name=name,
        content_type=received.content_type(name),
        size=received.size,
        sha256=received.sha256,
        uploader=uploader.pk if uploader else "",
        created_at=clock.now(),
    )
    attachment.path = place_of(attachment)
    attachment.save(force_insert=True)
    return attachment


def _delete(rows: QuerySet[Attachment]) -> int:
    return DELETED.run(rows.order_by("pk"), _delete_one, at_once=None)


def _delete_one(attachment_id: str) -> int:
    return delete_with_file(Attachment.objects.filter(pk=attachment_id))


def _claim() -> Attachment | None:
    """Return the next attachment to be scanned, which is this worker's for a while; None when there is none."""
    due = Attachment.objects.filter(state=AttachmentState.QUARANTINED, scan_at__lte=NOW)
    while attachment := SCANNED.awake(due).order_by("scan_at", "pk").first():
        claimed = due.filter(pk=attachment.pk, scan_at=attachment.scan_at)
        if claimed.update(scan_at=NOW + SCAN_AGAIN):
            return attachment
    return None


def _scan(attachment: Attachment) -> bool:
    """Judge one attachment. When the scanner cannot say, whatever it raises, it is asked again later."""
    chosen = scanner()
    with storing.storage().open(attachment.path) as file:
        found = chosen.scan(file) if chosen else ""
    _judge(attachment, found)
    return True


def _judge(attachment: Attachment, found: str) -> None:
    state = AttachmentState.INFECTED if found else AttachmentState.CLEAN
    found = found[:FOUND_MAX]
    waiting = Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.QUARANTINED)
    with atomic():
        conversation = Conversation.objects.lock(attachment.conversation_id)
        if waiting.update(state=state, found=found, scan_at=None) and found:
            record(conversation, AttachmentInfected(attachment_id=attachment.pk, found=found))
