"""How do those outside of this project who can hear of it learn who types? Once, at once, or not at all."""

import logging
import threading
import time
from collections import Counter
from concurrent.futures import Future
from datetime import timedelta

from ..actions.receivers import post_once
from ..actions.typing import TYPING_SECONDS
from ..conf import settings
from ..encryption import decrypt
from ..events import AGENT, BOT
from ..models import Conversation, Receiver, TypingSign, clock
from ..models.clock import NOW
from ..providers.remote import load_center
from ..queries.assignment import receivers_of
from ..wire.base import known_format
from ..workers import wakeup
from ..workers.process import kept
from ..workers.threads import TASK_SECONDS, Threads

logger = logging.getLogger(__name__)

TOLD = 204
FRESH = timedelta(seconds=TYPING_SECONDS)

_threads = kept(Threads, "typing", lambda: settings.DELIVERY_THREADS)


def tell_due() -> None:
    """Tell of the signs that wait, in threads, for none of which this waits: a receiver may hang."""
    TypingSign.objects.forget(FRESH)
    stop_at = time.monotonic() + TASK_SECONDS
    while time.monotonic() < stop_at and _being_told.begin_next():
        pass


def wake_if_due() -> None:
    """Have told what still waits: for a thread, or since a wake-up was lost."""
    if TypingSign.objects.exists():
        wakeup.wake_typing()


class BeingTold:
    """The signs that threads of this process tell of.

    One tenant has half of the threads at most, and a conversation one: what is told of it stays in its order.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # a process may do several tasks at once, in threads
        self._signs: dict[Future[None], TypingSign] = {}

    def begin_next(self) -> bool:
        """Begin to tell of the next sign; return whether there was one, and room for it."""
        with self._lock:
            sign = self._next()
            if sign and settings.DELIVERY_THREADS > 1:
                future = _threads.submit(_tell_safely, sign)
                self._signs[future] = sign
                _threads.leave([future])
        if sign and settings.DELIVERY_THREADS == 1:
            _tell_safely(sign)
        return sign is not None

    def _next(self) -> TypingSign | None:
        self._signs = {future: sign for future, sign in self._signs.items() if not future.done()}
        if len(self._signs) >= settings.DELIVERY_THREADS:
            return None
        told = Counter(sign.conversation.tenant_id for sign in self._signs.values())
        full = {tenant for tenant, count in told.items() if count >= settings.DELIVERY_THREADS / 2}
        return TypingSign.objects.take(not_of=full, not_in={sign.conversation_id for sign in self._signs.values()})


_being_told = kept(BeingTold)


def _tell_safely(sign: TypingSign) -> None:
    try:
        tell(sign)
    except Exception:  # of whatever a provider or a format of the project's does: others are told
        logger.exception("Who types in conversation %s was not told", sign.conversation_id)


def tell(sign: TypingSign) -> None:
    """Tell the applications which agents type or which bot thinks, or the remote centre that somebody types."""
    conversation = Conversation.objects.select_related(
        "tenant", "channel__webhook", "post_agent__webhook", "open_interaction"
    ).get(pk=sign.conversation_id)
    if sign.author_type == AGENT:
        _tell_applications(conversation, sign.agent_ids, "typing_body")
    elif sign.author_type == BOT and not conversation.is_remote:
        _tell_applications(conversation, sign.agent_ids, "thinking_body")
    elif conversation.remote_id:
        _tell_center(conversation, sign.author_type)


def _tell_applications(conversation: Conversation, ids: list[str], body_of: str) -> None:
    """Tell each receiver that can hear of it, with that body of its format; one attempt, without a trace."""
    now = clock.now()
    told = {
        each.pk: body
        for each in receivers_of(conversation)
        if (spoken := known_format(each.version)) and (body := getattr(spoken, body_of))
    }
    for receiver in Receiver.objects.filter(pk__in=told, enabled=True).exclude(paused_until__gt=NOW):
        try:
            body = told[receiver.pk](ids, conversation_id=conversation.pk, at=now)
            secret = decrypt(receiver.secret)
            answer = post_once(conversation.tenant, uri=receiver.uri, secret=secret, body=body, at=now)
        except Exception:  # of a format of the project's, or a secret that cannot be read: the others are told
            logger.exception("Receiver %s was not told who types", receiver.pk)
        else:
            if not answer.ok:
                logger.info("Receiver %s was not told who types: %s", receiver.pk, answer.error or answer.status)


def _tell_center(conversation: Conversation, author_type: str) -> None:
    answer = load_center(conversation.channel.provider).show_typing(conversation, author_type)
    if answer and answer.status != TOLD:
        logger.info("Conversation %s: typing was not told: %s", conversation.pk, answer.error or answer.status)
