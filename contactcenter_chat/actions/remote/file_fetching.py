"""How do the files come here that a remote centre's message names? From the address that it gives, a moment later.

No transaction is open while one is fetched. The row of a file that is to come is there with its message; one that a
worker had begun to fetch when it died is due again.
"""

import logging
import mimetypes
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from ...attachments import storing
from ...conf import settings
from ...database import after_commit
from ...exceptions import NotFound, TooLarge
from ...models import Attachment, Message
from ...models.attachments import AttachmentState
from ...models.base import max_length
from ...models.clock import NOW
from ...outbound import requests
from ...providers.remote import load_center
from ...workers import wakeup
from ...workers.process import kept
from ...workers.threads import TASK_SECONDS, Threads
from ..attachments import cleaned, finish, place_of
from ..one_by_one import Step
from .file_sharing import BeingFetched

logger = logging.getLogger(__name__)

REMOTE_ID_MAX = max_length(Attachment, "remote_id")
TYPE_MAX = max_length(Attachment, "content_type")
WAITS = (2, 10, 30, 120, 600, 3600)  # seconds after each failure; after one more it is given up
FILES_AT_ONCE = 4  # by a process
FETCHED = Step("files_fetched")
KEEP_SECONDS = 60  # for storing what was fetched

_threads = kept(Threads, "fetching", lambda: FILES_AT_ONCE)
_being_fetched = kept(BeingFetched, FILES_AT_ONCE)


def expect_files(message: Message, told: Iterable[Mapping[str, str]]) -> list[Attachment]:
    """Make the attachments of a remote message, as its event tells of them, and have them fetched; return them.

    Expects the conversation locked.
    """
    rows = [_expected(message, position, each) for position, each in enumerate(told)]
    if rows:
        Attachment.objects.bulk_create(rows)
        after_commit(wakeup.wake_fetching)
    return rows


def fetch_in_thread() -> None:
    """Fetch what is due. A file that comes slowly is not waited for: its thread goes on by itself.

    Nothing is done while all threads are at work: the clock sees to it that what is due is fetched later.
    """
    _threads.do(fetch_due)


def fetch_due() -> int:
    """Fetch what is due; return how many files came."""
    stop_at, fetched = time.monotonic() + TASK_SECONDS, 0
    while time.monotonic() < stop_at:
        with _being_fetched.one_of(_due(), _claim) as attachment:
            if attachment is None:
                return fetched
            key, tenant_id = attachment.pk, attachment.tenant_id
            before: bool = attachment.failed_before  # type: ignore[attr-defined]
            fetch = partial(_fetch, attachment)
            fetched += FETCHED.attempt(fetch, key=key, tenant_id=tenant_id, failed_before=before) or 0
    wakeup.wake_fetching()
    return fetched


def wake_if_due() -> None:
    """Have fetched what is due by the clock, or what a lost wake-up left."""
    if _due().exists():
        wakeup.wake_fetching()


def _expected(message: Message, position: int, told: Mapping[str, str]) -> Attachment:
    name = cleaned(told["file_name"])
    is_named = bool(told["url"])
    row = Attachment(
        tenant_id=message.tenant_id,
        conversation_id=message.conversation_id,
        message=message,
        author_type=message.author_type,
        position=position,
        name=name,
        content_type=(mimetypes.guess_type(name)[0] or storing.BYTES)[:TYPE_MAX],  # until its bytes show it
        size=0,
        remote_id=told["id"][:REMOTE_ID_MAX],
        source=told["url"],
        state=AttachmentState.RECEIVING if is_named else AttachmentState.MISSING,
        fetch_at=NOW if is_named else None,
    )
    row.path = place_of(row)
    return row


def _due() -> QuerySet[Attachment]:
    return FETCHED.awake(Attachment.objects.filter(state=AttachmentState.RECEIVING, fetch_at__lte=NOW))


def _claim(allowed: QuerySet[Attachment]) -> Attachment | None:
    """Return the first of these attachments, which is this worker's for a while; None when there is none."""
    while attachment := allowed.select_related("conversation__channel").first():
        if attachment.fetches > len(WAITS):
            _give_up(attachment, "each worker that began to fetch it died")
            continue
        claimed = _due().filter(pk=attachment.pk, fetches=attachment.fetches)
        attachment.fetches += 1
        # A place for each time, so that a worker that was thought to be dead does not write where another one does.
        attachment.path = _place(attachment, attachment.fetches)
        changes = {"fetches": attachment.fetches, "path": attachment.path, "fetch_at": _claimed_until()}
        if claimed.update(**changes):
            return attachment
    return None


def _fetch_seconds() -> float:
    """How long one fetch may take in all; the file may be as large as any."""
    return settings.CALLBACK_TIMEOUT + storing.seconds_on_the_way(settings.ATTACHMENT_MAX_BYTES)


def _claimed_until() -> Combinable:
    return NOW + timedelta(seconds=_fetch_seconds() + KEEP_SECONDS)


def _place(attachment: Attachment, time_: int) -> str:
    return f"{place_of(attachment)}-{time_}"


def _fetch(attachment: Attachment) -> bool:
    """Fetch one file; False when it did not come."""
    try:
        with storing.Received() as received:
            answer = _ask(attachment, received)
            if answer.status == requests.OK:
                _keep(attachment, received)
                return True
    except NotFound:  # it was erased meanwhile
        return False
    except TooLarge as error:
        _give_up(attachment, error.message)
        return False
    except Exception:  # whatever a storage raises
        logger.exception("The attachment %s could not be stored", attachment.pk)
        _try_again(attachment, "it could not be stored")
        return False
    reason = answer.error or f"the answer was {answer.status}"
    (_give_up if answer.refused else _try_again)(attachment, reason)
    return False


def _ask(attachment: Attachment, received: storing.Received) -> requests.Response:
    return requests.request(
        "GET",
        attachment.source,
        deadline=time.monotonic() + _fetch_seconds(),
        is_trusted=_is_of_the_centre(attachment),
        into=received,
    )


def _is_of_the_centre(attachment: Attachment) -> bool:
    """Whether the file is at the centre's own address, which the project's settings name."""
    try:
        return load_center(attachment.conversation.channel.provider).is_at(attachment.source)
    except (KeyError, ImportError):  # the provider is no longer there
        return False


def _keep(attachment: Attachment, received: storing.Received) -> None:
    for earlier in range(1, attachment.fetches):  # of a worker that died before it could say that the file is there
        storing.storage().delete(_place(attachment, earlier))
    path = storing.keep(attachment.path, received.file)
    found = {
        "size": received.size,
        "sha256": received.sha256,
        "content_type": received.content_type(attachment.name),
    }
    finish(attachment, path, **found, source="", fetch_at=None)


def _try_again(attachment: Attachment, reason: str) -> None:
    if attachment.fetches > len(WAITS):
        _give_up(attachment, reason)
        return
    fetch_at = NOW + timedelta(seconds=WAITS[attachment.fetches - 1])
    _still_expected(attachment).update(fetch_at=fetch_at)


def _give_up(attachment: Attachment, reason: str) -> None:
    logger.warning("The attachment %s could not be fetched: %s", attachment.pk, reason)
    _still_expected(attachment).update(state=AttachmentState.MISSING, source="", fetch_at=None)


def _still_expected(attachment: Attachment) -> QuerySet[Attachment]:
    return Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.RECEIVING, fetches=attachment.fetches)
