"""What becomes of a remote centre's callback? It is stored as it came, then processed in a transaction of its own."""

import hashlib
import json
import logging
import random
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import OperationalError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop as _

from ... import signals
from ...database import after_commit, atomic
from ...exceptions import Conflict, ContactCenterError
from ...models import Conversation, InboundCallback, clock
from ...models.base import max_length
from ...models.clock import NOW
from ...models.prepared import PreparedInsert
from ...providers.remote import load_center
from ...workers import wakeup
from ...workers.threads import TASK_SECONDS
from ..one_by_one import Step, told_of
from .hearing import apply_event, note_read

logger = logging.getLogger(__name__)

State = InboundCallback.State

INSERT = PreparedInsert(InboundCallback, ignore_conflicts=True)
EVENT_TYPE_MAX = max_length(InboundCallback, "event_type")
CONVERSATION_MAX = max_length(InboundCallback, "remote_conversation")
AT_ONCE = 1000  # conversations looked at
IN_TURN = 10  # callbacks of a conversation, before others have their turn
TURN_SECONDS = 0.1  # of a tenant
WAITS = (1, 2, 5, 10, 30, 60, 120, 300, 600)  # seconds, for a conversation whose id is not known yet; then it failed
PROCESSED = Step("callbacks_processed")


class AnotherBody(Conflict):
    """This event id was used for another body."""

    code = "another_body"


class UnknownConversation(ContactCenterError):
    """There is no such conversation here."""

    code = "unknown_conversation"


def store(
    *, tenant_id: str, provider: str, event_id: str, body: bytes, parsed: Any, headers: Mapping[str, str]
) -> bool:
    """Store a callback whose signature was right, and have it processed; a repetition is stored once.

    ``parsed`` is what the body's JSON says. Returns whether there is something to process. Raises AnotherBody.
    """
    wire = load_center(provider).wire
    envelope = wire.read_envelope(parsed)
    now = clock.now()
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
        after_commit(wakeup.wake_callbacks)
    return bool(is_new)


def _take_again(row: InboundCallback) -> int:
    """The event id is known: skip it if that one succeeded, have it done again if it failed."""
    known = InboundCallback.objects.filter(tenant=row.tenant_id, provider=row.provider, event_id=row.event_id)
    if known.get().sha256 != row.sha256:
        raise AnotherBody()
    return known.filter(state=State.FAILED).update(state=State.RECEIVED, due_at=NOW, error="", attempts=0)


def run_again(callbacks: QuerySet[InboundCallback]) -> int:
    """Have callbacks (a queryset) that failed processed once more; return how many."""
    failed = callbacks.filter(state=State.FAILED)
    count = failed.update(state=State.RECEIVED, due_at=NOW, error="", attempts=0)
    if count:
        after_commit(wakeup.wake_callbacks)
    return count


def wake_if_due() -> None:
    """Have processed what is due by the clock, or what a lost wake-up left."""
    if _due().exists():
        wakeup.wake_callbacks()


def process_due() -> int:
    """Process what is due, of each conversation in the order of its times; return how many were processed."""
    stop_at, done = time.monotonic() + TASK_SECONDS, 0
    while tenants := list(_due().order_by().values_list("tenant", flat=True).distinct()):
        random.shuffle(tenants)
        for tenant_id in tenants:
            done += _process_of(tenant_id, stop_at)
        if time.monotonic() >= stop_at:
            wakeup.wake_callbacks()
            break
    return done


def _process_of(tenant_id: str, stop_at: float) -> int:
    """Process what a tenant is told, for its turn; its conversations take turns as well: no flood holds up others."""
    stop_at, done = min(stop_at, time.monotonic() + TURN_SECONDS), 0
    due = _due().filter(tenant=tenant_id).order_by()
    places = list(due.values_list("provider", "remote_conversation").distinct()[:AT_ONCE])
    random.shuffle(places)
    for provider, remote_conversation in places:
        for _turn in range(IN_TURN):
            if time.monotonic() >= stop_at or not _process_next(provider, remote_conversation, tenant_id):
                break
            done += 1
    return done


def _due() -> QuerySet[InboundCallback]:
    # What is due in a future further away than anything waits was stored by a process whose clock was wrong.
    due = Q(due_at__lte=NOW) | Q(due_at__gt=NOW + timedelta(seconds=2 * WAITS[-1]))
    return PROCESSED.awake(InboundCallback.objects.filter(due, state=State.RECEIVED))


def _process_next(provider: str, remote_conversation: str, tenant_id: str) -> bool:
    """Process the first callback that is due of a conversation. Returns whether there was one."""
    due = _due().filter(provider=provider, remote_conversation=remote_conversation, tenant=tenant_id)
    first = due.order_by(F("said_at").asc(nulls_last=True), "received_at", "pk").defer("body").first()
    if first is None:
        return False
    failed_before = first.failed_before  # type: ignore[attr-defined]
    PROCESSED.attempt(partial(_try, first), key=first.pk, tenant_id=first.tenant_id, failed_before=failed_before)
    return True


def _try(first: InboundCallback) -> None:
    """Process a callback, or write down what kept it from that."""
    try:
        with atomic():
            _process(first)
    except OperationalError:  # not its fault: a lock, a connection
        logger.warning("Callback %s could not be processed now", first.pk, exc_info=True)
        _put_off(first, WAITS[0])
    except UnknownConversation as error:
        _wait_for_conversation(first, error)
    except Exception as error:
        _fail(first, error)


def _process(found: InboundCallback) -> None:
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
    callback.state, callback.done_at, callback.due_at, callback.error = State.PROCESSED, clock.now(), None, ""
    callback.attempts += 1
    callback.save(update_fields=["conversation", "state", "done_at", "due_at", "error", "attempts", "body"])


def _conversation_of(callback: InboundCallback) -> Conversation | None:
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


def _hear(conversation: Conversation, callback: InboundCallback) -> None:
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


def _wait_for_conversation(callback: InboundCallback, error: UnknownConversation) -> None:
    """Its start may be under way: the answer with its id can be slower than the first callback."""
    if callback.attempts < len(WAITS):
        _put_off(callback, WAITS[callback.attempts])
    else:
        _fail(callback, error)


def _put_off(callback: InboundCallback, seconds: int) -> None:
    due_at = NOW + timedelta(seconds=seconds)
    _still_received(callback).update(due_at=due_at, attempts=F("attempts") + 1)


def _fail(callback: InboundCallback, error: Exception) -> None:
    logger.error("Callback %s failed", callback.pk, exc_info=error)
    told = told_of(error)
    changes = {"state": State.FAILED, "error": told, "due_at": None, "done_at": clock.now()}
    if _still_received(callback).update(**changes, attempts=F("attempts") + 1):
        callback.refresh_from_db()
        signals.callback_failed.send_robust(sender=InboundCallback, callback=callback)


def _still_received(callback: InboundCallback) -> QuerySet[InboundCallback]:
    return InboundCallback.objects.filter(pk=callback.pk, state=State.RECEIVED, attempts=callback.attempts)
