"""How do the files come here that a remote centre's message names? From the address that it gives, a moment later.

No transaction is open while one is fetched. The row of a file that is to come is there with its message; one that a
worker had begun to fetch when it died is due again.
"""

import logging
import mimetypes
import time
from concurrent.futures import wait
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ...attachments import storing
from ...conf import settings
from ...exceptions import NotFound, TooLarge
from ...models import Attachment
from ...models.attachments import AttachmentState
from ...models.base import max_length
from ...outbound import requests
from ...providers.remote import load_center
from ...workers import wakeup
from ...workers.process import kept
from ...workers.threads import SLOW_SECONDS, TASK_SECONDS, Threads
from ..attachments import cleaned, finish, place_of

logger = logging.getLogger(__name__)

REMOTE_ID_MAX = max_length(Attachment, "remote_id")
TYPE_MAX = max_length(Attachment, "content_type")
WAITS = (2, 10, 30, 120, 600, 3600)  # seconds after each failure; after one more it is given up
FILES_AT_ONCE = 4  # by a process
KEEP_SECONDS = 60  # for storing what was fetched

_threads = kept(Threads, "fetching", lambda: FILES_AT_ONCE)


def expect_files(message, told):
    """Make the attachments of a remote message, as its event tells of them, and have them fetched; return them.

    Expects the conversation locked.
    """
    rows = [_expected(message, position, each) for position, each in enumerate(told)]
    if rows:
        Attachment.objects.bulk_create(rows)
        transaction.on_commit(wakeup.wake_fetching)
    return rows


def fetch_in_thread():
    """Fetch what is due. A file that comes slowly is not waited for: its thread goes on by itself.

    Nothing is done while all threads are at work: the clock sees to it that what is due is fetched later.
    """
    if _threads.free() > 0:
        future = _threads.submit(fetch_due)
        _, slow = wait([future], SLOW_SECONDS)
        _threads.leave(slow)
        if not slow:
            future.result()


def fetch_due():
    """Fetch what is due; return how many files came."""
    stop_at, fetched = time.monotonic() + TASK_SECONDS, 0
    while attachment := _claim():
        fetched += _fetch(attachment)
        if time.monotonic() >= stop_at:
            wakeup.wake_fetching()
            break
    return fetched


def wake_if_due():
    """Have fetched what is due by the clock, or what a lost wake-up left."""
    if _due().exists():
        wakeup.wake_fetching()


def _expected(message, position, told):
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
        fetch_at=timezone.now() if is_named else None,
    )
    row.path = place_of(row)
    return row


def _due():
    return Attachment.objects.filter(state=AttachmentState.RECEIVING, fetch_at__lte=timezone.now())


def _claim():
    """Return the next attachment to be fetched, which is this worker's for a while; None when there is none."""
    while attachment := _due().select_related("conversation__channel").order_by("fetch_at", "pk").first():
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


def _fetch_seconds():
    """How long one fetch may take in all; the file may be as large as any."""
    return settings.CALLBACK_TIMEOUT + storing.seconds_on_the_way(settings.ATTACHMENT_MAX_BYTES)


def _claimed_until():
    return timezone.now() + timedelta(seconds=_fetch_seconds() + KEEP_SECONDS)


def _place(attachment, time_):
    return f"{place_of(attachment)}-{time_}"


def _fetch(attachment):
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


def _ask(attachment, received):
    return requests.request(
        "GET",
        attachment.source,
        deadline=time.monotonic() + _fetch_seconds(),
        is_trusted=_is_of_the_centre(attachment),
        into=received,
    )


def _is_of_the_centre(attachment):
    """Whether the file is at the centre's own address, which the project's settings name."""
    try:
        return load_center(attachment.conversation.channel.provider).is_at(attachment.source)
    except (KeyError, ImportError):  # the provider is no longer there
        return False


def _keep(attachment, received):
    for earlier in range(1, attachment.fetches):  # of a worker that died before it could say that the file is there
        storing.storage().delete(_place(attachment, earlier))
    path = storing.keep(attachment.path, received.file)
    found = {
        "size": received.size,
        "sha256": received.sha256,
        "content_type": received.content_type(attachment.name),
    }
    finish(attachment, path, **found, source="", fetch_at=None)


def _try_again(attachment, reason):
    if attachment.fetches > len(WAITS):
        _give_up(attachment, reason)
        return
    fetch_at = timezone.now() + timedelta(seconds=WAITS[attachment.fetches - 1])
    _still_expected(attachment).update(fetch_at=fetch_at)


def _give_up(attachment, reason):
    logger.warning("The attachment %s could not be fetched: %s", attachment.pk, reason)
    _still_expected(attachment).update(state=AttachmentState.MISSING, source="", fetch_at=None)


def _still_expected(attachment):
    return Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.RECEIVING, fetches=attachment.fetches)
