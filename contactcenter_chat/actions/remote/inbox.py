"""What becomes of a remote centre's callback? It is stored as it came, then processed in a transaction of its own."""

import hashlib
import json
import logging
import time
from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ... import signals
from ...exceptions import Conflict, ContactCenterError
from ...models import Conversation, InboundCallback
from ...models.base import max_length
from ...models.prepared import PreparedInsert
from ...providers.remote import load_center
from ...storable import INSTEAD, NUL
from ...workers import wakeup
from ...workers.threads import TASK_SECONDS
from .hearing import apply_event, note_read

logger = logging.getLogger(__name__)

State = InboundCallback.State

INSERT = PreparedInsert(InboundCallback, ignore_conflicts=True)
EVENT_TYPE_MAX = max_length(InboundCallback, "event_type")
CONVERSATION_MAX = max_length(InboundCallback, "remote_conversation")
AT_ONCE = 100
WAITS = (1, 2, 5, 10, 30, 60, 120, 300, 600)  # seconds, for a conversation whose id is not known yet; then it failed
ERROR_MAX = 2000


class AnotherBody(Conflict):
    """This event id was used for another body."""

    code = "another_body"


class UnknownConversation(ContactCenterError):
    """There is no such conversation here."""

    code = "unknown_conversation"


def store(*, tenant_id, provider, event_id, body, parsed, headers):
    """Store a callback whose signature was right, and have it processed; a repetition is stored once.

    ``parsed`` is what the body's JSON says. Returns whether there is something to process. Raises AnotherBody.
    """
    wire = load_center(provider).wire
    envelope = wire.read_envelope(parsed)
    now = timezone.now()
    is_verification = envelope.event_type == wire.VERIFICATION
    row = InboundCallback(
        tenant_id=tenant_id,
        provider=provider,
        event_id=event_id,
        event_type=envelope.event_type[:EVENT_TYPE_MAX],
        remote_conversation=envelope.conversation_id[:CONVERSATION_MAX],
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        headers=headers,
        said_at=envelope.said_at,
        received_at=now,
        state=State.PROCESSED if is_verification else State.RECEIVED,
        due_at=None if is_verification else now,
        done_at=now if is_verification else None,
    )
    is_new = INSERT(row) or _take_again(row)
    if is_new and not is_verification:
        transaction.on_commit(wakeup.wake_callbacks)
    return bool(is_new)


def _take_again(row):
    """The event id is known: skip it if that one succeeded, have it done again if it failed."""
    known = InboundCallback.objects.filter(tenant=row.tenant_id, provider=row.provider, event_id=row.event_id)
    if known.get().sha256 != row.sha256:
        raise AnotherBody()
    return known.filter(state=State.FAILED).update(state=State.RECEIVED, due_at=timezone.now(), error="", attempts=0)


def run_again(callbacks):
    """Have callbacks (a queryset) that failed processed once more; return how many."""
    failed = callbacks.filter(state=State.FAILED)
    count = failed.update(state=State.RECEIVED, due_at=timezone.now(), error="", attempts=0)
    if count:
        transaction.on_commit(wakeup.wake_callbacks)
    return count


def wake_if_due():
    """Have processed what is due by the clock, or what a lost wake-up left."""
    if _due().exists():
        wakeup.wake_callbacks()


def process_due():
    """Process what is due, of each conversation in the order of its times; return how many were processed."""
    stop_at, done = time.monotonic() + TASK_SECONDS, 0
    while places := list(_due().order_by("due_at").values_list("provider", "remote_conversation", "tenant")[:AT_ONCE]):
        for place in dict.fromkeys(places):
            while time.monotonic() < stop_at and _process_next(*place):
                done += 1
        if time.monotonic() >= stop_at:
            wakeup.wake_callbacks()
            break
    return done


def _due():
    return InboundCallback.objects.filter(state=State.RECEIVED, due_at__lte=timezone.now())


def _process_next(provider, remote_conversation, tenant_id):
    """Process the first callback that is due of a conversation. Returns whether there was one."""
    due = _due().filter(provider=provider, remote_conversation=remote_conversation, tenant=tenant_id)
    first = due.order_by(F("said_at").asc(nulls_last=True), "received_at", "pk").defer("body").first()
    if first is None:
        return False
    try:
        with transaction.atomic():
            _process(first)
    except OperationalError:  # not its fault: a lock, a connection
        logger.warning("Callback %s could not be processed now", first.pk, exc_info=True)
        _put_off(first, WAITS[0])
    except UnknownConversation as error:
        _wait_for_conversation(first, error)
    except Exception as error:
        _fail(first, error)
    return True


def _process(found):
    """Process a callback. Expects a transaction; locks the conversation before the callback."""
    conversation = _conversation_of(found)
    callback = InboundCallback.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)
    if callback.state != State.RECEIVED:
        return  # somebody was faster
    if conversation and conversation.erased_at:
        callback.body = b""
    elif conversation:
        _hear(conversation, callback)
    callback.conversation = conversation
    callback.state, callback.done_at, callback.due_at, callback.error = State.PROCESSED, timezone.now(), None, ""
    callback.attempts += 1
    callback.save(update_fields=["conversation", "state", "done_at", "due_at", "error", "attempts", "body"])


def _conversation_of(callback):
    """Lock and return the conversation a callback is about, None when it is about none."""
    if not callback.remote_conversation:
        return None
    rows = Conversation.objects.known_there(
        tenant_id=callback.tenant_id, provider=callback.provider, remote_id=callback.remote_conversation
    )
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise UnknownConversation(_("There is no conversation that is %(id)s there."), id=callback.remote_conversation)
    return Conversation.objects.lock(found)


def _hear(conversation, callback):
    wire = load_center(callback.provider).wire
    heard = wire.read_callback(json.loads(bytes(callback.body)))
    at = callback.said_at or callback.received_at
    if heard.read_until:
        note_read(conversation, heard.read_until, agent_id=heard.read_by, at=at)
    if heard.event:
        apply_event(
            conversation,
            heard.event,
            at=at,
            event_id=callback.event_id,
            reports_idle=wire.REPORTS_IDLE,
        )


def _wait_for_conversation(callback, error):
    """Its start may be under way: the answer with its id can be slower than the first callback."""
    if callback.attempts < len(WAITS):
        _put_off(callback, WAITS[callback.attempts])
    else:
        _fail(callback, error)


def _put_off(callback, seconds):
    due_at = timezone.now() + timedelta(seconds=seconds)
    _still_received(callback).update(due_at=due_at, attempts=F("attempts") + 1)


def _fail(callback, error):
    logger.error("Callback %s failed", callback.pk, exc_info=error)
    told = f"{type(error).__name__}: {error}".replace(NUL, INSTEAD)[:ERROR_MAX]
    changes = {"state": State.FAILED, "error": told, "due_at": None, "done_at": timezone.now()}
    if _still_received(callback).update(**changes, attempts=F("attempts") + 1):
        callback.refresh_from_db()
        signals.callback_failed.send_robust(sender=InboundCallback, callback=callback)


def _still_received(callback):
    return InboundCallback.objects.filter(pk=callback.pk, state=State.RECEIVED, attempts=callback.attempts)
