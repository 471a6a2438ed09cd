"""An agent asks for a draft or a summary, uses it, or does not want it.

Nothing is asked of a model here: that is done by a worker. What it writes is nobody's words until the agent sends it.
"""

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from ...bots.model_options import ModelOptions
from ...database import after_commit, atomic
from ...exceptions import Conflict, NotFound
from ...models import Agent, AssistantRequest, Conversation, Interaction, clock
from ...models.assistant import AssistantFailure, AssistantKind, AssistantState
from ...queries import assistant as queries
from ...workers import wakeup
from ..center.interactions import lock_interaction

SPARE_SECONDS = 15  # for a worker to come to it, beside the model's own time


def ask(*, interaction_id: str, agent: Agent, kind: str, language: str = "") -> AssistantRequest:
    """Ask for a draft or a summary, and return the request; while the same was asked for already, that one.

    Raises NotFound where none is offered or the chat is not this agent's, Conflict while the other kind is written.
    """
    with atomic():
        _conversation, interaction = lock_interaction(interaction_id, tenant_id=agent.tenant_id)
        options = queries.options()
        if options is None or not (interaction.queue.assisted and queries.may_ask(interaction, agent, kind)):
            raise NotFound("Interaction", interaction_id)
        request = _open(interaction, agent, kind) or _asked(interaction, agent, kind, language, options)
        after_commit(wakeup.wake_assistant)
    return request


def say_with_draft(
    *, conversation_id: str, agent: Agent, draft_id: str, text: str, say: Callable[[str], object]
) -> None:
    """Have ``say(model)`` send this text, with which a draft's id came: of several at one instant, it marks the first.

    ``model`` is who has drafted it, empty for a draft that is none, is another agent's, or was used. Raises NotFound.
    """
    with atomic():
        conversation = Conversation.objects.lock(conversation_id)
        interaction_id = conversation.open_interaction_id
        written = queries.ready(agent, interaction_id, draft_id, AssistantKind.DRAFT)
        say(written.drafted_by if written else "")
        if written:
            note_used(written, text)


def note_used(request: AssistantRequest, text: str) -> None:
    """A message or a note was made of it: as it was, or edited."""
    AssistantRequest.objects.filter(pk=request.pk, used_at=None).update(
        used_at=clock.now(), is_edited=request.text.strip() != text.strip()
    )


def refuse(request: AssistantRequest) -> None:
    """The agent does not want it."""
    AssistantRequest.objects.filter(pk=request.pk, refused_at=None).update(refused_at=clock.now())


def _open(interaction: Interaction, agent: Agent, kind: str) -> AssistantRequest | None:
    """What is being written for this agent. What is too late, or was another agent's, is not waited for any more."""
    request = AssistantRequest.objects.filter(interaction=interaction, state=AssistantState.ASKED).first()
    if request is None:
        return None
    if request.agent_id == agent.pk and not request.is_late(clock.now()):
        if request.kind != kind:
            raise Conflict(_("The assistant is still writing something else for this chat."))
        return request
    failure = AssistantFailure.LATE if request.agent_id == agent.pk else AssistantFailure.GONE
    AssistantRequest.objects.filter(pk=request.pk, state=AssistantState.ASKED).update(
        state=AssistantState.FAILED, failure=failure, done_at=clock.now()
    )
    return None


def _asked(
    interaction: Interaction, agent: Agent, kind: str, language: str, options: ModelOptions
) -> AssistantRequest:
    now = clock.now()
    return AssistantRequest.objects.create(
        tenant_id=interaction.tenant_id,
        conversation_id=interaction.conversation_id,
        interaction=interaction,
        agent=agent,
        kind=AssistantKind(kind),
        language=language,
        asked_at=now,
        answer_by=now + timedelta(seconds=options.timeout + SPARE_SECONDS),
    )


def forget(conversation: Conversation) -> None:
    """Delete what was written in a conversation that is erased; that it was asked for stays. Expects it locked."""
    requests = AssistantRequest.objects.filter(conversation=conversation)
    requests.filter(state=AssistantState.ASKED).update(
        state=AssistantState.FAILED, failure=AssistantFailure.GONE, done_at=clock.now()
    )
    requests.update(text="", sources=[])
