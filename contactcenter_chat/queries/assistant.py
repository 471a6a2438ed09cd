"""Who may have a model write something, for which chat, and what came of it?"""

from datetime import datetime

from ..bots.model_options import ModelOptions
from ..conf import settings
from ..events import CUSTOMER
from ..exceptions import NotFound
from ..models import Agent, AssistantRequest, Interaction, Message
from ..models.assistant import AssistantKind, AssistantState
from ..models.conversations import HELD_STATES, InteractionState


def options() -> ModelOptions | None:
    """What the settings say of the model; None where there is none, or what they say is wrong, as a check tells."""
    try:
        return ModelOptions(**settings.ASSISTANT) if settings.ASSISTANT else None
    except (TypeError, ValueError):
        return None


def is_offered(interaction: Interaction) -> bool:
    """Whether there is a model, and the queue of this chat wants it used."""
    return options() is not None and interaction.queue.assisted


def may_ask(interaction: Interaction, agent: Agent, kind: str) -> bool:
    """Whether this agent may have this written now: a draft in the chat, a summary also when wrapping it up."""
    if interaction.agent_id != agent.pk or interaction.tenant_id != agent.tenant_id:
        return False
    if kind == AssistantKind.DRAFT:
        return interaction.state == InteractionState.HANDLING
    return interaction.state in HELD_STATES or interaction.codes_missing


def may_have(request: AssistantRequest) -> bool:
    """Whether the agent who has asked may have it still, as far as these rows say."""
    agent, interaction = request.agent, request.interaction
    return agent is not None and interaction.queue.assisted and may_ask(interaction, agent, request.kind)


def newest(interaction: Interaction, agent: Agent, kind: str) -> AssistantRequest | None:
    """Return what this agent has asked for last in a chat, of this kind; None after it was used or refused."""
    asked = AssistantRequest.objects.filter(interaction=interaction, agent=agent, kind=kind)
    last = asked.order_by("-asked_at", "-pk").first()
    return None if last is None or last.used_at or last.refused_at else last


def is_overtaken(request: AssistantRequest, now: datetime) -> bool:
    """Whether there came no draft of it, and the customer has said something since."""
    if request.kind != AssistantKind.DRAFT:
        return False
    if request.state != AssistantState.FAILED and not request.is_late(now):
        return False
    said = Message.objects.filter(conversation=request.conversation_id, author_type=CUSTOMER)
    return said.filter(created_at__gt=request.done_at or request.answer_by).exists()


def request_for(agent: Agent, interaction: Interaction | None, request_id: str) -> AssistantRequest:
    """Return a request of this agent's in this chat. Raises NotFound for any other."""
    own = AssistantRequest.objects.filter(interaction=interaction, agent=agent, pk=request_id)
    found = own.first() if interaction else None
    if found is None:
        raise NotFound("AssistantRequest", request_id)
    return found


def ready(agent: Agent, interaction_id: str | None, request_id: str, kind: str) -> AssistantRequest | None:
    """Return what was written for this agent in this chat, by the id that came with a form; None for any other id.

    None as well for what was used already: what is said after it is the agent's own. Whoever repeats a message or a
    note gets the first one, with the mark that it has.
    """
    if not request_id or interaction_id is None:
        return None
    written = AssistantRequest.objects.filter(
        interaction=interaction_id, agent=agent, kind=kind, state=AssistantState.READY, used_at=None
    )
    return written.filter(pk=request_id).first()
