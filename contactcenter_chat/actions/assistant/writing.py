"""How does a model come to write? In threads of a worker beside its tasks, a request at a time.

A request is taken once: whoever dies at it has it fail when its time is over, and the agent asks anew. No transaction
is open while the model writes. One tenant has at most half of the threads.
"""

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from ... import live
from ...bots import assisting
from ...bots.assisting import Fact, Legible, Spoken, Written, legible
from ...bots.base import Found, Said, Turn
from ...bots.model_options import ModelOptions
from ...conf import settings
from ...events import AGENT, CUSTOMER, SYSTEM
from ...masking.base import Rules
from ...models import AssistantRequest, Conversation, Message, ToolCall, clock
from ...models.assistant import MODEL_NAME_MAX, AssistantFailure, AssistantKind, AssistantState
from ...models.clock import NOW
from ...models.tool_calls import ToolState
from ...outbound.models import ModelLate, ModelOverLimit, ModelUnavailable
from ...queries import articles
from ...queries.assistant import may_have, options
from ...queries.identity import level_of
from ...queries.masking import rules_of
from ...queries.questions import asked_in
from ...tools.registry import tool_named
from ...wire.levels import Level
from ...workers import wakeup
from ...workers.process import kept
from ...workers.threads import Threads
from ..bots.hearing import Watch
from ..knowledge import finding

logger = logging.getLogger(__name__)

SIGN = "assistant"  # that something is written, as open desks are told
THREADS = 4
CANDIDATES = 20
NEEDED = ("conversation__customer", "conversation__tenant", "conversation__channel", "interaction__queue", "agent")
UNREADABLE = {Legible.NOTHING: AssistantFailure.NOTHING, Legible.MASKED: AssistantFailure.MASKED}
BEFORE_MOST, FACTS_MOST = 8, 5  # messages before the question; what functions have returned


def take_due() -> None:
    """Have written what was asked for, with as many threads as may be; what takes long goes on by itself."""
    _threads.take_all(_at_work.take, _work)


def finish() -> None:
    """Wait for what this process is at."""
    _threads.finish()


def wake_if_due() -> None:
    """Have written what a lost wake-up left."""
    if settings.ASSISTANT and due().exists():
        wakeup.wake_assistant()


def fail_late() -> int:
    """Write down of what was not written in time that it was not; return how much that is."""
    late = AssistantRequest.objects.filter(state=AssistantState.ASKED, answer_by__lte=NOW)
    return late.update(state=AssistantState.FAILED, failure=AssistantFailure.LATE, done_at=NOW)


def due() -> QuerySet[AssistantRequest]:
    """What nobody has taken yet, the oldest first."""
    asked = AssistantRequest.objects.filter(state=AssistantState.ASKED, began_at=None, answer_by__gt=NOW)
    return asked.order_by("asked_at", "pk")


class AtWork:
    """How many requests of each tenant this process is at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def take(self) -> AssistantRequest | None:
        """Take a request that is due; None when there is none, or no thread for it."""
        with self._lock:
            if self._counts.total() >= THREADS:
                return None
            full = [tenant for tenant, count in self._counts.items() if count >= THREADS // 2]
            for request in due().exclude(tenant__in=full)[:CANDIDATES]:
                if due().order_by().filter(pk=request.pk).update(began_at=NOW):
                    self._counts[request.tenant_id] += 1
                    return request
        return None

    def leave(self, request: AssistantRequest) -> None:
        """It is done with this one."""
        with self._lock:
            self._counts[request.tenant_id] -= 1


_threads = kept(Threads, "assistant", lambda: THREADS)
_at_work = kept(AtWork)


def _work(request: AssistantRequest) -> None:
    try:
        write(request.pk)
    finally:
        _at_work.leave(request)


def write(request_id: str) -> None:
    """Have what was asked for written, and tell the agent's desk. Must not be called in a transaction."""
    request = AssistantRequest.objects.select_related(*NEEDED).filter(pk=request_id).first()
    if request is None:  # deleted with its conversation
        return
    chosen = options()
    model = chosen.model if chosen else ""
    try:
        _keep(request, _written(chosen, request) if chosen else AssistantFailure.AWAY, model)
    except ModelUnavailable as error:
        logger.warning("The assistant wrote nothing for interaction %s: %s", request.interaction_id, error)
        _keep(request, _why(error), model)
    except Exception:  # whatever a project's articles or settings bring about, or an endpoint has written
        logger.exception("The assistant failed for interaction %s.", request.interaction_id)
        _keep(request, AssistantFailure.AWAY, model)


def _written(chosen: ModelOptions, request: AssistantRequest) -> Written | AssistantFailure:
    """What comes of it. Nothing leaves the house if the agent may no longer have it, as when the chat has ended."""
    if not may_have(request):
        return AssistantFailure.GONE
    facts = _facts(request.conversation)
    if request.kind == AssistantKind.SUMMARY:
        spoken = _spoken(request, facts)
        return _unreadable([text for _author, text in spoken.said], spoken.masking) or assisting.summary(
            chosen, spoken
        )
    turn = _turn(request)
    return _unreadable([each.text for each in turn.said], turn.masking) or assisting.draft(chosen, turn, facts)


def _unreadable(texts: Sequence[str], rules: Rules) -> AssistantFailure | None:
    """Why there is nothing for a model to read in this, without asking one; None where there is."""
    return UNREADABLE.get(legible(texts, rules))


def _why(error: ModelUnavailable) -> AssistantFailure:
    if isinstance(error, ModelOverLimit):
        return AssistantFailure.LIMIT
    return AssistantFailure.LATE if isinstance(error, ModelLate) else AssistantFailure.AWAY


def _keep(request: AssistantRequest, written: Written | AssistantFailure, model: str) -> None:
    """Write down what came of it, unless nobody waits for it any more."""
    changes: dict[str, Any] = {"state": AssistantState.FAILED}
    if isinstance(written, AssistantFailure):
        changes["failure"] = written
    else:
        changes["tokens"] = written.tokens
        if written.text:
            changes |= {"state": AssistantState.READY, "text": written.text, "sources": list(written.sources)}
        else:
            changes["failure"] = AssistantFailure.TOO_LONG if written.is_cut else AssistantFailure.NO_SOURCE
    waiting = AssistantRequest.objects.filter(pk=request.pk, state=AssistantState.ASKED, answer_by__gt=NOW)
    if waiting.update(**changes, model=model[:MODEL_NAME_MAX], done_at=clock.now()):
        live.sign(conversation_id=request.conversation_id, kind=SIGN, author_type=AGENT, seconds=0)


def _turn(request: AssistantRequest) -> Turn:
    """What is to be answered, as a bot would be asked: what the customer said last, and what is known."""
    conversation = request.conversation
    asked = asked_in(conversation)
    said = [Said(asked.last, asked.text)] if asked else _last_words(conversation)
    first = asked.first if asked else said[0].number if said else 0
    rows = conversation.messages.filter(number__lt=first).exclude(author_type=SYSTEM).order_by("-number")
    return Turn(
        conversation_id=conversation.pk,
        tenant_id=conversation.tenant_id,
        said=said,
        before=tuple(reversed(rows.values_list("author_type", "text")[:BEFORE_MOST])),
        identity=level_of(conversation, clock.now()),
        language=conversation.language,
        articles=partial(_articles, request),
        masking=rules_of(conversation.tenant),
        is_wanted=_watch(request),
    )


def _spoken(request: AssistantRequest, facts: Sequence[Fact]) -> Spoken:
    conversation = request.conversation
    rows = conversation.messages.exclude(text="").exclude(author_type=SYSTEM).order_by("-number")
    return Spoken(
        said=tuple(reversed(rows.values_list("author_type", "text")[: assisting.SUMMED_UP])),
        facts=facts,
        language=request.language,
        masking=rules_of(conversation.tenant),
        is_wanted=_watch(request),
    )


def _last_words(conversation: Conversation) -> list[Said]:
    """What the customer said before the chat came to agents."""
    rows = Message.objects.filter(conversation=conversation, author_type=CUSTOMER).exclude(text="")
    return [Said(*row) for row in rows.order_by("-number").values_list("number", "text")[:1]]


def _articles(request: AssistantRequest, question: str) -> Sequence[Found]:
    """What the customer may read: that is who gets the reply."""
    conversation = request.conversation
    level = level_of(conversation, clock.now())
    versions = articles.for_customers(request.tenant_id, request.interaction.queue_id, level)
    return finding.found_for(versions, conversation.tenant, conversation.language, question)


def _facts(conversation: Conversation) -> list[Fact]:
    """What functions have returned in this conversation, as far as its customer may still be told, the newest last."""
    level = level_of(conversation, clock.now())
    calls = ToolCall.objects.filter(conversation=conversation, state=ToolState.DONE).order_by("-called_at", "-pk")
    told = [call for call in calls[:FACTS_MOST] if call.result and _needs(call) <= level]
    return [Fact(call.tool, _title(call), call.told) for call in reversed(told)]


def _needs(call: ToolCall) -> Level:
    tool = tool_named(call.tool)
    return tool.needs if tool else Level(call.identity or Level.NONE)


def _title(call: ToolCall) -> str:
    tool = tool_named(call.tool)
    return str(tool.title) if tool else call.tool


def _watch(request: AssistantRequest) -> Watch:
    """Whether it is waited for still, by the agent who has the chat."""
    rows = AssistantRequest.objects.filter(pk=request.pk, state=AssistantState.ASKED)
    return Watch(rows.filter(interaction__agent=request.agent_id))
